import Quantities
import ResultTables

/// A run over systems as text, JSON or CSV.
struct SystemsOutput {
  let run: SystemsRun
  init(_ run: SystemsRun) { self.run = run }

  func text() throws -> String {
    var out = ""
    if !run.firm.isEmpty { out += try rows("Published and predicted", run.firm) + "\n" }
    if !run.apart.isEmpty {
      out += try rows("Read off a plot or told second-hand", run.apart) + "\n"
    }
    let uncounted = run.rows.filter { !$0.counts }
    if !uncounted.isEmpty {
      out += try rows("Not counted: out of reach, or what set a coefficient", uncounted) + "\n"
    }
    if !run.unspoken.isEmpty {
      out += try silent("Beyond a cost model", run.unspoken) + "\n"
    }
    if !run.unmatched.isEmpty { out += try silent("Unmatched", run.unmatched) + "\n" }
    return out + (try totals())
  }

  private func rows(_ title: String, _ rows: [SystemRow]) throws -> String {
    var table = Table(
      title: title,
      columns: [
        Column("system", .text), Column("id", .text), Column("metric", .text),
        Column("published", .text), Column("predicted", .text),
        Column("error", .real(.decimals(1)), unit: "%"), Column("direction", .text),
      ],
      footnotes: rows.compactMap { row in row.note.map { "\(row.id): \($0)" } })
    for row in rows {
      try table.append([
        .text(row.system), .text(Self.short(row)), .text(row.metric),
        .text(row.texts.published), .text(row.texts.predicted), .real(100 * row.error),
        .text(row.isDirectionRight.map { $0 ? "right" : "wrong" } ?? ""),
      ])
    }
    return table.text(width: Self.width)
  }

  /// Wider than other tables, so that a row keeps its direction on its line.
  private static let width = 120

  /// The id without the system's name, which stands beside it.
  private static func short(_ row: SystemRow) -> String {
    let prefix = "\(row.system)-"
    return row.id.hasPrefix(prefix) ? String(row.id.dropFirst(prefix.count)) : row.id
  }

  private func silent(_ title: String, _ rows: [SilentRow]) throws -> String {
    var table = Table(
      title: title,
      columns: [Column("id", .text), Column("metric", .text), Column("why", .text)])
    for row in rows { try table.append([.text(row.id), .text(row.metric), .text(row.why)]) }
    return table.text(width: 100)
  }

  /// The totals by kind of row, and over all.
  func totals() throws -> String {
    var table = Table(
      title: "Totals",
      columns: [
        Column("", .text), Column("numbers", .integer), Column("unmatched", .integer),
        Column("median", .real(.decimals(1)), unit: "%"),
        Column("in 15", .real(.decimals(0)), unit: "%"),
        Column("in 30", .real(.decimals(0)), unit: "%"),
        Column("direction", .real(.decimals(0)), unit: "%"),
      ],
      footnotes: [
        "Median: of the absolute errors. In 15, in 30: share of the numbers that are off by no more "
          + "than that many percent. Direction: share of the ratios that are right."
      ] + (run.missing == 0 ? [] : ["A number without a prediction counts as missed."]))
    func add(_ name: String, _ totals: SystemTotals) throws {
      func percent(_ share: Double?) -> Cell { .optional(share.map { 100 * $0 }) }
      try table.append([
        .text(name), .integer(totals.rows + totals.missing), .integer(totals.missing),
        percent(totals.medianError), percent(totals.within15), percent(totals.within30),
        percent(totals.directionRight),
      ])
    }
    try add("ratios", SystemTotals(run.firm.filter { $0.kind == .ratio }))
    try add("values", SystemTotals(run.firm.filter { $0.kind == .value }))
    if !run.apart.isEmpty { try add("apart", SystemTotals(run.apart)) }
    try add("all but apart", run.totals)
    return table.text(width: 100)
  }

  func json() throws -> String {
    let totals = run.totals
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    let apart = SystemTotals(run.apart)
    let others = JSONValue.pairs([
      ("median_abs_error", number(apart.medianError)),
      ("within_30_percent", number(apart.within30)),
      ("direction_ok", number(apart.directionRight)),
    ])
    return try JSONValue.pairs([
      ("expectations", .array(run.rows.map(\.json))),
      ("median_abs_error", number(totals.medianError)),
      ("within_30_percent", number(totals.within30)),
      ("direction_ok", number(totals.directionRight)),
      ("apart", others),
      ("unmatched", .array(run.unmatched.map(\.json))),
      ("unspoken", .array(run.unspoken.map(\.json))),
    ]).encoded(indent: 2) + "\n"
  }

  func csv() throws -> String {
    var table = Table(columns: [
      Column("system", .text), Column("id", .text), Column("metric", .text),
      Column("published", .real()), Column("predicted", .real()), Column("error", .real()),
      Column("direction_ok", .text), Column("confidence", .text),
    ])
    for row in run.rows {
      try table.append([
        .text(row.system), .text(row.id), .text(row.metric), .real(row.published),
        .real(row.predicted), .real(row.error),
        .text(row.isDirectionRight.map { $0 ? "true" : "false" } ?? ""), .text(row.confidence),
      ])
    }
    return table.csv()
  }
}
