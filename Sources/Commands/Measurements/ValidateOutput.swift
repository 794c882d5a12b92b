import Programs
import Quantities
import ResultTables
import Validation

extension Checker.Row {
  func time(_ value: Double) -> Seconds? { quantity == .time ? Seconds(value) : nil }
  func power(_ value: Double) -> Watts? { quantity == .power ? Watts(value) : nil }

  /// One of its values with its unit.
  func shown(_ value: Double) -> String {
    quantity == .time
      ? Seconds(value).description : "\(Decimal.significant(value, digits: 3)) W"
  }
}

/// What `validate` prints.
struct ValidateOutput {
  let report: CheckReport
  let pairs: SpeedupPairs

  func text(worst: Int) throws -> String {
    var out = ""
    if !report.sections.isEmpty {
      out += try families().text(width: 100)
    }
    if let share = pairs.directionShare, let ratio = try pairs.ratioErrors() {
      out += "\nDense and sparse pairs: \(pairs.pairs.count); faster or slower told rightly for "
      out += "\(percent(share)); the speedup is off by \(percent(ratio.median)) in the median, "
      out += "\(percent(ratio.mean)) on average.\n"
    }
    out += crossings()
    out += try StreamTable(report: report).text()
    if worst > 0, !report.sections.isEmpty { out += "\n" + (try worstRows(worst).text(width: 100)) }
    for (reason, count) in report.skipped.sorted(by: { $0.key < $1.key }) {
      out += "\nSkipped \(count) rows: \(reason)."
    }
    return out + (report.skipped.isEmpty ? "" : "\n")
  }

  private func crossings() -> String {
    guard !report.crossings.isEmpty else { return "" }
    func context(_ crossing: Crossing, _ index: Int) -> String {
      index < crossing.contexts.count ? "\(crossing.contexts[index])" : "none"
    }
    var out = "\nChoosing pages starts to pay at this context (measured, predicted):\n"
    for crossing in report.crossings {
      out += "  \(crossing.model), batch \(crossing.batch), "
      out += "keep \(Decimal.significant(crossing.keep, digits: 3)), \(crossing.engine): "
      out += "\(context(crossing, crossing.measured)), \(context(crossing, crossing.predicted))\n"
    }
    return out
  }

  private func percent(_ share: Double) -> String { "\(Decimal.fixed(share * 100, decimals: 1)) %" }

  private func families() throws -> Table {
    var table = Table(
      title: "Errors of predictions, in percent of what was measured",
      columns: [
        Column("family", .text), Column("kernel", .text), Column("device", .text),
        Column("rows", .integer), Column("mean", .real(.decimals(1))),
        Column("median", .real(.decimals(1))), Column("p90", .real(.decimals(1))),
        Column("bias", .real(.decimals(1))), Column("roofline", .real(.decimals(1))),
      ])
    var inherited: [String] = []
    for section in report.sections {
      try table.append([
        .text(section.family), .text(section.kernel + (section.isInherited ? " *" : "")),
        .text(section.device), .integer(section.rows.count), .real(section.summary.mean * 100),
        .real(section.summary.median * 100), .real(section.summary.p90 * 100),
        .real(section.summary.bias * 100), .real(section.roofline.mean * 100),
      ])
      if section.isInherited {
        inherited.append(
          "\(section.family) on \(section.device) from \(section.origin)" + band(of: section))
      }
    }
    for section in report.sections {
      guard let exact = section.missesExact else { continue }
      let verdict = exact ? "as measured" : "NOT as measured"
      table.footnotes.append("\(section.family): fetches of every step and layer \(verdict)")
    }
    if !inherited.isEmpty {
      table.footnotes.append("* coefficients inherited: " + inherited.joined(separator: "; "))
    }
    return table
  }

  /// `, within 0.7 to 1.43 of what was measured for 94.0 % of rows`.
  private func band(of section: Checker.Section) -> String {
    guard let band = section.band, let share = section.shareInBand else { return "" }
    let (low, high) = (band.low, band.high)
    return ", within \(Decimal.significant(low, digits: 2)) to "
      + "\(Decimal.significant(high, digits: 3)) of what was measured for \(percent(share)) of rows"
  }

