import Hardware
import Models
import Programs

extension StepBuilder {
  /// Causal attention of one layer in a pass: an operation for each selection of its heads, and one
  /// for the heads that no selection takes.
  mutating func addPromptAttention(
    _ attention: Attention, layer: Int, pass: PromptPass, kept: Double, after: [Dependency]
  ) {
    guard attention.kvHeads > 0 else { return }
    let policy = setting.method.prompt
    let isWindowed = attention.window.map { $0 < setting.promptPositions } ?? false
    let selections =
      isWindowed
      ? [] : policy.attention.filter { $0.layers.contains(layer, of: setting.model.layerCount) }
    for (place, segment) in pass.segments.enumerated() {
      let ending = place == 0 ? "" : ".after"
      let part = segment.scaled(by: kept)
      let rest = addSelected(selections, attention, part, ending: ending, after: after)
      if rest.count > 0 {
        addDensePrompt("prompt.attend" + ending, attention, part, heads: rest, after: after)
      }
    }
  }

  /// Adds the selections in their order and returns the query heads that are left.
  private mutating func addSelected(
    _ selections: [PromptSelection], _ attention: Attention, _ segment: PromptSegment,
    ending: String, after: [Dependency]
  ) -> Range<Int> {
    let heads = max(1, attention.queryHeads)
    var share = 0.0
    var first = 0
    var names: [String: Int] = [:]
    for selection in selections {
      share = min(1, share + selection.heads)
      let end = Int((share * Double(heads)).rounded())
      guard end > first else { continue }
      let count = names[selection.name, default: 0] + 1
      names[selection.name] = count
      let name = "prompt.attend.\(selection.name)" + (count > 1 ? "-\(count)" : "") + ending
      if selection.skipsValues {
        addDensePrompt(
          name, attention, segment, heads: first..<end,
          valueShare: density(selection, segment), after: after)
      } else {
        addSelection(selection, name, attention, segment, heads: first..<end, after: after)
      }
      first = end
    }
    return first..<heads
  }

  private func density(_ selection: PromptSelection, _ segment: PromptSegment) -> Double {
    PairCount(new: segment.new, before: segment.before).pairs(selection.form).density
  }

  /// All pairs of some heads. Each query sees half the prompt on average, or its window.
  private mutating func addDensePrompt(
    _ name: String, _ attention: Attention, _ segment: PromptSegment, heads: Range<Int>,
    valueShare: Double = 1, after: [Dependency]
  ) {
    let (bytes, flops) = perToken(attention)
    let share = Double(heads.count) / Double(max(1, attention.queryHeads))
    let queries = Double(segment.count * segment.new)
    let seen = min(
      segment.pairs / queries, attention.window.map(Double.init) ?? .infinity)
    let keys = Double(segment.count * (segment.new + segment.before))
    let call = promptCall(attention, segment, heads: heads.count, share: share) {
      $0.valueShare = valueShare
    }
    let valued = valuedShare(attention, valueShare)
    add(
      Operation(
        name: name, site: .attention, kind: .attentionPrefill, stream: main,
        precision: setting.activations,
        flops: Affine(base: flops * seen * queries * share * valued),
        traffic: [Traffic(through: nearTier, bytes: Affine(base: bytes * keys * share))],
        after: after, call: call))
  }

  /// What is left of a pair's arithmetic when values are computed of a share of the pairs.
  private func valuedShare(_ attention: Attention, _ valueShare: Double) -> Double {
    guard valueShare < 1, case .grouped(let it) = attention else {
      return (1 + valueShare) / 2
    }
    let (key, value) = (Double(it.keyDimension), Double(it.valueDimension))
    return (key + value * valueShare) / (key + value)
  }

  /// The tiles of a selection. Gathered rows come from the last cache that holds the KV of a head,
  /// as columns that all queries share always do.
  private mutating func addSelection(
    _ selection: PromptSelection, _ name: String, _ attention: Attention,
    _ segment: PromptSegment, heads: Range<Int>, after: [Dependency]
  ) {
    let (bytes, flops) = perToken(attention)
    let queryHeads = Double(max(1, attention.queryHeads))
    let share = Double(heads.count) / queryHeads
    let group = max(1, attention.queryHeads / max(1, attention.kvHeads))
    let pairs = PairCount(
      new: segment.new, before: segment.before, packed: selection.isShared ? group : 1
    ).pairs(selection.form)
    let count = Double(segment.count)
    let keys = count * Double(segment.new + segment.before)
    var traffic = [Traffic(through: nearTier, bytes: Affine(base: bytes * keys * share))]
    if pairs.gathered > 0 {
      let row = bytes / Double(max(1, attention.kvHeads))
      let gathered = pairs.gathered * count * row * Double(heads.count)
      let head = row / Double(setting.workload.batch) * Double(segment.new + segment.before)
      var isStriped = false
      if case .stripes = selection.form { isStriped = true }
      traffic.append(
        Traffic(
          through: gatherTier(holding: isStriped ? 0 : head), bytes: Affine(base: gathered)))
    }
    let call = promptCall(attention, segment, heads: heads.count, share: share) {
      $0.density = pairs.density
      $0.block = Int(pairs.tileRows)
      $0.columns = pairs.tileKeys < PairCount.leastRows ? Self.gatheredKeys : Int(pairs.tileKeys)
      $0.gathered = pairs.gatheredShare
    }
    add(
      Operation(
        name: name, site: .attention, kind: .attentionPrefill, stream: main,
        precision: setting.activations,
        flops: Affine(base: flops * pairs.executed * count * share), traffic: traffic,
        after: after, call: call))
  }

  /// Keys of a tile where single rows are gathered into it.
  private static let gatheredKeys = 64

  private func gatherTier(holding bytes: Double) -> String {
    let cache = setting.profile.tiers.last { $0.kind == .cache }
    guard let cache, bytes <= cache.capacity.value.value else { return nearTier }
    return cache.name
  }

  private func promptCall(
    _ attention: Attention, _ segment: PromptSegment, heads: Int, share: Double,
    _ change: (inout PrefillAttentionCall) -> Void
  ) -> SizedCall? {
    guard var call = promptCall(attention) else { return nil }
    call.batch *= segment.count
    call.tokens = segment.new
    call.cached = segment.before
    call.kvHeads = max(1, Int((Double(call.kvHeads) * share).rounded()))
    call.heads = heads
    change(&call)
    return .constant(.attentionPrefill(call))
  }
}

extension PromptSegment {
  /// The segment when only a share of its tokens takes part.
  func scaled(by share: Double) -> PromptSegment {
    guard share < 1 else { return self }
    var scaled = self
    scaled.new = max(1, Int((Double(new) * share).rounded()))
    scaled.before = Int((Double(before) * share).rounded())
    return scaled
  }
}
