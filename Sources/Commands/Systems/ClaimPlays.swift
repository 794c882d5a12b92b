import Diagnostics
import ScenarioFiles
import Scenarios
import Simulation

/// The runs that claims ask for, and what comes of them.
struct ClaimPlays {
  private struct Asked {
    var claim: Claim
    var match: MatchedClaim
    /// Places in the list of runs.
    var baseline: Int?
    var method: Int?
  }

  private var asked: [Asked] = []
  /// Rows that the scenarios hold themselves: what the table cannot map of these is no loss.
  private let held: Set<String>
  private(set) var unmatched: [SilentRow] = []
  private(set) var unspoken: [SilentRow] = []
  /// Numbers of the claims that have no prediction, and those of them that are ratios.
  private(set) var missing = 0
  private(set) var missingRatios = 0

  init(_ claims: [Claim], table: ClaimTable, files: SystemFiles, in plays: inout PlayList) {
    held = Set(files.files.flatMap { $0.expectations.map(\.id) + $0.unspoken.map(\.id) })
    for claim in claims {
      switch table.match(claim) {
      case .unspoken(let note):
        unspoken.append(Self.silent(claim, note))
      case .unmatched(let reason):
        miss(claim, nil, reason)
      case .matched(let match):
        ask(claim, match, files, &plays)
      }
    }
  }

  private mutating func ask(
    _ claim: Claim, _ match: MatchedClaim, _ files: SystemFiles, _ plays: inout PlayList
  ) {
    for name in [match.metric, match.baselineMetric] where Metric.unit(ofForm: name) == nil {
      return miss(claim, match, "there is no metric '\(name)'")
    }
    guard let unit = Metric.unit(ofForm: match.metric) else { return }
    guard unit.takes(match.unit) else {
      return miss(claim, match, "its values are no amounts of '\(match.metric)'")
    }
    var asked = Asked(claim: claim, match: match)
    let sides = Self.sides(of: match)
    let names = [match.baseline.variant, match.method.variant]
    guard
      let file = files.file(
        named: match.baseline.scenario, system: claim.system, variants: names)
    else {
      let name = match.baseline.scenario.map { "\($0).yaml" } ?? "of \(claim.system)"
      return miss(
        claim, match,
        "there is no scenario \(name) to tell \(match.metric) at \(match.method.overrides.text)")
    }
    if sides.contains(.baseline) {
      asked.baseline = plays.add(
        file, variant: match.baseline.variant, at: match.baseline.overrides)
    }
    if sides.contains(.method) {
      asked.method = plays.add(file, variant: match.method.variant, at: match.method.overrides)
    }
    self.asked.append(asked)
  }

  private static func sides(of match: MatchedClaim) -> Set<Claim.Side> {
    var sides: Set<Claim.Side> = []
    for row in match.rows {
      if row.part == .baseline || row.part == .ratio || row.baseline != nil {
        sides.insert(.baseline)
      }
      if row.part != .baseline { sides.insert(.method) }
    }
    return sides
  }

  /// Lists a claim, or the rows of it that are left, as unmatched.
  private mutating func miss(_ claim: Claim, _ match: MatchedClaim?, _ why: String) {
    let parts =
      match?.rows.map(\.part)
      ?? claim.values.keys.map { $0 == .baseline ? .baseline : .method }
      + (claim.ratio == nil ? [] : [.ratio])
    let lost = parts.filter { !held.contains("\(claim.id)/\($0.rawValue)") }
    guard !held.contains(claim.id), parts.isEmpty || !lost.isEmpty else { return }
    unmatched.append(Self.silent(claim, why))
    missing += lost.count
    missingRatios += lost.count { $0 == .ratio }
  }

  private static func silent(_ claim: Claim, _ why: String) -> SilentRow {
    SilentRow(system: claim.system, id: claim.id, metric: claim.metric, why: why)
  }

  /// The predicted rows; what fails on the way joins the unmatched.
  mutating func rows(_ played: [Result<ScenarioResult, Faults>]) -> [SystemRow] {
    var rows: [SystemRow] = []
    for asked in asked {
      var values: [Claim.Side: Double] = [:]
      var problem: String?
      for (side, place) in [(Claim.Side.baseline, asked.baseline), (.method, asked.method)] {
        guard let place else { continue }
        do throws(Faults) {
          let report = try played[place].get().run.report
          let metric = side == .baseline ? asked.match.baselineMetric : asked.match.metric
          values[side] = report.metric(metric)
          if values[side] == nil {
            problem = problem ?? "the \(side.rawValue) has no metric '\(metric)'"
          }
        } catch {
          let sentence =
            error.faults.first.map { Diagnostic.sentence($0.problem) } ?? "it cannot be played"
          problem = problem ?? "the \(side.rawValue): \(sentence)"
        }
      }
      var lost = asked.match
      lost.rows = []
      for row in asked.match.rows {
        if let row = Self.row(row, of: asked.claim, asked.match, values) {
          rows.append(row)
        } else {
          lost.rows.append(row)
        }
      }
      if !lost.rows.isEmpty {
        let parts = lost.rows.map(\.part.rawValue).joined(separator: ", ")
        miss(asked.claim, lost, "\(parts): \(problem ?? "no finite value")")
      }
    }
    return rows
  }

  private static func row(
    _ row: MatchedClaim.Row, of claim: Claim, _ match: MatchedClaim,
    _ values: [Claim.Side: Double]
  ) -> SystemRow? {
    let predicted: Double?
    let (base, method) = (values[.baseline], values[.method])
    switch row.part {
    case .baseline: predicted = base.map { $0 / row.factor }
    case .method:
      if let one = row.baseline {
        predicted = quotient(method, base).map { $0 * one }
      } else {
        predicted = method.map { $0 / row.factor }
      }
    case .ratio:
      let isLargerBetter = Metric.unit(ofForm: match.metric)?.isLargerBetter ?? false
      let direction =
        row.direction ?? (isLargerBetter ? .methodOverBaseline : .baselineOverMethod)
      predicted =
        direction == .baselineOverMethod ? quotient(base, method) : quotient(method, base)
    }
    guard let predicted, predicted.isFinite else { return nil }
    let unit = row.part == .ratio ? "x" : claim.texts[.units] ?? ""
    return SystemRow(
      system: claim.system, id: "\(claim.id)/\(row.part.rawValue)", metric: match.metric,
      kind: row.part == .ratio ? .ratio : .value, published: row.published, predicted: predicted,
      texts: (text(row.published, unit), text(predicted, unit)), confidence: claim.confidence,
      counts: true)
  }

  private static func quotient(_ over: Double?, _ under: Double?) -> Double? {
    guard let over, let under, under != 0 else { return nil }
    return over / under
  }

  private static func text(_ value: Double, _ unit: String) -> String {
    let number = SystemNumber.text(value)
    let word = unit.split(whereSeparator: { " (,;".contains($0) }).first.map(String.init) ?? ""
    return word == "x" ? "\(number)x" : word.isEmpty ? number : "\(number) \(word)"
  }
}
