extension MeasuredRange {
  /// Every kernel but file reads, in the order of `Kernel.all`. The largest working sets lie beyond
  /// the last cache of most machines, the longest runs take some hundredths of a second.
  static let all: [MeasuredRange] = products + networks + attentions + lookups

  private static let products: [MeasuredRange] = [
    MeasuredRange("gemv", matrix, hasTwin: false) { $0.size[0] },
    MeasuredRange(
      "gemm", [.between(96, 640), .between(96, 640), .between(96, 640)], hasTwin: false
    ) { $0.size[0] * $0.size[1] },
    MeasuredRange("2:4-gemv", matrix) { $0.size[0] },
    MeasuredRange("2:4-gemm", [.between(128, 640), .between(256, 1024), .between(64, 512)]) {
      $0.size[0] * $0.size[2]
    },
    MeasuredRange("n:m-gemv", matrix + [.among([4, 8, 16])], density: 0.125...0.5) { $0.size[0] },
    MeasuredRange(
      "n:8-gemm", [.between(128, 640), .between(256, 1024), .between(64, 512)],
      density: 0.125...0.5
    ) { $0.size[0] * $0.size[2] },
    MeasuredRange(
      "csr-gemm", [.between(256, 1536), .between(256, 1536), .between(32, 512)],
      density: 0.02...0.3
    ) { $0.size[0] * $0.size[2] },
    MeasuredRange(
      "spgemm", [.between(384, 1280), .between(384, 1280), .between(384, 1280)],
      density: 0.003...0.03
    ) { $0.isDense ? $0.size[0] * $0.size[2] : $0.flops / 2 },
    MeasuredRange("int8-gemv", matrix) { $0.size[0] },
    MeasuredRange("int4-gemv", matrix + [.among([1, 2, 4])]) {
      $0.isDense ? $0.size[0] : $0.size[0] * $0.size[1] / 32 / $0.size[2]
    },
    MeasuredRange("int4-group-sparse", matrix + [.among([1, 2, 4])], density: 0.1...0.8) {
      $0.isDense ? $0.size[0] : $0.density * $0.size[0] * $0.size[1] / 32 / $0.size[2]
    },
  ]

  /// Rows and columns: 1 to 134 MB in fp32.
  private static let matrix: [Size] = [.between(512, 8192), .between(512, 4096)]
  private static let network: [Size] = [
    .between(1024, 6144), .between(512, 2048), .among([1, 2]),
  ]

  private static let networks: [MeasuredRange] = [
    MeasuredRange("ffn-gathered", network, density: 0.03...0.5) { $0.kept * $0.size[0] },
    MeasuredRange("ffn-firing", network) { $0.size[0] },
    MeasuredRange(
      "experts", [.between(8, 32), .between(128, 384), .between(384, 1024), .among([1])],
      density: 0.05...0.4
    ) { $0.kept * $0.size[0] * $0.size[1] },
    MeasuredRange(
      "experts-batch",
      [.between(8, 16), .between(64, 192), .between(192, 512), .between(16, 64)],
      density: 0.06...0.5
    ) { $0.kept * $0.size[0] * $0.size[3] },
  ]

  private static let attentions: [MeasuredRange] = [
    MeasuredRange(
      "attention", [.between(1024, 16384), .among([1, 2, 4]), .among([1, 2, 4]), .among([64])],
      hasTwin: false
    ) { $0.size[0] * $0.size[1] * $0.size[2] },
    MeasuredRange(
      "attention-pages",
      [.between(4096, 24576), .among([1, 2, 4]), .among([1, 2, 4]), .among([16, 32, 64])],
      density: 0.03...0.4
    ) { pages($0) },
    MeasuredRange(
      "attention-pages-mass",
      [.between(4096, 24576), .among([1, 2, 4]), .among([1, 2, 4]), .among([16, 32, 64])],
      density: 0.1...0.6
    ) { pages($0) },
    MeasuredRange("prefill", prompt(256, 896), hasTwin: false) { scores($0) },
    MeasuredRange("prefill-blocks", prompt(448, 1280), density: 0.06...0.5) { scores($0) },
    MeasuredRange("prefill-vertical-slash", prompt(448, 1280), density: 0.06...0.5) { scores($0) },
    MeasuredRange(
      "attention-pruned", [.between(2048, 16384), .among([1, 2]), .among([1, 2, 4])],
      density: 0.1...0.6
    ) { $0.size[0] * $0.size[1] * $0.size[2] },
    MeasuredRange("index-flat", index, density: 0.01...0.1) {
      $0.isDense ? $0.size[0] * $0.size[2] : $0.size[0]
    },
    MeasuredRange("index-two-level", index, density: 0.01...0.1) {
      $0.isDense ? $0.size[0] * $0.size[2] : $0.size[0]
    },
  ]

  private static let index: [Size] = [
    .between(4096, 32768), .among([4, 8, 16]), .among([8, 16, 32]),
  ]

  private static func prompt(_ low: Int, _ high: Int) -> [Size] {
    [.between(low, high), .among([1, 2]), .among([64, 128]), .among([64])]
  }

  /// Scores of a query with a token: two products of `width` each.
  private static func scores(_ counted: Counted) -> Double { counted.flops / (4 * counted.size[2]) }

  /// Scores of the query heads with tokens, and with the summaries of pages.
  private static func pages(_ counted: Counted) -> Double {
    let heads = counted.size[1] * counted.size[2]
    let summaries = counted.isDense ? 0 : counted.size[0] / counted.size[3]
    return heads * (counted.kept * counted.size[0] + summaries)
  }

  private static let lookups: [MeasuredRange] = [
    MeasuredRange("trie-step", [.between(8, 64), .between(4096, 32768)], density: 0.004...0.1) {
      $0.flops / 4
    },
    MeasuredRange("ngram-rows", [.between(8, 64), .between(512, 2048), .among([64, 128])]) {
      $0.isDense ? $0.size[0] * $0.size[1] : $0.bytes / (8 * $0.size[2])
    },
    MeasuredRange(
      "product-keys", [.between(1, 8), .between(128, 384), .among([128, 256])],
      density: 0.02...0.1, passes: { $0.isDense ? $0.size[0] : 1 }
    ) { $0.isDense ? $0.size[0] * $0.size[1] * $0.size[1] : $0.size[0] * $0.size[1] },
  ]
}
