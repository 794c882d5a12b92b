import Diagnostics
import Yams

/// One line of a section of the claims table: texts that it is for, and what it says of them.
struct ClaimRule {
  /// The text of the section itself, and of other fields; all must be found.
  var patterns: [(field: Claim.Field, pattern: TextPattern)]
  /// A profile's or model's name, an inline model, or nil for `any`: the scenario's own.
  var use: Node?
  var changes: [Change]
  var metric: String?
  /// The metric of the baseline, where the sides are different parts of one run.
  var baselineMetric: String?
  /// The number by which the claim's values are divided: tokens of a time for many.
  var per: String?
  /// Whether no later rule of its section is looked at.
  var isOnly = false
  /// Whether a cost model can speak to the claim at all.
  var speaks: Bool
  var note: String?
  var unit: ClaimUnit?
  /// Variants of the scenario.
  var method: String?
  var baseline: String?
  /// Another scenario of the same system.
  var scenario: String?

  /// One key that is changed, for one side of the comparison or for both.
  struct Change {
    var key: String
    var value: Node
    var side: Claim.Side?
  }

  /// The numbers that its patterns find; nil when one of them finds nothing.
  func match(_ texts: [Claim.Field: [UInt8]]) -> [String: Double]? {
    var found: [String: Double] = [:]
    for (field, pattern) in patterns {
      guard let numbers = pattern.match(texts[field] ?? []) else { return nil }
      found.merge(numbers) { old, _ in old }
    }
    return found
  }
}

/// What the numbers of a claim are, and how many base units one of them is.
public struct ClaimUnit: Hashable, Sendable {
  /// The dimension of its values. A claim in ratios states no values of a metric; one that is
  /// `relative` states the method's in terms of the baseline's.
  public enum Kind: String, CaseIterable, Sendable {
    case seconds, bytes, perSecond = "per-second", joules, dollars, share, ratio, relative
  }

  var kind: Kind
  var factor: Double
}

/// Reads the rules of one section.
struct ClaimRuleReader {
  /// What the rules of a section may say.
  enum Section {
    case hardware, models, precisions, units, metrics, contexts, batches, variants

    var field: Claim.Field? {
      switch self {
      case .hardware: .hardware
      case .models: .model
      case .precisions: .precision
      case .units: .units
      case .metrics: .metric
      case .contexts: .context
      case .batches: .batch
      case .variants: nil
      }
    }
  }

  let section: Section

  func read(_ value: Value?) -> [ClaimRule] {
    guard let items = value?.list("a list of rules") else { return [] }
    return items.compactMap { item in
      guard let map = item.map("a map with what to find") else { return nil }
      let rule = rule(map)
      map.finish()
      return rule
    }
  }

  private func rule(_ map: MapReader) -> ClaimRule? {
    var rule = ClaimRule(patterns: [], changes: [], speaks: true)
    if let field = section.field {
      guard let pattern = pattern(map.required("find", "a pattern")) else { return nil }
      rule.patterns.append((field, pattern))
    }
    if let when = map.value("when")?.map("a map of fields to patterns") {
      for field in Claim.Field.allCases {
        guard let value = when.value(field.rawValue) else { continue }
        guard let pattern = pattern(value) else { return nil }
        rule.patterns.append((field, pattern))
      }
      when.finish()
    }
    rule.changes = changes(map.value("set"), side: nil)
    switch section {
    case .hardware, .models: use(map, into: &rule)
    case .units: rule.unit = unit(map)
    case .metrics: metric(map, into: &rule)
    case .variants:
      rule.method = map.value("method")?.text()
      rule.baseline = map.value("baseline")?.text()
      rule.scenario = map.value("scenario")?.text()
      if map.value("speaks")?.boolean() == false { rule.speaks = false }
      rule.note = map.value("note")?.text()
      rule.changes += changes(map.value("set-method"), side: .method)
      rule.changes += changes(map.value("set-baseline"), side: .baseline)
    case .contexts, .batches: rule.isOnly = map.value("only")?.boolean() ?? false
    case .precisions: break
    }
    return rule
  }

  private func use(_ map: MapReader, into rule: inout ClaimRule) {
    guard let use = map.required("use", "a name, or any for the scenario's own") else { return }
    if !use.isMap, use.text() == "any" { return }
    rule.use = use.node
  }

  private func unit(_ map: MapReader) -> ClaimUnit? {
    let kind = map.required("unit", "seconds, bytes, per-second, share or ratio")?.choice(
      ClaimUnit.Kind.self, kind: "unit")
    let factor = map.value("factor").map { $0.number(in: 1e-15...1e15) } ?? 1
    guard let kind, let factor else { return nil }
    return ClaimUnit(kind: kind, factor: factor)
  }

  private func metric(_ map: MapReader, into rule: inout ClaimRule) {
    if let speaks = map.value("speaks")?.boolean() { rule.speaks = speaks }
    rule.metric = map.value("metric")?.text()
    rule.baselineMetric = map.value("baseline-metric")?.text()
    rule.per = map.value("per")?.text()
    rule.note = map.value("note")?.text()
    let unit = map.value("unit")?.choice(ClaimUnit.Kind.self, kind: "unit")
    let factor = map.value("factor").map { $0.number(in: 1e-15...1e15) } ?? 1
    if let unit, let factor { rule.unit = ClaimUnit(kind: unit, factor: factor) }
    if rule.speaks, rule.metric == nil {
      _ = map.required("metric", "a metric's name, or speaks: false with a note")
    }
  }

  private func pattern(_ value: Value?) -> TextPattern? {
    guard let value, let text = value.text("a pattern") else { return nil }
    if let pattern = TextPattern(text) { return pattern }
    value.refuse(
      .malformed(
        format: "pattern", found: text, mend: "write words, *, <name> and |, none of them empty"))
    return nil
  }

  private func changes(_ value: Value?, side: Claim.Side?) -> [ClaimRule.Change] {
    Overrides.read(value).map { .init(key: $0.key, value: $0.value, side: side) }
  }
}
