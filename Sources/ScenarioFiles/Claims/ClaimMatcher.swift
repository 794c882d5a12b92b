import Diagnostics
import Yams

/// Holds one claim against the table.
struct ClaimMatcher {
  let claim: Claim
  let general: ClaimTable.Rules
  let system: ClaimTable.System
  private let texts: [Claim.Field: [UInt8]]

  init(_ claim: Claim, table: ClaimTable) {
    self.claim = claim
    general = table.general
    system = table.system(claim.system)
    texts = claim.texts.mapValues { ClaimText.plain($0) }
  }

  private typealias Found = (rule: ClaimRule, numbers: [String: Double])

  /// The first rule of a section that fits, the system's own before the general ones.
  private func first(_ section: KeyPath<ClaimTable.Rules, [ClaimRule]>) -> Found? {
    for rule in system.rules[keyPath: section] + general[keyPath: section] {
      if let numbers = rule.match(texts) { return (rule, numbers) }
    }
    return nil
  }

  /// All rules of a section that fit, in the same order, up to one that wants to be the last.
  private func all(_ section: KeyPath<ClaimTable.Rules, [ClaimRule]>) -> [Found] {
    var found: [Found] = []
    for rule in system.rules[keyPath: section] + general[keyPath: section] {
      guard let numbers = rule.match(texts) else { continue }
      found.append((rule, numbers))
      if rule.isOnly { break }
    }
    return found
  }

  func match() -> ClaimMatch {
    let variants = first(\.variants)
    if let variants, !variants.rule.speaks {
      return .unspoken(note: variants.rule.note ?? "a cost model cannot speak to it")
    }
    guard let metric = first(\.metrics) else { return unmatched("metric", claim.metric) }
    guard metric.rule.speaks, let name = metric.rule.metric else {
      return .unspoken(note: metric.rule.note ?? "a cost model cannot speak to it")
    }
    guard let hardware = first(\.hardware) else { return unmatched("hardware", text(.hardware)) }
    guard let model = first(\.models) else { return unmatched("model", text(.model)) }
    guard var unit = metric.rule.unit ?? first(\.units)?.rule.unit else {
      return unmatched("unit", text(.units))
    }
    if let per = metric.rule.per, let count = metric.numbers[per], count > 0 {
      unit.factor /= count
    }
    let rows = rows(unit)
    guard !rows.isEmpty else {
      return .unmatched(reason: "it states no number above zero that can be compared")
    }
    var found = [metric, hardware, model] + (variants.map { [$0] } ?? [])
    found += all(\.precisions).prefix(1)
    found += all(\.contexts) + all(\.batches)
    func run(_ side: Claim.Side, _ variant: String) -> MatchedClaim.Run {
      .init(
        scenario: variants?.rule.scenario ?? system.scenario, variant: variant,
        overrides: overrides(side, found, hardware: hardware.rule, model: model.rule))
    }
    return .matched(
      MatchedClaim(
        metric: name, baselineMetric: metric.rule.baselineMetric ?? name, unit: unit.kind,
        baseline: run(.baseline, variants?.rule.baseline ?? system.baseline),
        method: run(.method, variants?.rule.method ?? system.method), rows: rows))
  }

  private func text(_ field: Claim.Field) -> String { claim.texts[field] ?? "" }

  private func unmatched(_ section: String, _ text: String) -> ClaimMatch {
    .unmatched(reason: "no \(section) pattern for '\(text.prefix(60))'")
  }

  // What stands first wins: a rule's own changes, then machine and model, then numbers by knob.
  private func overrides(
    _ side: Claim.Side, _ found: [Found], hardware: ClaimRule, model: ClaimRule
  ) -> Overrides {
    var overrides = Overrides()
    for change in found.flatMap(\.rule.changes) where change.side == nil || change.side == side {
      overrides.add(change.key, change.value)
    }
    if let use = hardware.use { overrides.add("hardware", use) }
    if let use = model.use { overrides.add("model", use) }
    func turn(_ name: String, _ number: Double?, _ text: String?) {
      for knob in system.rules.knobs[name] ?? general.knobs[name] ?? []
      where knob.side == nil || knob.side == side {
        guard let value = knob.value(number, text: text) else { continue }
        for key in knob.keys { overrides.add(key, value) }
      }
    }
    if let batch = claim.batches[side] { turn("batch", batch, nil) }
    if let length = claim.outputLength { turn("generate", length, nil) }
    for (key, text) in claim.sparsity { turn(key, nil, text) }
    for numbers in found.map(\.numbers) {
      for (name, number) in numbers.sorted(by: { $0.key < $1.key }) { turn(name, number, nil) }
    }
    return overrides
  }

  private func rows(_ unit: ClaimUnit) -> [MatchedClaim.Row] {
    var rows: [MatchedClaim.Row] = []
    let parts: [(MatchedClaim.Part, Claim.Side)] =
      switch unit.kind {
      case .ratio: []
      case .relative: [(.method, .method)]
      default: [(.baseline, .baseline), (.method, .method)]
      }
    for (part, side) in parts {
      guard let value = claim.values[side], value > 0 else { continue }
      let one = unit.kind == .relative ? claim.values[.baseline] ?? 1 / unit.factor : nil
      rows.append(.init(part: part, published: value, factor: unit.factor, baseline: one))
    }
    if let ratio = claim.ratio, ratio > 0 {
      rows.append(
        .init(part: .ratio, published: ratio, factor: 1, direction: direction(unit, of: ratio)))
    }
    return rows
  }

  /// What the ratio divides: as its values say, else as its definition says, else whatever makes
  /// the better side come out above 1.
  private func direction(_ unit: ClaimUnit, of ratio: Double) -> MatchedClaim.Direction? {
    if let base = claim.values[.baseline], let method = claim.values[.method], base > 0, method > 0
    {
      let (one, other) = (base / method / ratio, method / base / ratio)
      let isFirst = max(one, 1 / one) <= max(other, 1 / other)
      return isFirst ? .baselineOverMethod : .methodOverBaseline
    }
    let definition = texts[.ratioDefinition] ?? []
    if Self.baselineFirst?.match(definition) != nil { return .baselineOverMethod }
    if Self.methodFirst?.match(definition) != nil { return .methodOverBaseline }
    return nil
  }

  private static let baselineFirst = TextPattern("baseline*/*method")
  private static let methodFirst = TextPattern("method*/*baseline")
}

extension ClaimTable {
  /// What a claim asks to be run and compared.
  public func match(_ claim: Claim) -> ClaimMatch { ClaimMatcher(claim, table: self).match() }
}
