import Diagnostics
import EventKernel
import Policies
import Quantities

/// The keys that several sites share.
enum SharedKeys {
  /// `resident: {tier, budget, replace, scope, evict, start, window, pinned}`.
  static func residency(_ value: Value?, entry: String) -> Residency? {
    guard let map = value?.map() else { return nil }
    let tier = map.required("tier", "the tier that keeps them")?.text()
    let budget = budget(map.required("budget", "an amount such as 2 GB, or 32 \(entry)s"), entry)
    let replace = map.value("replace")?.choice(CacheRules.Replacement.self, kind: "replacement")
    let scope = map.value("scope")?.choice(Residency.Scope.self, kind: "scope")
    let evict = map.value("evict")?.choice(CacheRules.Eviction.self, kind: "eviction")
    let start = map.value("start")?.choice(Residency.Start.self, kind: "start")
    let window = map.value("window")?.integer(in: 1...1_000_000)
    let pinned = map.value("pinned")?.integer(in: 0...1_000_000)
    if replace == .window, window == nil {
      map.faults.add(
        .missingKey(map.name(of: "window"), expected: "the batches an entry stays after its touch"),
        at: map.position)
    }
    map.finish()
    guard let tier, let budget else { return nil }
    return Residency(
      tier: tier, budget: budget, replace: replace ?? .lru, evict: evict ?? .onInsert,
      scope: scope ?? .perLayer, start: start ?? .empty, window: window ?? 0, pinned: pinned ?? 0)
  }

  private static func budget(_ value: Value?, _ entry: String) -> Residency.Budget? {
    guard let value, let text = value.text("an amount of memory or a number of \(entry)s") else {
      return nil
    }
    for suffix in [" \(entry)s", " \(entry)"] where text.hasSuffix(suffix) {
      guard let count = Int(text.dropLast(suffix.count)), (1...1_000_000_000).contains(count) else {
        value.refuse(
          .outOfRange(
            key: value.name, found: text,
            allowed: "1 to 1000000000 \(entry)s; leave 'resident' out to keep none"))
        return nil
      }
      return .entries(count)
    }
    return value.quantity(in: Bytes(1)...Bytes(1e18)).map { .bytes($0) }
  }

  /// `prefetch: {by, layers, entries}` or `prefetch: 1 layer`.
  static func prefetch(_ value: Value?) -> Prefetch? {
    guard let value else { return nil }
    guard value.isMap, let map = value.map() else {
      guard let layers = value.quantity(Layers.self, in: Layers(0)...Layers(64)) else { return nil }
      return layers == .zero ? nil : Prefetch(by: .previousLayer, layers: Int(layers.value))
    }
    let by = map.required("by", "what the guess is made from")?.choice(
      Prefetch.Predictor.self, kind: "predictor")
    let layers = map.value("layers")?.integer(in: 1...64) ?? 1
    let entries = map.value("entries")?.integer(in: 1...1_000_000) ?? 0
    map.finish()
    return by.map { Prefetch(by: $0, layers: layers, entries: entries) }
  }

  /// `trace: FILE` or `trace: {file | like, first-step}`, of neurons also `density` and
  /// `working-set`.
  static func trace(_ value: Value?, ofNeurons: Bool = false) -> TraceReference? {
    guard let value else { return nil }
    guard value.isMap, let map = value.map() else {
      return value.text("a trace file").map { TraceReference(use: .file($0)) }
    }
    let file = map.value("file")?.text()
    let like = map.value("like")?.text()
    let first = map.value("first-step")?.integer(in: 0...100_000_000) ?? 0
    let density = ofNeurons ? map.value("density")?.number(in: 0.0001...1) : nil
    let workingSet = ofNeurons ? map.value("working-set")?.map().flatMap(workingSet) : nil
    map.finish()
    switch (file, like) {
    case (let file?, nil):
      for (key, mend) in [
        ("density", "use like to draw another density"),
        ("working-set", "use like to draw another working set"),
      ] where ofNeurons && map.contains(key) {
        map.faults.add(
          .conflict(
            key: map.name(of: key), found: "given with file",
            mend: "a file is played as it is; \(mend)"),
          at: map.position)
      }
      return TraceReference(use: .file(file), firstStep: first)
    case (nil, let like?):
      return TraceReference(
        use: .like(like), firstStep: first, density: density, workingSet: workingSet)
    default:
      map.faults.add(
        .missingKey(map.name(of: "file"), expected: "either file or like, with a trace's path"),
        at: map.position)
      return nil
    }
  }

  /// `working-set: {window, share}`.
  private static func workingSet(_ map: MapReader) -> TraceReference.WorkingSet? {
    let window = tokens(map.required("window", "tokens in a row"), in: 2...4096)
    let share = map.required("share", "the share of neurons that they use")?.number(in: 0.0001...1)
    map.finish()
    guard let window, let share else { return nil }
    return .init(window: window, share: share)
  }

