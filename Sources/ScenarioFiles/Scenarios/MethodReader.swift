import Policies
import Quantities

/// Reads the policy of each site from the scenario's map.
struct MethodReader {
  let scenario: MapReader

  func read() -> MethodChoice {
    var method = MethodChoice()
    if let map = scenario.value("weights")?.map() {
      method.weights = WeightsReader(map: map).read()
    }
    if let map = scenario.value("attention")?.map() { method.attention = attention(map) }
    if let map = scenario.value("cache")?.map() { method.cache = CacheReader(map: map).read() }
    if let map = scenario.value("neurons")?.map() {
      method.neurons = NeuronsReader(map: map).read()
    }
    if let map = scenario.value("experts")?.map() {
      method.experts = ExpertsReader(map: map).read()
    }
    if let map = scenario.value("prompt")?.map() { method.prompt = PromptReader(map: map).read() }
    if let map = scenario.value("depth")?.map() { method.depth = DepthReader(map: map).read() }
    method.lookups = LookupReader.read(scenario.value("lookup"))
    if let map = scenario.value("partition")?.map() {
      let reader = PartitionReader(map: map)
      method.spread = reader.readSpread()
      method.partition = reader.read(besideSpread: !method.spread.isOne)
    }
    method.overheads = OverheadsReader.read(scenario.value("overheads"))
    return method
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
        policy.mass = select.value("mass")?.number(in: 0.01...1)
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
