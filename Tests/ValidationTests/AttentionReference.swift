/// Times of attention by the reference implementation of the forms, in double precision.
///
/// Shapes are rows of the tables of AIConfigurator (Apache-2.0, github.com/ai-dynamo/aiconfigurator)
/// and of own measurements; coefficients are fits of those tables.
enum AttentionReference {
  /// Name and value of each coefficient, a line a set.
  static let coefficients = """
    start=6.12669 tile=0.298934 arithmetic-share=0.520339 exponential=0.971495 chain=1.58222 \
    imbalance=0.02 bandwidth-share=0.818149 cache-share=0.487605 cache-rate-share=0.332313 \
    sharpness=1.25543 derating=0.0327317 traffic=1.54396 derating-time=0.2 sequence=0.000131678 \
    transpose=4.0 write=0.00342417 single=1.0 merge=2.0
    start=6.35934 tile=0.507492 arithmetic-share=0.645498 exponential=0.500719 chain=0.5 \
    imbalance=0.0748731 bandwidth-share=0.512894 cache-share=0.485015 cache-rate-share=1.5 \
    sharpness=1.1 derating=0.0909122 traffic=0.488985 derating-time=4.04351 sequence=0.00893335 \
    transpose=5.86555 write=2.43823 single=1.06549 merge=2.0
    start=6.38437 tile=2.00439 arithmetic-share=0.680298 exponential=0.500201 chain=1.05724 \
    imbalance=0.592973 bandwidth-share=0.825463 cache-share=0.735152 cache-rate-share=0.909875 \
    sharpness=1.1 derating=0.261986 traffic=0.567107 derating-time=0.866586 sequence=0.0139219 \
    transpose=4.0 write=0.540857 single=1.0 merge=2.0
    start=6.4186 tile=1.9698 arithmetic-share=0.670896 exponential=0.500324 chain=1.13085 \
    imbalance=0.462137 bandwidth-share=0.806978 cache-share=0.699226 cache-rate-share=0.933668 \
    sharpness=1.1 derating=0.248094 traffic=0.566738 derating-time=0.882727 sequence=0.0162554 \
    transpose=4.0 write=0.525722 single=1.0 merge=2.0
    start=8.02807 program=0.2 block=0.525151 core-rate=33.4198 overlap=0.5 \
    bandwidth-share=0.669644 cache-share=1.69078 cache-sharpness=15.6308 \
    cache-rate-share=0.217784 merge=5.28623 split=0.108161 transpose=4.0 sharpness=2.01878 \
    sequence=0.00468672 padding=0.12 schedule=0.005 arithmetic-share=1.0
    start=6.28682 program=2.13517 block=0.226096 core-rate=76.289 overlap=0.581155 \
    bandwidth-share=1.0 cache-share=0.513823 cache-sharpness=20.0 cache-rate-share=0.653915 \
    merge=3.24776 split=0.151057 transpose=4.4172 sharpness=1.4772 sequence=0.00167627 \
    padding=0.12 schedule=0.005 arithmetic-share=1.0
    start=4.00014 program=1.59739 block=0.749678 core-rate=15.1361 overlap=0.363029 \
    bandwidth-share=0.639894 cache-share=1.9998 cache-sharpness=3.47407 \
    cache-rate-share=0.175512 merge=3.0 split=0.1 transpose=4.0 sharpness=3.62642 \
    sequence=0.00475097 padding=0.0100891 schedule=1.9 arithmetic-share=1.0
    start=3.97557 program=1.63195 block=0.666128 core-rate=14.8735 overlap=0.35987 \
    bandwidth-share=0.647266 cache-share=1.95089 cache-sharpness=3.31401 \
    cache-rate-share=0.172131 merge=3.0 split=0.1 transpose=4.0 sharpness=3.58354 \
    sequence=0.0048839 padding=0.0100409 schedule=1.9 arithmetic-share=0.999998
    start=11.2004 tile=1.63574 arithmetic-share=1.0 exponential=2.10477 chain=0.932166 \
    imbalance=0.948822 bandwidth-share=0.643604 cache-share=0.66313 cache-rate-share=1.26554 \
    sharpness=12.0 derating=0.0903997 traffic=0.521073 derating-time=30.2894 \
    sequence=0.000149718 transpose=4.0 write=1.89475 single=0.00242239 merge=0.510767
    start=11.6896 tile=0.838738 arithmetic-share=0.641896 exponential=0.503118 chain=0.885368 \
    imbalance=0.142224 bandwidth-share=0.541591 cache-share=0.584983 cache-rate-share=0.383459 \
    sharpness=12.0 derating=0.00530163 traffic=1.05162 derating-time=21.4752 \
    sequence=0.000147452 transpose=4.0 write=3.49587 single=0.0460533 merge=0.106828
    start=13.0565 tile=1.01255 arithmetic-share=0.7203 exponential=0.499802 chain=0.825164 \
    imbalance=0.170585 bandwidth-share=0.623762 cache-share=0.526814 cache-rate-share=0.439412 \
    sharpness=12.0 derating=0.00562303 traffic=1.212 derating-time=20.8864 sequence=0.000147339 \
    transpose=4.0 write=3.6066 single=0.733724 merge=0.104868
    start=8.22157 program=0.2 block=2.37061 core-rate=70.8275 overlap=0.5 \
    bandwidth-share=0.982671 cache-share=0.636164 cache-sharpness=19.0986 cache-rate-share=1.5 \
    merge=4.61083 split=0.00249865 transpose=4.0 sharpness=11.8719 sequence=0.0140103 \
    padding=0.12 schedule=0.005 arithmetic-share=0.709762
    start=9.41055 program=0.2 block=0.276113 core-rate=9.26581 overlap=0.5 bandwidth-share=1.0 \
    cache-share=0.109492 cache-sharpness=2.3426 cache-rate-share=0.148972 merge=4.3379 \
    split=0.0182455 transpose=4.0 sharpness=1.23004 sequence=0.0110266 padding=0.12 \
    schedule=0.005 arithmetic-share=1.0
    start=2.36085 program=2.75185 page=0.246136 core-rate=33.8398 overlap=0.136431 \
    bandwidth-share=1.0 merge=3.03196 split=0.00441002 sharpness=1.1 page-lookup=0.00125132
    start=10.5837 arithmetic-share=0.469975 exponential=0.50333 row=3.95863 imbalance=0.597904 \
    derating=0.037646 derating-time=6.58304
    start=13.0997 tile=1.65161 arithmetic-share=0.401953 exponential=4.0 chain=0.716373 \
    imbalance=0.02 bandwidth-share=0.777474 cache-share=2.19069 cache-rate-share=0.297947 \
    sharpness=11.3978 derating=0.013047 traffic=1.597 derating-time=13.9537 sequence=3.75278e-05 \
    transpose=4.0 write=0.00110336 single=0.00111321 merge=2.0
    start=11.3855 tile=2.51517 arithmetic-share=0.751544 exponential=3.02707 chain=0.719671 \
    imbalance=0.02 bandwidth-share=0.701897 cache-share=1.48776 cache-rate-share=0.289575 \
    sharpness=1.19131 derating=0.0719375 traffic=2.03638 derating-time=4.20234 \
    sequence=9.75411e-05 transpose=4.0 write=0.00137013 single=0.00231248 merge=2.0
    start=8.87056 tile=1.78055 arithmetic-share=0.3 exponential=4.0 chain=1.91787 imbalance=0.02 \
    bandwidth-share=0.653383 cache-share=2.52718 cache-rate-share=0.290644 sharpness=1.34444 \
    derating=0.0138325 traffic=1.94525 derating-time=13.1722 sequence=3.64942e-05 transpose=4.0 \
    write=0.00106177 single=0.00107529 merge=2.0
    start=9.51339 tile=2.04403 arithmetic-share=1.0 exponential=3.58446 chain=0.888694 \
    imbalance=0.0287511 bandwidth-share=1.0 cache-share=3.0 cache-rate-share=0.385862 \
    sharpness=12.0 derating=0.346799 traffic=1.17926 derating-time=18.3904 sequence=0.000120564 \
    transpose=4.0 write=1.75003 single=0.00365979 merge=0.33553
    start=8.70205 tile=1.09548 arithmetic-share=0.428107 exponential=0.500857 chain=0.519325 \
    imbalance=0.14639 bandwidth-share=0.4 cache-share=0.75642 cache-rate-share=1.26393 \
    sharpness=5.4676 derating=0.22653 traffic=0.724971 derating-time=4.92624 sequence=0.054462 \
    transpose=4.0 write=1.82053 single=10.0 merge=12.0
    start=11.7859 tile=2.21053 arithmetic-share=0.772334 exponential=0.333505 chain=0.820841 \
    imbalance=0.0210613 bandwidth-share=0.816087 cache-share=0.437017 cache-rate-share=0.751412 \
    sharpness=1.1 derating=0.311174 traffic=0.634278 derating-time=2.87154 sequence=0.00146518 \
    transpose=4.0 write=0.548979 single=0.511 merge=2.0
    start=6.2079 program=2.7179 block=0.0100002 core-rate=143.387 overlap=0.5 \
    bandwidth-share=1.0 cache-share=0.1 cache-sharpness=19.5021 cache-rate-share=1.5 \
    merge=2.03488 split=0.001 transpose=4.0 sharpness=1.2 sequence=0.00416858 padding=0.117456 \
    schedule=0.005 arithmetic-share=0.2
    start=5.62256 program=4.15203 block=0.0100008 core-rate=52.4235 overlap=0.5 \
    bandwidth-share=1.0 cache-share=0.304407 cache-sharpness=9.49218 cache-rate-share=0.834136 \
    merge=5.84515 split=0.0123201 transpose=4.0 sharpness=2.8542 sequence=0.00280864 \
    padding=0.193317 schedule=0.005 arithmetic-share=0.529643
    start=10.6006 program=2.94282 block=0.01 core-rate=111.42 overlap=0.5 bandwidth-share=1.0 \
    cache-share=0.216247 cache-sharpness=2.0 cache-rate-share=0.213355 merge=0.605934 \
    split=0.098981 transpose=4.0 sharpness=1.2 sequence=0.0139274 padding=0.12 schedule=0.005 \
    arithmetic-share=1.0
    start=9.10212 program=1.65154 block=0.0105162 core-rate=22.305 overlap=0.5 \
    bandwidth-share=0.999942 cache-share=0.311597 cache-sharpness=18.3359 \
    cache-rate-share=0.264962 merge=1.57481 split=0.0425838 transpose=4.0 sharpness=1.98365 \
    sequence=0.0160652 padding=0.12 schedule=0.005 arithmetic-share=0.999946
    start=1.0 program=8.64935 block=0.487973 core-rate=46.6599 overlap=0.5 bandwidth-share=1.0 \
    cache-share=0.601667 cache-sharpness=7.99594 cache-rate-share=0.721792 merge=0.268714 \
    split=0.0638083 transpose=4.0 sharpness=7.83319 sequence=0.140552 padding=0.12 \
    schedule=1.75803 arithmetic-share=0.706171
    start=9.20573 program=3.18581 block=0.0954566 core-rate=209.189 overlap=0.5 \
    bandwidth-share=0.999697 cache-share=0.142614 cache-sharpness=9.76329 \
    cache-rate-share=1.03511 merge=1.02161 split=0.0650216 transpose=4.0 sharpness=1.85005 \
    sequence=0.0286975 padding=0.499978 schedule=1.9 arithmetic-share=0.999723
    start=10.1398 program=2.29462 block=0.0861136 core-rate=228.746 overlap=0.5 \
    bandwidth-share=0.999838 cache-share=0.274113 cache-sharpness=10.7747 \
    cache-rate-share=0.78147 merge=1.41122 split=0.0623279 transpose=4.0 sharpness=2.35804 \
    sequence=0.0323669 padding=0.498786 schedule=1.9 arithmetic-share=0.997767
    """