  /// A whole number of tokens.
  static func tokens(_ value: Value?, in range: ClosedRange<Int>) -> Int? {
    guard let value,
      let amount = value.quantity(
        in: Tokens(Double(range.lowerBound))...Tokens(Double(range.upperBound)))
    else { return nil }
    guard let count = Int(exactly: amount.value) else {
      value.refuse(
        .outOfRange(
          key: value.name, found: value.text() ?? "", allowed: "a whole number of tokens"))
      return nil
    }
    return count
  }
}

struct NeuronsReader {
  let map: MapReader
  private enum Kind: String, CaseIterable { case all, active, predictor, gate, stated }

  func read() -> NeuronsPolicy {
    var policy = NeuronsPolicy()
    let kind = map.value("select")?.choice(Kind.self, kind: "selection") ?? .all
    let predictor = map.value("predictor")?.map().flatMap(predictor)
    switch kind {
    case .all: policy.selection = .all
    case .active: policy.selection = .active
    case .predictor:
      if let predictor { policy.selection = .predictor(predictor) }
      if !map.contains("predictor") {
        _ = map.required("predictor", "a map with rank and over-prediction")
      }
    case .gate, .stated: break
    }
    readShare(kind, &policy)
    policy.window = SharedKeys.tokens(map.value("window"), in: 0...4096) ?? 0
    policy.heldShare = map.value("held-share")?.number(in: 0.0001...1) ?? 1
    policy.bundle =
      map.value("bundle")?.choice(NeuronsPolicy.Bundle.self, kind: "layout") ?? .rowColumn
    policy.depth = map.value("depth")?.integer(in: 1...65536) ?? 1
    policy.movedPerByte = map.value("moved-per-byte")?.number(in: 0...100) ?? 0
    policy.compute = map.value("compute").map { $0.boolean() ?? true } ?? true
    policy.trace = SharedKeys.trace(map.value("trace"), ofNeurons: true)
    map.finish()
    return policy
  }

  /// The share of neurons that a token computes, where the scenario states it.
  private func readShare(_ kind: Kind, _ policy: inout NeuronsPolicy) {
    let isStated = kind == .gate || kind == .stated
    let value =
      isStated
      ? map.required("keep", "the share of neurons that a token computes") : map.value("keep")
    guard let keep = value?.number(in: 0.0001...1), isStated else { return }
    policy.selection = kind == .gate ? .gate(keep: keep) : .stated(keep: keep)
  }

  private func predictor(_ map: MapReader) -> NeuronsPolicy.Predictor? {
    let rank = map.required("rank", "the rank of the predictor")?.integer(in: 1...65536)
    let over = map.required("over-prediction", "neurons named for each that fires")?.number(
      in: 1...1000)
    let last = map.value("last-layers")?.integer(in: 0...4096) ?? 0
    let lastRank = map.value("last-rank")?.integer(in: 1...65536)
    map.finish()
    guard let rank, let over else { return nil }
    return .init(
      rank: rank, lastRank: lastRank ?? rank, lastLayers: last, overPrediction: over)
  }
}

struct ExpertsReader {
  let map: MapReader

  func read() -> ExpertsPolicy {
    let policy = ExpertsPolicy(
      tier: map.value("tier")?.text(),
      resident: SharedKeys.residency(map.value("resident"), entry: "expert"),
      transfer: map.value("transfer")?.choice(Transfer.self, kind: "transfer") ?? .copyEngine,
      onMiss: map.value("on-miss")?.choice(ExpertsPolicy.OnMiss.self, kind: "way") ?? .fetch,
      overlap: map.value("overlap")?.choice(ExpertsPolicy.Overlap.self, kind: "overlap") ?? .none,
      prefetch: SharedKeys.prefetch(map.value("prefetch")),
      depth: map.value("depth")?.integer(in: 1...65536) ?? 1,
      movedPerByte: map.value("moved-per-byte")?.number(in: 0...100) ?? 0,
      fusedGate: map.value("fused-gate").map { $0.boolean() ?? false } ?? false,
      topK: map.value("top-k")?.integer(in: 1...4096),
      union: map.value("union")?.map().flatMap(union),
      trace: SharedKeys.trace(map.value("trace")))
    map.finish()
    return policy
  }

  private func union(_ map: MapReader) -> ExpertUnion? {
    let tokens = SharedKeys.tokens(map.required("tokens", "tokens in a row"), in: 2...65536)
    let density = map.required("density", "the share of experts that they choose")?.number(
      in: 0.0001...1)
    map.finish()
    guard let tokens, let density else { return nil }
    return ExpertUnion(tokens: tokens, density: density)
  }
}
