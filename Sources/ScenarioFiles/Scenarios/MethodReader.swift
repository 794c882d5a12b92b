import Policies
import Quantities

/// Reads the policy of each site from the scenario's map.
struct MethodReader {
  let scenario: MapReader

  func read() -> MethodChoice {
    var method = MethodChoice()
    if let map = scenario.value("weights")?.map() { method.weights = weights(map) }
    if let map = scenario.value("attention")?.map() { method.attention = attention(map) }
    if let map = scenario.value("cache")?.map() { method.cache = CacheReader(map: map).read() }
    if let map = scenario.value("neurons")?.map() {
      method.neurons = NeuronsReader(map: map).read()
    }
    if let map = scenario.value("experts")?.map() {
      method.experts = ExpertsReader(map: map).read()
    }
    if let map = scenario.value("prompt")?.map() { method.prompt = PromptReader(map: map).read() }
    method.partition = scenario.value("partition")?.map().map { PartitionReader(map: $0).read() }
    method.overheads = OverheadsReader.read(scenario.value("overheads"))
    return method
  }

  private func weights(_ map: MapReader) -> WeightsPolicy {
    var policy = WeightsPolicy()
    for part in WeightsPolicy.Part.allCases {
      guard let placement = map.value(part.rawValue)?.map() else { continue }
      let tier = placement.required("tier", "the tier that holds them")?.text()
      let share = placement.value("resident-share")?.number(in: 0...1) ?? 0
      let chunk =
        placement.value("chunk")?.quantity(in: Bytes(512)...Bytes(1e9)) ?? Bytes(1_048_576)
      let depth = placement.value("depth")?.integer(in: 1...65536) ?? 32
      let ahead = placement.value("prefetch")?.quantity(Layers.self, in: Layers(0)...Layers(1024))
      placement.finish()
      guard let tier else { continue }
      policy.placements[part] = .init(
        tier: tier, residentShare: share, chunk: chunk, depth: depth,
        prefetchLayers: Int(ahead?.value ?? 0))
    }
    map.finish()
    return policy
  }

  private func attention(_ map: MapReader) -> AttentionPolicy {
    var policy = AttentionPolicy()
    if let value = map.value("select") {
      if value.isMap, let select = value.map() {
        _ = select.required("by", "page")?.choice(SelectBy.self, kind: "selection")
        let keep = select.required("keep", "tokens kept a KV head")?.quantity(
          Tokens.self, in: Tokens(1)...Tokens(1e8))
        let page = select.required("page", "tokens a page")?.quantity(
          Tokens.self, in: Tokens(1)...Tokens(65536))
        select.finish()
        if let keep, let page {
          policy.selection = .pages(keep: Int(keep.value), page: Int(page.value))
        }
      } else {
        _ = value.choice(SelectAll.self, kind: "selection")
      }
    }
    if let score = map.value("score") {
      if score.isMap, let keys = score.map() {
        policy.score =
          keys.required("keys", "page-mean")?.choice(
            AttentionPolicy.Score.self, kind: "page representation") ?? .none
        keys.finish()
      } else {
        policy.score = score.choice(AttentionPolicy.Score.self, kind: "score") ?? .none
      }
    }
    policy.reads = ReadsReader.read(map.value("reads"))
    for key in ["select", "score"] where map.contains("reads") && map.contains(key) {
      map.faults.add(
        .conflict(
          key: map.name(of: key), found: "given with reads",
          mend: "reads say all that is read and scored; leave one of them out"),
        at: map.position)
    }
    map.finish()
    return policy
  }

  private enum SelectBy: String, CaseIterable { case page }
  private enum SelectAll: String, CaseIterable { case all }
}
