import Quantities
import ResultTables

/// Predictions beside what was published or measured.
struct ExpectationTable {
  let outcomes: [ExpectationOutcome]
  init(_ outcomes: [ExpectationOutcome]) { self.outcomes = outcomes }

  func text() throws -> String {
    var table = Table(
      columns: [
        Column("variant", .text), Column("metric", .text), Column("stated", .text),
        Column("predicted", .text), Column("error", .real(.decimals(1)), unit: "%"),
        Column("", .text), Column("source", .text),
      ], footnotes: notes())
    for outcome in outcomes {
      let expectation = outcome.expectation
      try table.append([
        .text(expectation.variant), .text(expectation.metric),
        .text(outcome.unit.text(expectation.value)), .text(outcome.unit.text(outcome.predicted)),
        .real(100 * outcome.error), .text(outcome.verdict.rawValue), .text(expectation.source),
      ])
    }
    return table.text(width: 100) + summary
  }

  private var summary: String {
    let counted = outcomes.filter { $0.verdict == .met || $0.verdict == .missed }
    guard !counted.isEmpty else { return "" }
    let met = counted.count { $0.verdict == .met }
    return "\(met) of \(counted.count) counted expectations met.\n"
  }

  private func notes() -> [String] {
    outcomes.compactMap { outcome in
      outcome.expectation.note.map {
        "\(outcome.expectation.variant), \(outcome.expectation.metric): \($0)"
      }
    }
  }

  static func json(_ outcome: ExpectationOutcome) -> JSONValue {
    let expectation = outcome.expectation
    return .pairs([
      ("id", .text(expectation.id)), ("variant", .text(expectation.variant)),
      ("metric", .text(expectation.metric)), ("stated", .number(expectation.value)),
      ("predicted", .number(outcome.predicted)), ("error", .number(outcome.error)),
      ("within", .number(expectation.within)), ("verdict", .text(outcome.verdict.rawValue)),
      ("source", .text(expectation.source)),
    ])
  }
}
