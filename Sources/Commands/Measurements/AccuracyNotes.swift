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
      misses: "one kernel and one block size were measured."),
    "moe": Notes(
      model: """
        Tokens are dealt to experts as the table's distribution says, exactly; each expert takes
        whole tiles of the library's size, in waves over the cores; the weights of active experts
        come from memory or, where they were just used, from the last cache.
        """,
      misses: """
        formats with few measured shapes (MXFP4), and TensorRT-LLM's CUTLASS, where a group
        of shapes ran with another shape's tuned tiles.
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
        copies of pageable memory, which go over a staging buffer whose size is not known.
        """),
    "storage": Notes(
      model:
        "A latency, the host's time a read, and the device's rate for small and large chunks, by reads in flight.",
      misses: "neighbours in the table scatter, for it is a shared cloud disk."),
    "collective": Notes(
      model: """
        NCCL: a start, a time a hop, and bytes over the bus, the least over its protocols. vLLM's own
        all-reduce: one pass or two by the rules of its source, and NCCL's ring from 8 MiB on.
        """,
      misses: "rows at a switch of protocols, which NCCL makes before it pays."),
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
