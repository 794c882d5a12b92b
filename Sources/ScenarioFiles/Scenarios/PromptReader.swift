import Diagnostics
import Policies
import Quantities

/// Reads the site `prompt`.
struct PromptReader {
  let map: MapReader

  func read() -> PromptPolicy {
    var policy = PromptPolicy()
    policy.isStated = true
    policy.cached = map.value("cached")?.map().flatMap(cached)
    policy.chunk = SharedKeys.tokens(map.value("chunk"), in: 1...100_000_000)
    policy.contexts = map.value("contexts")?.integer(in: 1...100_000) ?? 1
    policy.question = SharedKeys.tokens(map.value("question"), in: 0...100_000_000) ?? 0
    if let compress = map.value("compress")?.map() {
      let every = compress.required("every", "tokens that become one position")
      policy.compress = SharedKeys.tokens(every, in: 1...1_000_000) ?? 1
      compress.finish()
    }
    policy.pruning = map.value("tokens").map { entries($0, pruning) } ?? []
    policy.attention =
      map.value("attention").map { entries($0) { PromptSelectionReader(map: $0).read() } } ?? []
    if policy.chunk != nil, policy.contexts > 1, let chunk = map.value("chunk") {
      chunk.refuse(
        .conflict(
          key: chunk.name, found: "chunks of contexts",
          mend: "contexts are processed in one pass; leave one of the two out"))
    }
    map.finish()
    return policy
  }

  private func cached(_ map: MapReader) -> PromptPolicy.Cached? {
    let tokens = SharedKeys.tokens(
      map.required("tokens", "tokens whose KV exists"), in: 1...100_000_000)
    let tier = map.value("tier")?.text()
    map.finish()
    return tokens.map { PromptPolicy.Cached(tokens: $0, tier: tier) }
  }

  private func pruning(_ map: MapReader) -> PromptPolicy.Pruning? {
    let layers = LayerRangeReader.read(map.value("layers"))
    let keep = TokenAmountReader.read(map.required("keep", "the tokens that are processed"))
    let parts =
      map.value("parts")?.choice(PromptPolicy.Pruning.Parts.self, kind: "part") ?? .layer
    map.finish()
    guard let layers, let keep else { return nil }
    return PromptPolicy.Pruning(layers: layers, keep: keep, parts: parts)
  }

  /// The most entries of a list.
  private static let limit = 256

  /// One map, or a list of them.
  private func entries<Entry>(_ value: Value, _ read: (MapReader) -> Entry?) -> [Entry] {
    guard value.isList else { return value.map().flatMap(read).map { [$0] } ?? [] }
    guard let items = value.list() else { return [] }
    guard items.count <= Self.limit else {
      value.refuse(
        .outOfRange(
          key: value.name, found: "\(items.count) entries", allowed: "at most \(Self.limit)"))
      return []
    }
    return items.compactMap { $0.map().flatMap(read) }
  }
}