  /// Profile, family, library, KV format, batch, heads, KV heads, key length, window, context or new
  /// tokens, page or block, pages read or density, line of coefficients, seconds.
  static let rows = """
    nvidia-a100-sxm-80gb,attention-prefill,trtllm,bf16,8,32,8,128,0,64,0,0,0,3.0380230715201664e-05
    nvidia-a100-sxm-80gb,attention-prefill,trtllm,bf16,8,12,4,128,0,12288,0,0,0,0.025739830695486628
    nvidia-a100-sxm-80gb,attention-prefill,trtllm,bf16,256,64,8,128,0,128,0,0,0,0.0022645964900203579
    nvidia-a100-sxm-80gb,attention-prefill,fa2,bf16,1,1,1,128,0,512,0,0,1,2.0322786549003242e-05
    nvidia-a100-sxm-80gb,attention-prefill,fa2,bf16,4,16,4,128,0,6144,0,0,1,0.0037416946415673885
    nvidia-a100-sxm-80gb,attention-prefill,fa2,bf16,1,24,4,128,0,32,0,0,1,1.1741163160951934e-05
    nvidia-a100-sxm-80gb,mla-prefill,trtllm,bf16,4,1,1,192,0,512,0,0,2,2.9977354566418317e-05
    nvidia-a100-sxm-80gb,mla-prefill,trtllm,fp8,16,64,64,192,0,128,0,0,3,0.00016525609070722335
    nvidia-a100-sxm-80gb,mla-prefill,trtllm,fp8,16,4,4,192,0,256,0,0,3,4.3609772065081791e-05
    nvidia-a100-sxm-80gb,attention-decode,fa3,bf16,1024,4,4,128,0,2,0,0,4,0.00016525807441918492
    nvidia-a100-sxm-80gb,attention-decode,fa3,bf16,1,16,4,128,0,4,0,0,4,1.4444298559061994e-05
    nvidia-a100-sxm-80gb,attention-decode,fa3,bf16,8,16,16,128,0,1024,0,0,4,8.878952201709934e-05
    nvidia-a100-sxm-80gb,attention-decode,fa2,bf16,64,48,4,128,0,2,0,0,5,2.7137938183340712e-05
    nvidia-a100-sxm-80gb,attention-decode,fa2,bf16,8,40,4,128,0,16,0,0,5,1.8892115289500797e-05
    nvidia-a100-sxm-80gb,attention-decode,fa2,bf16,32,64,1,128,0,8,0,0,5,1.3045063945348106e-05
    nvidia-a100-sxm-80gb,mla-decode,trtllm,bf16,2,1,1,576,0,4096,0,0,6,0.00049228965115782355
    nvidia-a100-sxm-80gb,mla-decode,trtllm,fp8,16,16,1,576,0,4096,0,0,7,0.00049275053906402554
    nvidia-a100-sxm-80gb,mla-decode,trtllm,bf16,1,32,1,576,0,64,0,0,6,1.5221273417964419e-05
    nvidia-h100-sxm,attention-prefill,fa3,bf16,2,32,4,192,128,10240,0,0,8,0.00040529638137016367
    nvidia-h100-sxm,attention-prefill,fa3,fp8,4,16,1,64,0,128,0,0,9,1.464629825422813e-05
    nvidia-h100-sxm,attention-prefill,fa3,fp8,2,3,1,128,0,512,0,0,10,2.1659824060589264e-05
    nvidia-h100-sxm,attention-decode,fa3,bf16,256,16,2,64,128,128,0,0,11,2.2973905115563721e-05
    nvidia-h100-sxm,attention-decode,fa3,bf16,8,2,1,64,128,64,0,0,11,1.0907638566729741e-05
    nvidia-h100-sxm,attention-decode,fa3,fp8,16,64,4,64,128,8192,0,0,12,1.4839623210520519e-05
    nvidia-h200-sxm,attention-decode,paged-select,bf16,4,64,8,128,0,16384,64,8,13,1.2133927878631115e-05
    nvidia-h200-sxm,attention-decode,paged-select,bf16,1,28,4,128,0,65536,16,128,13,1.0752618681870972e-05
    nvidia-h200-sxm,attention-decode,paged-select,bf16,16,32,8,128,0,131072,64,64,13,8.0946728846196457e-05
    nvidia-h200-sxm,attention-decode,paged-select,bf16,8,32,8,128,0,65536,64,256,13,0.00014831813337013645
    nvidia-h200-sxm,attention-prefill-sparse,flex,bf16,1,32,8,128,0,8192,128,0.52596,14,0.00076545635057964775
    nvidia-h200-sxm,attention-prefill-sparse,flex,bf16,1,32,8,128,0,65536,128,0.13108,14,0.010958366737986544
    nvidia-h200-sxm,attention-prefill-sparse,flex,bf16,1,32,8,128,0,16384,128,0.51344,14,0.0027372990129139818
    nvidia-h200-sxm,attention-prefill-sparse,flex,bf16,1,32,8,128,0,32768,128,0.04545,14,0.0011649860760599056
    nvidia-h200-sxm,attention-prefill,trtllm,bf16,16,16,2,192,128,64,0,0,15,2.8892339437629785e-05
    nvidia-h200-sxm,attention-prefill,trtllm,bf16,128,96,1,64,0,1024,0,0,16,0.0077208459847706813
    nvidia-h200-sxm,attention-prefill,trtllm,bf16,2,2,1,64,128,1024,0,0,17,2.2101188276156561e-05
    nvidia-h200-sxm,attention-prefill,fa3,bf16,128,32,1,128,0,512,0,0,18,0.0010802253019058037
    nvidia-h200-sxm,attention-prefill,fa3,bf16,128,16,2,512,0,1024,0,0,19,0.0085724317110593539
    nvidia-h200-sxm,attention-prefill,fa3,bf16,2,32,32,128,0,2048,0,0,18,0.00019580907835985435
    nvidia-h200-sxm,mla-prefill,trtllm,bf16,256,64,64,192,0,32,0,0,20,0.0005087787609873931
    nvidia-h200-sxm,mla-prefill,trtllm,bf16,32,1,1,192,0,1,0,0,20,1.6405803157669572e-05
    nvidia-h200-sxm,mla-prefill,trtllm,bf16,64,4,4,192,0,128,0,0,20,3.6878757105593064e-05
    nvidia-h200-sxm,attention-decode,trtllm,bf16,16,16,4,64,128,8,0,0,21,9.2806013952030963e-06
    nvidia-h200-sxm,attention-decode,trtllm,bf16,2,4,2,256,0,16384,0,0,22,4.0180179731332591e-05
    nvidia-h200-sxm,attention-decode,trtllm,bf16,128,96,8,64,128,512,0,0,21,4.3960213748168978e-05
    nvidia-h200-sxm,attention-decode,fa3,fp8,2048,8,1,128,0,16,0,0,23,9.4972190288580179e-05
    nvidia-h200-sxm,attention-decode,fa3,fp8,8,16,8,64,0,2048,0,0,24,1.9443468640802119e-05
    nvidia-h200-sxm,attention-decode,fa3,bf16,1024,1,1,512,0,64,0,0,25,0.00023078074813544783
    nvidia-h200-sxm,mla-decode,trtllm,fp8,8,64,1,576,0,32768,0,0,26,7.041196278429905e-05
    nvidia-h200-sxm,mla-decode,trtllm,fp8,1,64,1,576,0,2,0,0,26,1.5496800020796228e-05
    nvidia-h200-sxm,mla-decode,trtllm,bf16,8,8,1,576,0,32,0,0,27,1.2572599173453968e-05
    """
}
