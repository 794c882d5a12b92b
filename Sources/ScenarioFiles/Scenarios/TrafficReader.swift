import Diagnostics
import Quantities
import Workloads

/// Reads a `workload` that names requests.
struct TrafficReader {
  func read(_ map: MapReader) -> RequestShape? {
    let limit = 1...100_000_000
    let source = RequestSourceReader().read(map)
    var traffic = RequestTraffic(source ?? RequestSource(.merged([])))
    take(map.value("step-tokens")?.integer(in: limit), &traffic.stepTokens)
    take(map.value("sequences")?.integer(in: 1...65536), &traffic.sequences)
    take(map.value("page")?.integer(in: 1...65536), &traffic.page)
    traffic.kvTokens = map.value("kv-tokens")?.integer(in: 1...1_000_000_000_000)
    take(map.value("prefix-caching")?.boolean(), &traffic.prefixCaching)
    take(map.value("memory-share")?.number(in: 0.01...1), &traffic.memoryShare)
    take(map.value("order")?.choice(RequestTraffic.Order.self, kind: "order"), &traffic.order)
    take(
      map.value("preempt")?.choice(RequestTraffic.Preemption.self, kind: "way to preempt"),
      &traffic.preempt)
    take(map.value("kv-tiers").map(tiers), &traffic.kvTiers)
    take(map.value("replicas")?.integer(in: 1...1024), &traffic.replicas)
    take(
      map.value("routing")?.choice(RequestTraffic.Routing.self, kind: "routing"), &traffic.routing)
    traffic.apart = map.value("apart")?.map().flatMap { ApartReader.read($0, beside: traffic) }
    traffic.warmUp = map.value("warm-up")?.number(in: 0...0.9)
    traffic.serviceLevel = map.value("service-level")?.map().map(level)
    if traffic.stepTokens < traffic.sequences {
      map.faults.add(
        .conflict(
          key: "workload.step-tokens", found: "\(traffic.stepTokens)",
          mend: "a step decodes a token of each sequence: give \(traffic.sequences) or more, or "
            + "lower sequences"), at: map.position)
    }
    if !traffic.prefixCaching, !traffic.kvTiers.isEmpty, traffic.preempt == .recompute {
      map.faults.add(
        .conflict(
          key: "workload.kv-tiers", found: "with prefix-caching: false",
          mend: "they would hold nothing: leave prefix-caching on, or give preempt: swap"),
        at: map.position)
    }
    map.finish()
    guard source != nil else { return nil }
    var shape = RequestShape(prompt: 1, generate: 1, batch: 1)
    shape.requests = traffic
    return shape
  }

  private func tiers(_ value: Value) -> [RequestTraffic.KVTier] {
    guard let items = value.list("a list of tiers") else { return [] }
    if !Self.tierCounts.contains(items.count) {
      value.refuse(
        .outOfRange(
          key: value.name, found: "\(items.count) tiers", allowed: "1 to 3, the fastest first"))
    }
    return items.compactMap { item in
      guard let map = item.map("a map with tier and capacity") else { return nil }
      defer { map.finish() }
      let capacity = map.value("capacity")?.quantity(in: Bytes(1)...Bytes(1e18))
      let name = map.required("tier", "a slower tier of the hardware")?.text()
      return name.map { RequestTraffic.KVTier(tier: $0, capacity: capacity) }
    }
  }

  private static let tierCounts = 1...3

  private func level(_ map: MapReader) -> RequestTraffic.ServiceLevel {
    defer { map.finish() }
    let range = Seconds(1e-6)...Seconds(1e6)
    let level = RequestTraffic.ServiceLevel(
      firstToken: map.value("ttft")?.quantity(in: range),
      perToken: map.value("tpot")?.quantity(in: range))
    if level.firstToken == nil && level.perToken == nil {
      map.faults.add(
        .missingKey("workload.service-level.ttft", expected: "ttft, tpot or both"),
        at: map.position)
    }
    return level
  }

  private func take<T>(_ value: T?, _ place: inout T) {
    if let value { place = value }
  }
}
