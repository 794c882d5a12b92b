/// What the accuracy page says of each family: how it is modelled, and where that fails.
enum AccuracyNotes {
  struct Notes {
    var model: String
    var misses: String
  }

  /// All kinds of kernels share the energies of a board.
  private static let power = """

    `min(sustained, idle + cores x share of cores + (memory x bytes through memory + cache x bytes
    from the cache + operation x executed operations) / measured time)`, one set of figures for all
    kinds of kernels. Padding rows of tiles are executed. A meter averages one second, so a reading
    holds what came before: for a call repeated a second, as much again; `gap` is how long nothing
    ran in between. Calls that ran for less are left out.
    """

  /// What holds of devices that are predicted from their data sheet.
  ///
  /// Typed, for the tables of most of these devices do not ship; `make accuracy` does not check it.
  static let leftOut = """
    A device without coefficients inherits those of the nearest in what decides how kernels run: the
    width of its tensor units, the fast memory of a core, its formats, its bandwidth. What is carried
    over is physics: delays are cycles, shares of bandwidth stay shares, the size of a cache counts. Of
    devices of one architecture, which run the same machine code, what a tile needs beside its
    arithmetic takes the cycles that it took, so a narrower tensor unit is used better
    (`1 / (1 + (1 / share - 1) x width)`), and a board that cannot draw its limit does not slow down.

    Left out whole (`lacuna validate TABLES --leave-out NAME`, tables of aiconfigurator, InferSim and
    LLMServingSim, 21 November 2026):

    | device | rows | mean error | inside the band | worst families |
    |---|---|---|---|---|
    | NVIDIA A100 | 117,988 | 23.5 % | 91 % | weight-only products, latent decode 39-47 % |
    | NVIDIA H100 | 274,809 | 7.8 % | 96 % | windows with FP8 KV 14-17 % |
    | NVIDIA H200 | 487,215 | 22.8 % | 90 % | SGLang's attention blocks 60-230 % |
    | RTX PRO 6000 server | 265,921 | 18.3 % | 99 % | norms of heads 51-56 % |
    | RTX 4090 | 23,100 | 15.3 % | 100 % | element-wise layers up to 23 % |
    | NVIDIA H20 | 1,736 | 19.2 % | 92 % | decode attention of few heads 42-89 % |
    | NVIDIA H800 | 627 | 20.1 % | 97 % | latent decode 97 % |

    What limits it: kernels that another architecture does not run. TensorRT-LLM's weight-only products
    exist on the A100 alone and borrow those of 16 bits (39 to 43 %), its latent attention before Hopper
    is another kernel without splits (45 %, in its band for 65 % of rows), SGLang's blocks of attention
    run other kernels on each device. Shares do not follow the width of tensor units from one
    architecture to another: the fits of the A100 and of Hopper reach the same, since each has kernels
    that were written for its unit.
    """

