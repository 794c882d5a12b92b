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
    for setup in setups { out += setup + "\n" }
    let summary = SummaryTable(reports)
    out += "\n" + (try summary.times().text(width: 100))
    out += "\n" + (try summary.means().text(width: 100))
    if breakdown {
      for report in reports { out += try BreakdownTables(report).text() }
    }
    if !outcomes.isEmpty { out += "\n" + (try ExpectationTable(outcomes).text()) }
    out += unheld
    out += try provenance
    let unmeasured = Set(reports.flatMap(\.unmeasured)).sorted()
    if !unmeasured.isEmpty {
      out += "\nPriced without measured coefficients of this device: "
      out += unmeasured.joined(separator: ", ") + ".\n"
    }
    return out
  }

  /// The calibrated kernels behind the prices, and how wrong they were on shapes unseen.
  private var provenance: String {
    get throws {
      var kernels: [Report.CalibratedKernel] = []
      for kernel in reports.flatMap(\.calibrated) where !kernels.contains(kernel) {
        kernels.append(kernel)
      }
      guard !kernels.isEmpty else { return "" }
      var table = Table(
        title: "Priced by calibrated kernels; errors are on shapes that the fits had not seen",
        columns: [
          Column("family", .text), Column("kernel", .text), Column("measured on", .text),
          Column("error", .real(.decimals(1)), unit: "%"), Column("from", .real(.decimals(2))),
          Column("to", .real(.decimals(2))),
        ],
        footnotes: ["From, to: predicted over true time, nine times of ten."])
      for kernel in kernels {
        try table.append([
          .text(kernel.family), .text(kernel.kernel),
          .text(kernel.device + (kernel.isInherited ? " (inherited)" : "")),
          .real(kernel.error * 100), .optional(kernel.band?.lowerBound),
          .optional(kernel.band?.upperBound),
        ])
      }
      return "\n" + table.text(width: 100)
    }
  }

  /// The variants whose predictions stand beside no measured or published value.
  private var unheld: String {
    let held = Set(outcomes.map(\.expectation.variant))
    let rest = reports.map(\.variant).filter { !held.contains($0) }
    guard !rest.isEmpty else { return "" }
    let names = rest.count == reports.count ? "any variant" : rest.joined(separator: ", ")
    return "\nNothing measured or published is given for \(names): prediction only.\n"
  }

  /// Model, runtime and machine; where variants differ in them, one line each with its variants.
  private var setups: [String] {
    let lines = reports.map { report in
      "\(report.model) by \(report.runtime) on \(report.hardware), batch \(report.batch), "
        + "\(report.steps) decode step\(report.steps == 1 ? "" : "s")"
    }
    var distinct: [String] = []
    for line in lines where !distinct.contains(line) { distinct.append(line) }
    guard distinct.count > 1 else { return distinct }
    return distinct.map { line in
      let names = zip(lines, reports).filter { $0.0 == line }.map(\.1.variant)
      return "\(names.joined(separator: ", ")): \(line)"
    }
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
