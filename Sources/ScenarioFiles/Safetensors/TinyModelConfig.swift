import Diagnostics
import Kernels

/// The text `config` among a model's metadata as the shape of a `TinyModel`; strict about keys.
enum TinyModelConfig {
  /// - Throws: `Faults` for a key, a size or a network that cannot be.
  static func shape(_ text: String, file: String) throws(Faults) -> TinyModelShape {
    let document = try Document(text: text, file: "\(file):config")
    let map = try document.map()
    func size(_ key: String, _ range: ClosedRange<Int>) -> Int {
      map.required(key, "a whole number")?.integer(in: range) ?? range.lowerBound
    }
    // Tokens are the bytes of the prompt.
    let vocabulary = size("vocab", 256...256)
    let width = size("d", 1...65_536)
    let layers = size("layers", 1...1024)
    let heads = size("heads", 1...65_536)
    let kvHeads = size("kv", 1...1024)
    let headWidth = size("hd", 2...1024)
    let neurons = size("inter", 1...1_000_000)
    let count = size("experts", 1...4096)
    let chosen = size("topk", 1...4096)
    let expertNeurons = size("einter", 1...1_000_000)
    let theta = map.value("theta")?.number(in: 1...1e12)
    var networks: [TinyModelShape.Network] = []
    let names = map.required("ffn", "a list of relu and moe, one a layer")
    for name in names?.list() ?? [] {
      switch name.choice(NetworkName.self, kind: "network") {
      case .relu: networks.append(.relu(neurons: neurons))
      case .moe:
        networks.append(.experts(count: count, neurons: expertNeurons, k: min(chosen, count)))
      case nil: break
      }
    }
    map.finish()
    try document.faults.throwIfAny()
    func conflict(_ key: String, _ found: Int, _ mend: String) -> Faults {
      Faults(.conflict(key: key, found: "\(found)", mend: mend), at: map.position)
    }
    guard networks.count == layers else {
      throw conflict("layers", layers, "ffn lists \(networks.count) networks")
    }
    guard chosen <= count else {
      throw conflict("topk", chosen, "there are \(count) experts to choose from")
    }
    guard heads % kvHeads == 0 else {
      throw conflict("heads", heads, "it must be a multiple of the \(kvHeads) KV heads")
    }
    guard headWidth % 2 == 0 else {
      throw conflict("hd", headWidth, "it must be even, for heads turn in halves")
    }
    return TinyModelShape(
      vocabulary: vocabulary, width: width, heads: heads, kvHeads: kvHeads, headWidth: headWidth,
      networks: networks, theta: theta ?? 500_000)
  }

  private enum NetworkName: String, CaseIterable { case relu, moe }

  /// The sizes of each tensor, slowest first, as PyTorch stores them.
  static func tensors(_ shape: TinyModelShape) -> [String: [Int]] {
    let width = shape.width
    let inner = shape.heads * shape.headWidth, kv = shape.kvHeads * shape.headWidth
    var sizes = ["emb.weight": [shape.vocabulary, width], "nf.w": [width]]
    for (layer, network) in shape.networks.enumerated() {
      sizes["n1.\(layer).w"] = [width]
      sizes["n2.\(layer).w"] = [width]
      sizes["att.\(layer).q.weight"] = [inner, width]
      sizes["att.\(layer).k.weight"] = [kv, width]
      sizes["att.\(layer).v.weight"] = [kv, width]
      sizes["att.\(layer).o.weight"] = [width, inner]
      switch network {
      case .relu(let neurons):
        sizes["ffn.\(layer).up.weight"] = [neurons, width]
        sizes["ffn.\(layer).down.weight"] = [width, neurons]
      case .experts(let count, let neurons, _):
        sizes["ffn.\(layer).gate.weight"] = [count, width]
        sizes["ffn.\(layer).up"] = [count, width, neurons]
        sizes["ffn.\(layer).down"] = [count, neurons, width]
      }
    }
    return sizes
  }
}