  static let notes: [String: Notes] = [
    "gemm": Notes(
      model: """
        The library's tile and split of k that take least time are searched for: tiles go over the
        cores in waves; a wave takes the longest of its arithmetic (`arithmetic-share` of peak, with
        `pipeline-fill` steps of k), the loads of its tiles from the cache (`load-rate`), and one
        step of k after another (`step`). Memory traffic runs beside them: weights and activations
        from DRAM (`bandwidth-share`) or, as far as they are still there from the last use, from the
        last cache; after a flush, lines that the last cache holds for memory go out first
        (`evicted`). The three join by a p-norm (`sharpness`), split k pays a reduction, long calls
        pay for sustained power, FP8 pays for quantising its input.
        """,
      misses: """
        single-token FP8, very short k, weight-only formats below n = 1536. The choice of
        the library is not observed but inferred from its times.
        """),
    "power-gemm": Notes(
      model: power,
      misses: """

        weights whose bits hardly toggle: the collector leaves them as memory was, partly zeros,
        which draw 480 W where random ones are held at the limit. The first product of each width
        is read after the small ones of the width before.
        """),
    "power-attention-decode": Notes(
      model: power,
      misses: """

        what ran in the second before, which is half of each reading here.
        """),
    "power-moe": Notes(
      model: power,
      misses: """

        rows before which a kernel was compiled: the meter then shows an idle board.
        """),
    "gemm-2:4": Notes(
      model: """
        As `gemm` with one tile of 256 x 128 and the cost of the rows that pad m to a tile, through
        cuSPARSELt as PyTorch calls it.
        """,
      misses: "m between 8 and 64, where layout changes of PyTorch weigh most."),
    "attention-decode": Notes(
      model: """
        KV is cut into blocks and splits by the library's own rule; programs go over the cores in
        waves, each a start and its blocks one after another. Beside them KV comes from memory or, as
        far as it fits, from the last cache; splits pay a merge. Selected pages pay a look-up each.
        """,
      misses: """
        TensorRT-LLM with windows or heads of 192, heads of 512. The rules of the libraries
        are remembered or inferred from steps in the tables. Coefficients are drawn weakly to a
        start; one without which the miss grows by less than 0.5 % is held there.
        FlashAttention-2 on Hopper is inherited from other devices, since no form fits its times there
        (8 to 18 % in the median). On an H20, whose narrow tensor units show it, tiles of 64 padded rows
        cost less than their arithmetic at peak (by a third): how many rows are padded for few heads a
        group is not known, and no other device was slow enough to tell.
        """),
    "attention-prefill": Notes(
      model: """
        Causal tiles of queries and keys over the cores: the tensor units' share of peak, the
        exponentials that they do not hide, the longest chain of tiles, sustained power on long
        calls, and the kernel that writes KV.
        """,
      misses: "windows with FP8 KV, heads of 512."),
    "attention-prefill-sparse": Notes(
      model: "As dense prefill over the kept blocks, with the cost of a row of blocks.",
      misses: """
        kernels that walk a mask of blocks price like those that gather a list, without a term for
        the blocks that they pass over.
        """),
    "moe": Notes(
      model: """
        Tokens are dealt to experts as the table's distribution says, exactly; each expert takes
        whole tiles of the library's size, in waves over the cores; the weights of active experts
        come from memory or, where they were just used, from the last cache. Tiles follow the
        library's rule where it is known: Marlin and OpenAI's Triton kernels choose by all tokens of a
        group of devices over the experts of one, SGLang's by tokens against experts, FP8 CUTLASS on
        Hopper takes 128 rows always. Else the fastest is taken.
        """,
      misses: """
        TensorRT-LLM's CUTLASS (16 % unseen): of 31,184 rows 4,245 take 1.5 to 7 times as long, in 130 of
        385 shapes; without them the mean is 7.9 %. Slow and fast rows lie side by side in hidden size,
        width, experts, devices and tokens, and in one shape balanced rows are slow and skewed ones
        fast: the tuner took a tactic that was cached for another shape, which no column names.
        Sought without result: tokens an expert, minimum-latency mode, widths, the order of the file.
        Its layers without a gate (9 %) hold such rows too. FP8 experts on Hopper, which nobody tuned,
        missed by 8.5 % until rows that only fill a tile of 128 were given their cost.
        """),
    "gathered-ffn": Notes(
      model: """
        Two kernels: rows of the active neurons at an achieved share of bandwidth, with a least time
        that the second kernel's dependent atomics set.
        """,
      misses: "four rows of the dense twin hold little out."),
    "hbm": Notes(
      model:
        "A start, a ramp, and an achieved share of bandwidth; gathers also at most so many rows a second.",
      misses: "none known."),
    "link": Notes(
      model:
        "A start and an achieved share of the link; small copies by the host's issue, gathers by rows in flight.",
      misses: """
        small-copy loops of Python (5 % unseen), whose host time varies from one size to the next.
        Pageable copies missed by 6 % until the host's cache was given the sharp edge of a source that
        is gone through again and again.
        """),
    "storage": Notes(
      model:
        "A latency, the host's time a read, and the device's rate for small and large chunks, by reads in flight.",
      misses: """
        a shared cloud disk: 6.8 % of the fitted rows and 8 % of unseen ones, of which scatter is the most.
        At chunks of 128 KiB and more, where depth changes nothing, the four depths lie 10.5 % from
        their mean, in no order; medians of two runs of another such disk (measurements/h200_supplement)
        are 13 % apart. Tried: joining bytes and latency by a norm, the read service's form, a rate
        that falls with bytes in flight (burst credit), host time that grows with threads, one rate
        for all sizes. They miss 6.2 to 11 % of the fitted rows and 9.8 to 35 % of a chunk size that was
        left out, this form 6.8 and 10.6 %.
        """),
    "collective": Notes(
      model: """
        NCCL: a start, a time a hop, and bytes over the bus, the least over its protocols, each with a
        hop of its own, and with more channels for more devices. vLLM's own all-reduce: one pass or two
        by the rules of its source, and NCCL's ring from 8 MiB on.
        """,
      misses: """
        rows at a switch of protocols, by up to 40 %: NCCL compares constants of its own and leaves
        LL128 for Simple between 0.5 and 4 MiB, before it pays. Tables double their sizes, so that a
        switch fitted to them would say nothing of the size left out. All-to-all on an H100 (6.5 %) repeats
        small messages up to twice apart; over PCIe (6.1 to 6.6 %) devices share the host's bridges.
        """),
    "attention-block-decode": Notes(
      model: """
        The sum of the block's kernels: projections, the index over every entry, the choice, attention
        over the chosen entries with whole tiles of 64 heads, the output projection. Beyond the batch
        that SGLang records, the host sets a least time.
        """,
      misses: """
        TensorRT-LLM at batch 512 and more. Sizes of MiniMax-M3 are guessed; tables give all entries
        the same score, so the choice takes longer than in use.
        """),
    "attention-block-prefill": Notes(
      model: """
        As in a decode step, with attention in whole waves of one token and 64 heads a program, and
        the index's scores over the entries of all sequences together. Blocks that no graph recorded
        take at least what the host needs.
        """,
      misses: """
        SGLang with another layer's selection (`skip`): rows of equal work differ by up to three times.
        Many sequences of long context, where the index works piece by piece.
        """),
    "attention-part": Notes(
      model: """
        One kernel: programs in waves over the cores, each with a turn and its keys one after another,
        beside arithmetic and bytes.
        """,
      misses: "the choice among equal scores, of which some tables hold under a hundred rows."),
    "attention-mixed": Notes(
      model: """
        Programs of one query head and 64 new tokens without splits: their keys over the cores, the
        longest sequence, and KV from the last cache or memory, once for each query head of a group
        where too few of its programs run together to share a reading.
        """,
      misses: "batches above a hundred sequences, around the size of the last cache."),
    "attention-tail": Notes(
      model: "A time for each key of the longest decoding sequence beyond the mean of its batch.",
      misses: "long sequences that begin beside others of later waves, of 128 sequences and more."),
    "elementwise": Notes(
      model: "A start, rows over the cores, and bytes from the last cache or from memory.",
      misses: "sizes at which a library changes its kernel."),
    "grouped-gemm": Notes(
      model: """
        Weights of the groups that have rows, beside tiles of 64 or 128 rows in waves over the cores.
        """,
      misses: "which widths of tiles DeepGEMM takes is not modelled."),
    "expert-exchange": Notes(
      model: "A start, and bytes over the link or by the cores that send them.",
      misses: "none known."),
    "decode-step": Notes(
      model: """
        A whole decode step from the prices of its operations alone, in one CUDA graph: no price
        was fitted to these rows.
        """,
      misses: """
        dense attention at batch 8 and more over about 2 GB of KV a layer is predicted too fast; the
        same kernel alone is that much faster than inside the step, and the cause is not known.
        """),
    "kv-offload-step": Notes(
      model: """
        Playback of the step's program: products, attention, and a gather kernel that holds a core
        for each of its programs and so competes with the products beside it.
        """,
      misses:
        "overlap with 80 to 130 programs, where the draw of one core is not the same for all kernels."
    ),
  ]
}
