import Diagnostics
import Policies
import Quantities

/// Reads the site `weights`: where parts lie, how they are stored, and what is cut from the model.
struct WeightsReader {
  let map: MapReader

  func read() -> WeightsPolicy {
    var policy = WeightsPolicy()
    if let form = map.value("form")?.map().flatMap({ WeightFormReader(map: $0).read() }) {
      policy.forms[.attention] = form
      policy.forms[.ffn] = form
    }
    for part in WeightsPolicy.Part.allCases {
      guard let keys = map.value(part.rawValue)?.map() else { continue }
      policy.placements[part] = placement(keys)
      if let form = keys.value("form")?.map().flatMap({ WeightFormReader(map: $0).read() }) {
        policy.forms[part] = form
      }
      if part == .ffn { policy.neurons = neurons(keys) }
      keys.finish()
    }
    policy.slice = map.value("slice")?.map().flatMap(slice)
    policy.hostLayers = map.value("host-layers").flatMap { LayerRangeReader.read($0) }
    policy.devices = map.value("devices")?.integer(in: 1...1024) ?? 1
    map.finish()
    return policy
  }

  private static let placementKeys = ["tier", "resident-share", "chunk", "depth", "prefetch"]
  private static let shapeKeys = ["form", "keep", "round"]

  /// Nil for a part that stays beside the processor, of which only the form or shape is stated.
  private func placement(_ keys: MapReader) -> WeightsPolicy.Placement? {
    if !Self.placementKeys.contains(where: keys.contains),
      Self.shapeKeys.contains(where: keys.contains)
    {
      for key in Self.placementKeys { _ = keys.value(key) }
      return nil
    }
    let tier = keys.required("tier", "the tier that holds them")?.text()
    let share = keys.value("resident-share")?.number(in: 0...1) ?? 0
    let chunk = keys.value("chunk")?.quantity(in: Bytes(512)...Bytes(1e9)) ?? Bytes(1_048_576)
    let depth = keys.value("depth")?.integer(in: 1...65536) ?? 32
    let ahead = keys.value("prefetch")?.quantity(Layers.self, in: Layers(0)...Layers(1024))
    return tier.map {
      WeightsPolicy.Placement(
        tier: $0, residentShare: share, chunk: chunk, depth: depth,
        prefetchLayers: Int(ahead?.value ?? 0))
    }
  }

  /// `keep: 0.5` or a list of `{layers, keep}`, with `round` for all of them.
  private func neurons(_ keys: MapReader) -> [WeightsPolicy.KeptNeurons] {
    let round = SharedKeys.elements(keys.value("round"), in: 1...65536) ?? 1
    guard let value = keys.value("keep") else {
      if keys.contains("round") {
        keys.faults.add(
          .missingKey(keys.name(of: "keep"), expected: "the share of neurons that are left"),
          at: keys.position)
      }
      return []
    }
    guard value.isList else {
      return value.number(in: 0.0001...1).map { [.init(keep: $0, round: round)] } ?? []
    }
    return (value.list() ?? []).compactMap { item in
      guard let map = item.map("a map with layers and keep") else { return nil }
      let layers = LayerRangeReader.read(map.required("layers", "which layers"))
      let keep = map.required("keep", "the share of neurons that are left")?.number(in: 0.0001...1)
      map.finish()
      guard let layers, let keep else { return nil }
      return .init(layers: layers, keep: keep, round: round)
    }
  }

  private func slice(_ map: MapReader) -> WeightsPolicy.Slice? {
    let share = map.required("share", "the share of the width that is cut")?.number(in: 0...0.99)
    let round = SharedKeys.elements(map.value("round"), in: 1...65536) ?? 1
    let shortcuts = map.value("shortcuts").map { $0.boolean() ?? true } ?? true
    map.finish()
    return share.map { .init(share: $0, round: round, shortcuts: shortcuts) }
  }
}

/// Reads how a part's matrices are stored.
struct WeightFormReader {
  let map: MapReader
  private enum Kind: String, CaseIterable {
    case dense, group, unstructured
    case nOfM = "n-of-m"
  }

  func read() -> WeightForm? {
    let kind = map.required("pattern", "which weights are kept")?.choice(
      Kind.self, kind: "pattern")
    guard let kind else { return nil }
    let n = kind == .nOfM ? map.required("n", "weights kept")?.integer(in: 1...65536) : nil
    let m = kind == .nOfM ? map.required("m", "of how many")?.integer(in: 1...65536) : nil
    let isShare = kind == .group || kind == .unstructured
    let keep =
      isShare ? map.required("keep", "the share of weights kept")?.number(in: 0.0001...1) : nil
    let bits = map.value("bits")?.number(in: 0.1...64)
    let scale = map.value("scale-bits")?.number(in: 0...1024) ?? 0
    let zero = map.value("zero-bits")?.number(in: 0...1024) ?? 0
    let group = group(needed: kind == .group || scale > 0 || zero > 0)
    let index = map.value("index-bits")?.number(in: 0...1024)
    let scope = map.value("index-per")?.choice(WeightForm.IndexScope.self, kind: "scope")
    let skips = map.value("skips").map { $0.boolean() ?? false } ?? false
    let wrap = SharedKeys.elements(map.value("wrap"), in: 1...65536) ?? 0
    map.finish()
    guard let pattern = pattern(kind, n: n, m: m, keep: keep), let group else { return nil }
    return WeightForm(
      pattern: pattern, bits: bits, group: group, scale: scale, zero: zero,
      index: index ?? Self.usualIndex(pattern), indexScope: scope ?? Self.usualScope(pattern),
      skips: skips, wrap: wrap)
  }

  private func group(needed: Bool) -> Int? {
    guard let value = needed ? map.required("group", "weights of a group") : map.value("group")
    else { return needed ? nil : 1 }
    return SharedKeys.elements(value, in: 1...65536)
  }

  private func pattern(_ kind: Kind, n: Int?, m: Int?, keep: Double?) -> WeightForm.Pattern? {
    switch kind {
    case .dense: return .dense
    case .group: return keep.map { .groups(kept: $0) }
    case .unstructured: return keep.map { .unstructured(kept: $0) }
    case .nOfM:
      guard let n, let m else { return nil }
      guard n <= m else {
        map.faults.add(
          .conflict(key: map.name(of: "n"), found: "\(n)", mend: "give at most the \(m) of m"),
          at: map.position)
        return nil
      }
      return .nOfM(n: n, m: m)
    }
  }

  /// A place among `m` for each weight kept, one of 65,536 for each group, a mask of all weights.
  private static func usualIndex(_ pattern: WeightForm.Pattern) -> Double {
    switch pattern {
    case .dense: 0
    case .nOfM(_, let m): Double(Int.bitWidth - (m - 1).leadingZeroBitCount)
    case .groups: 16
    case .unstructured: 1
    }
  }

  private static func usualScope(_ pattern: WeightForm.Pattern) -> WeightForm.IndexScope {
    switch pattern {
    case .dense, .nOfM: .kept
    case .groups: .group
    case .unstructured: .weight
    }
  }
}
