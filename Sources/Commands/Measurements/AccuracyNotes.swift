/// What the accuracy page says of each family: how it is modelled, and where that fails.
enum AccuracyNotes {
  struct Notes {
    var model: String
    var misses: String
  }

  static let notes: [String: Notes] = [
    "gemm": Notes(
      model: """
        The library's tile and split of k that take least time are searched for: tiles go over the
        cores in waves; a wave takes the longest of its arithmetic (`arithmetic-share` of peak, with
        `pipeline-fill` steps of k), the loads of its tiles from the cache (`load-rate`), and one
        step of k after another (`step`). Memory traffic runs beside them: weights and activations
        from DRAM (`bandwidth-share`) or, as far as they are still there from the last use, from the
        last cache. The three join by a p-norm (`sharpness`), split k pays a reduction, long calls
        pay for sustained power, FP8 pays for quantising its input.
        """,
      misses: """
        single-token FP8 (11-13 %), very short k, weight-only formats below n = 1536. The choice of
        the library is not observed but inferred from its times.
        """),
    "gemm-2:4": Notes(
      model: """
        As `gemm` with one tile of 256 x 128 and the cost of the rows that pad m to a tile, through
        cuSPARSELt as PyTorch calls it.
        """,
      misses: "m between 8 and 64, where layout changes of PyTorch weigh most."),
    "decode-step": Notes(
      model: """
        A whole decode step from the prices of its operations alone, in one CUDA graph: no price
        was fitted to these rows.
        """,
      misses: """
        dense attention at batch 8 and more over about 2 GB of KV a layer is up to 10 % low; the
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
