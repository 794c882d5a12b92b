import Diagnostics
import Models

/// Reads the inline `model:` map of a recording that ran kernels, not a whole transformer:
/// `recording: NAME` with `layers`, `hidden` and whichever of `products`, `attention`, `neurons` and
/// `experts` every layer ran. There are no norms, no projections and no head.
enum RecordedLayers {
  private static let sizes = 1...1_000_000

  /// Nil when the map has faults, which its fault list then holds.
  static func read(_ map: MapReader) -> Model? {
    let before = map.faults.all.count
    let name = map.required("recording", "the recording's name")?.text()
    let layers = map.required("layers", "how many layers")?.integer(in: 1...100_000)
    let hidden = map.required("hidden", "the width of the residual stream")?.integer(in: sizes)
    let products = map.value("products")?.list()?.compactMap(product) ?? []
    let attention = map.value("attention")?.map().flatMap(attention)
    let neurons = map.value("neurons")?.map().flatMap(neurons)
    let experts = map.value("experts")?.map().flatMap(experts)
    if neurons != nil, experts != nil {
      map.faults.add(
        .conflict(
          key: map.name(of: "experts"), found: "given with neurons",
          mend: "a layer has neurons or experts; remove one"), at: map.position)
    }
    map.finish()
    guard map.faults.all.count == before, let name, let layers, let hidden else { return nil }
    var layer = Layer(
      attention: attention ?? .none, feedForward: experts ?? neurons ?? .none, normCount: 0)
    layer.products = products
    return Model(
      name: name, hidden: hidden, vocabulary: 0, tiedEmbeddings: false,
      layers: Array(repeating: layer, count: layers))
  }

  private static func product(_ value: Value) -> Matrix? {
    guard let map = value.map("a map with name, rows and columns") else { return nil }
    let name = map.required("name", "what the product is for")?.text()
    let rows = map.required("rows", "outputs")?.integer(in: 1...100_000_000)
    let columns = map.required("columns", "inputs")?.integer(in: 1...100_000_000)
    map.finish()
    guard let name, let rows, let columns else { return nil }
    return Matrix(name, .attention, rows: rows, columns: columns)
  }

  private static func attention(_ map: MapReader) -> Attention? {
    let heads = map.required("heads", "query heads")?.integer(in: sizes)
    let kvHeads = map.required("kv-heads", "KV heads")?.integer(in: sizes)
    let dimension = map.required("head-dimension", "width of a head")?.integer(in: 1...65536)
    map.finish()
    guard let heads, let kvHeads, let dimension else { return nil }
    guard heads.isMultiple(of: kvHeads) else {
      map.faults.add(
        .conflict(
          key: map.name(of: "kv-heads"), found: "\(kvHeads)",
          mend: "give a divisor of the \(heads) heads"), at: map.position)
      return nil
    }
    var attention = GroupedAttention(queryHeads: heads, kvHeads: kvHeads, keyDimension: dimension)
    attention.projected = false
    return .grouped(attention)
  }

  private static func block(_ map: MapReader) -> DenseFeedForward? {
    let width = map.required("width", "neurons")?.integer(in: 1...10_000_000)
    let gated = map.required("gated", "true or false")?.boolean()
    guard let width, let gated else { return nil }
    return DenseFeedForward(
      intermediate: width, gated: gated, activation: gated ? .silu : .relu)
  }

  private static func neurons(_ map: MapReader) -> FeedForward? {
    defer { map.finish() }
    return block(map).map { .dense($0) }
  }

  private static func experts(_ map: MapReader) -> FeedForward? {
    defer { map.finish() }
    let count = map.required("count", "routed experts of a layer")?.integer(in: 1...65535)
    let topK = map.required("top-k", "experts a token runs")?.integer(in: 1...65535)
    guard let count, let topK, let block = block(map) else { return nil }
    guard topK <= count else {
      map.faults.add(
        .conflict(
          key: map.name(of: "top-k"), found: "\(topK)",
          mend: "give at most the \(count) experts"), at: map.position)
      return nil
    }
    return .experts(ExpertFeedForward(count: count, topK: topK, expert: block))
  }
}
