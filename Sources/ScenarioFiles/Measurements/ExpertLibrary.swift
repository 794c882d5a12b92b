import Programs

/// What a serving library does with a layer of experts: facts from its source, not fits.
struct ExpertLibrary {
  /// `vllm`, `sglang` or `trtllm`.
  var framework: String
  var version: String
  /// The kernel that the table names.
  var source: String
  var format: String
  var device: String

  /// `sglang-triton-bf16`; the backends of one library that do the same work differently are apart.
  var kernel: String {
    let words = source.lowercased()
    var parts = [framework]
    for word in ["marlin", "oaitriton", "flashinfer", "cutlass", "triton", "nongated"]
    where words.contains(word) {
      if word == "triton" && words.contains("oaitriton") { continue }
      if word == "cutlass" && words.contains("flashinfer") { continue }
      parts.append(word)
    }
    if parts.count == 1 { parts.append("triton") }
    return (parts + [format]).joined(separator: "-")
  }

  /// The collectors before SGLang 0.5.14 and vLLM 0.24 time three matrices for every layer; later
  /// ones two for the layers that have no gate, told by their width and top-k.
  func isGated(inner: Int, topK: Int) -> Bool {
    if isEarly || (framework == "vllm" && precedes([0, 24])) { return true }
    return !Self.ungated.contains { $0.inner == inner && $0.topK == topK }
  }

  private static let ungated: [(inner: Int, topK: Int)] = [
    (inner: 5120, topK: 22), (inner: 1856, topK: 6), (inner: 2688, topK: 22),
  ]

  /// Layers that SGLang 0.5.14 still runs as before, read from timings: with many tokens they take as
  /// long on one device of `top-k` as alone, and half as long on one of twice as many. So do those of
  /// at most 16 experts, and of larger ones this.
  private static let wholly: [(inner: Int, topK: Int)] = [(inner: 704, topK: 8)]
  private static let fewExperts = 16

  /// The collector of vLLM before 0.22 gives the slots that rounding leaves over to experts in order.
  var drawsInOrder: Bool { framework == "vllm" && isEarly }

  private var isEarly: Bool {
    switch framework {
    case "sglang": precedes([0, 5, 14])
    case "vllm": precedes([0, 22])
    default: false
    }
  }

  private func precedes(_ first: [Int]) -> Bool {
    let parts = version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
    return parts.lexicographicallyPrecedes(first)
  }

  /// The load that is run, the slots that pass through the element-wise kernels and the tokens that
  /// choose the tile.
  ///
  /// SGLang before 0.5.14 gives a device only the tokens that touch it, and runs their slots on
  /// other devices as its own first expert's; so does 0.5.14 with some layers (`wholly`). Other
  /// libraries pass all slots and run their own.
  func executed(
    _ outcome: ExpertDraw.Outcome, _ draw: ExpertDraw, inner: Int
  ) -> (load: ExpertLoad, passing: Double, entering: Double) {
    var load = outcome.load
    let isWhole =
      isEarly || draw.experts <= Self.fewExperts
      || Self.wholly.contains { $0.inner == inner && $0.topK == draw.topK }
    guard framework == "sglang", isWhole, draw.devices > 1 else {
      return (load, Double(draw.tokens * draw.topK), Double(draw.tokens))
    }
    load.slots = load.tokens * Double(draw.topK)
    load.active += outcome.foreignActive
    load.tiles += outcome.foreignTiles
    return (load, load.slots, load.tokens)
  }

  /// Whether the FP8 kernels of CUTLASS run untuned, with tiles of 128 rows for any load.
  ///
  /// Read from timings on an H100 and an H200, where vLLM's FlashInfer tunes none of them: a layer takes
  /// two to three times as long with 16 rows an expert as with 128, and again longer from 129 on. As in
  /// the products of one matrix, rows that only fill a tile cost more than real ones.
  private var fillsTiles: Bool {
    framework == "vllm" && format == "fp8" && source.lowercased().contains("flashinfer")
      && ["H100", "H200", "H20", "H800"].contains { device.contains($0) }
  }

  /// Which tile the kernels take whose rule is known: Marlin's, OpenAI's Triton kernels for MXFP4,
  /// vLLM's and SGLang's own Triton kernels without a tuned file. Others search theirs.
  func tiling(inner: Int, draw: ExpertDraw, entering tokens: Double) -> ExpertCall.Tiling {
    let words = source.lowercased()
    let local = draw.experts / draw.devices
    if words.contains("marlin") { return .rows(place: Self.marlinPlace(draw, local: local)) }
    if fillsTiles { return .rows(place: 3) }
    if words.contains("oaitriton") { return .rows(place: Self.openPlace(draw, local: local)) }
    guard format == "bf16" || (framework == "sglang" && format == "mxfp4"),
      words.contains("triton") || (framework == "vllm" && isEarly),
      !TunedTiles.has(experts: local, inner: inner, device: device)
    else { return .best }
    if framework == "sglang" || isEarly { return tokens <= Double(local) ? .small : .large }
    guard framework == "vllm", words.contains("triton_tritonexperts") else { return .best }
    switch draw.tokens / local {
    case ...2: return .rows(place: 0)
    case ...4: return .rows(place: 1)
    case ...16: return .rows(place: 2)
    default: return .rows(place: 3)
    }
  }
}

/// Tiles by the tokens of an expert, as the libraries count them: all tokens of a group of devices over
/// the experts of one, so that a device of a group takes larger tiles than its own tokens fill.
extension ExpertLibrary {
  /// The place in `ExpertLoad.tileRows` of the first of 8, 16, 32, 48 rows that is nine tenths full,
  /// of 64 where none is: `tokens × top-k / experts / rows < 0.9`. Source: `fused_marlin_moe` of vLLM
  /// and SGLang.
  static func marlinPlace(_ draw: ExpertDraw, local: Int) -> Int {
    let each = Double(draw.tokens * draw.topK) / Double(local)
    let wanted = [8, 16, 32, 48].first { each / Double($0) < 0.9 } ?? 64
    return ExpertLoad.tileRows.firstIndex(of: wanted) ?? 2
  }

  /// The place of the least of 16, 32, 64 rows that holds them, of 128 where none does. Source:
  /// `opt_flags` of triton_kernels; times step at the same counts.
  static func openPlace(_ draw: ExpertDraw, local: Int) -> Int {
    let each = draw.tokens * draw.topK / local
    return [16, 32, 64].firstIndex { each <= $0 } ?? 3
  }
}

/// The (experts, width) for which the SGLang wheel has a file of tuned tiles, by device.
///
/// For vLLM 0.14 and later the same list is assumed.
enum TunedTiles {
  static func has(experts: Int, inner: Int, device: String) -> Bool {
    let list = device.contains("A100") ? a100 : device.contains("H200") ? h200 : [:]
    return list[experts]?.contains(inner) ?? false
  }

  private static let a100: [Int: Set<Int>] = [
    1: [14336, 1792, 3584, 7168], 16: [1344, 14336, 1792, 2688, 3584, 7168], 64: [1280, 640],
    8: [1792, 2048, 3584, 4096, 7168],
  ]
  private static let h200: [Int: Set<Int>] = [
    16: [1024], 64: [1280, 2560, 320, 640], 8: [14336, 1792, 2048, 3584, 4096, 7168],
    128: [192, 384, 768, 704], 512: [64, 128, 256], 20: [1536],
  ]
}