  private func worstRows(_ count: Int) throws -> Table {
    var table = Table(
      title: "Worst rows",
      columns: [
        Column("file", .text), Column("line", .integer),
        Column("measured", .text), Column("predicted", .text), Column("roofline", .text),
        Column("error", .real(.decimals(1)), unit: "%"),
        Column("bound by", .text),
      ])
    let rows = report.sections.flatMap(\.rows).sorted {
      (abs($0.error), $1.file, $1.line) > (abs($1.error), $0.file, $0.line)
    }
    for row in rows.prefix(count) {
      try table.append([
        .text(report.files[row.file].split(separator: "/").last.map(String.init) ?? ""),
        .integer(row.line), .text(row.shown(row.measured)), .text(row.shown(row.predicted)),
        .text(row.shown(row.roofline)), .real(row.error * 100), .text(row.bound),
      ])
    }
    return table
  }

  func json() throws -> String {
    var members: [(String, JSONValue)] = [
      ("families", .array(report.sections.map(Self.json))),
      ("rows_skipped", .integer(report.skippedRows)),
      (
        "skipped_because",
        .pairs(report.skipped.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
      ),
    ]
    if !report.crossings.isEmpty {
      members.append(("crossings", .array(report.crossings.map(Self.json))))
    }
    if !report.streams.isEmpty {
      members.append(("request_streams", StreamTable(report: report).json()))
    }
    if let share = pairs.directionShare, let ratio = try pairs.ratioErrors() {
      members.append(
        (
          "speedups",
          .pairs([
            ("pairs", .integer(pairs.pairs.count)), ("direction_right", .number(share)),
            ("ratio_median_abs_error", .number(ratio.median)),
            ("ratio_mean_abs_error", .number(ratio.mean)),
          ])
        ))
    }
    return try JSONValue.pairs(members).encoded(indent: 2) + "\n"
  }

  private static func json(_ section: Checker.Section) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("family", .text(section.family)), ("kernel", .text(section.kernel)),
      ("device", .text(section.device)), ("rows", .integer(section.rows.count)),
      ("mean_abs_error", .number(section.summary.mean)),
      ("median_abs_error", .number(section.summary.median)),
      ("p90_abs_error", .number(section.summary.p90)), ("bias", .number(section.summary.bias)),
      ("roofline_mean_abs_error", .number(section.roofline.mean)),
      ("coefficients_of", .text(section.origin)),
    ]
    if let band = section.band, let share = section.shareInBand {
      members.append(("band", .array([.number(band.low), .number(band.high)])))
      members.append(("share_in_band", .number(share)))
    }
    if let exact = section.missesExact { members.append(("misses_exact", .boolean(exact))) }
    return .pairs(members)
  }

  private static func json(_ crossing: Crossing) -> JSONValue {
    .pairs([
      ("model", .text(crossing.model)), ("batch", .integer(crossing.batch)),
      ("keep", .number(crossing.keep)), ("engine", .text(crossing.engine)),
      ("contexts", .array(crossing.contexts.map { .integer($0) })),
      ("measured_index", .integer(crossing.measured)),
      ("predicted_index", .integer(crossing.predicted)),
    ])
  }

  func csv() throws -> String {
    var table = Table(columns: [
      Column("file", .text), Column("line", .integer), Column("family", .text),
      Column("kernel", .text), Column("device", .text),
      Column("measured", .quantity(Seconds.self)), Column("predicted", .quantity(Seconds.self)),
      Column("roofline", .quantity(Seconds.self)), Column("measured power", .quantity(Watts.self)),
      Column("predicted power", .quantity(Watts.self)), Column("error", .real()),
    ])
    for section in report.sections {
      for row in section.rows {
        try table.append([
          .text(report.files[row.file]), .integer(row.line), .text(section.family),
          .text(section.kernel), .text(section.device), .optional(row.time(row.measured)),
          .optional(row.time(row.predicted)), .optional(row.time(row.roofline)),
          .optional(row.power(row.measured)), .optional(row.power(row.predicted)),
          .real(row.error),
        ])
      }
    }
    return table.csv()
  }
}
