import Quantities
import ResultTables
import Simulation

/// The results of `simulate` as text, JSON or CSV.
struct SimulateOutput {
  let title: String
  let results: [ScenarioResult]
  let outcomes: [ExpectationOutcome]
  let breakdown: Bool

  private var reports: [Report] { results.map(\.run.report) }

  func text() throws -> String {
    var out = "\(title)\n"
    for report in reports.prefix(1) {
      out += "\(report.model) by \(report.runtime) on \(report.hardware), "
      out += "batch \(report.batch), \(report.steps) decode steps\n"
    }
    out += "\n" + (try SummaryTable(reports).table().text(width: 100))
    if breakdown {
      for report in reports { out += try BreakdownTables(report).text() }
    }
    if !outcomes.isEmpty { out += "\n" + (try ExpectationTable(outcomes).text()) }
    out += unheld
    let unmeasured = Set(reports.flatMap(\.unmeasured)).sorted()
    if !unmeasured.isEmpty {
      out += "\nPriced without measured coefficients of this device: "
      out += unmeasured.joined(separator: ", ") + ".\n"
    }
    return out
  }

  /// The variants whose predictions stand beside no measured or published value.
  private var unheld: String {
    let held = Set(outcomes.map(\.expectation.variant))
    let rest = reports.map(\.variant).filter { !held.contains($0) }
    guard !rest.isEmpty else { return "" }
    let names = rest.count == reports.count ? "any variant" : rest.joined(separator: ", ")
    return "\nNothing measured or published is given for \(names): prediction only.\n"
  }

  func json() throws -> String {
    try JSONValue.pairs([
      ("scenario", .text(reports.first?.scenario ?? "")),
      ("variants", .array(try reports.map { try ReportJSON($0).value() })),
      ("expectations", .array(outcomes.map { ExpectationTable.json($0) })),
    ]).encoded(indent: 2) + "\n"
  }

  func csv() throws -> String { try SummaryTable(reports).metrics().csv() }
}
