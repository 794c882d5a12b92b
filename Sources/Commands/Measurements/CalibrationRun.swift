import Costs
import Diagnostics
import Foundation
import Hardware
import NumericalMethods
import Quantities
import ResultTables
import Validation

/// The fits of all series of some tables to one device.
struct CalibrationRun {
  private(set) var calibrations: [KernelCalibration] = []
  /// Series that could not be fitted, and why.
  private(set) var refusals: [String] = []
  /// Coefficients that were held and not fitted, and why.
  private(set) var held: [String] = []
  private(set) var skipped: [String: Int] = [:]
  private var summaries: [ErrorSummary] = []
  /// The energies of the board, where tables hold power readings, and its errors by family.
  private(set) var power: [(family: String, errors: ErrorSummary)] = []

  init(
    device: Profile, tables: [MeasurementTable], families: [String], source: String?, date: String,
    threads: Int
  ) throws {
    let figures = try DeviceFigures(device)
    var rows: [MeasurementSeries: [MeasuredCall]] = [:]
    var readings: [PowerFit.Row] = []
    var readingFiles: [String] = []
    var files: [MeasurementSeries: [String]] = [:]
    let names = Set(([device.name] + device.aliases).map { $0.lowercased() })
    // Tables of which one names this device hold rows of the others under their names.
    let namesDevice = tables.contains { table in
      table.series.contains { names.contains($0.device.lowercased()) }
    }
    for (place, table) in tables.enumerated() {
      for (reason, count) in table.skipped { skipped[reason, default: 0] += count }
      let groups = Offset(start: place * 10_000_000)
      for row in table.rows {
        var series = table.series[row.series]
        let family = row.reading == nil ? series.family : PowerFit.family
        guard families.isEmpty || families.contains(family) else { continue }
        guard !namesDevice || names.contains(series.device.lowercased()) else {
          skipped["they are of another device, '\(series.device)'", default: 0] += 1
          continue
        }
        if let doubt = Plausibility.doubt(row, on: figures) {
          skipped[doubt, default: 0] += 1
          continue
        }
        guard row.reading == nil else {
          // A collector that reads power times other runs, often of another version.
          readings.append(PowerFit.Row(family: series.family, row: groups.moved(row)))
          if readingFiles.last != table.file { readingFiles.append(table.file) }
          continue
        }
        series.device = device.name
        rows[series, default: []].append(groups.moved(row))
        if files[series]?.last != table.file { files[series, default: []].append(table.file) }
      }
    }
    let known = rows.keys.sorted { ($0.family, $0.kernel) < ($1.family, $1.kernel) }
    var fitted: [MeasurementSeries] = []
    var jobs: [SeriesFits.Job] = []
    for series in known {
      if let form = FormCatalog.form(of: series.family, kernel: series.kernel) {
        fitted.append(series)
        jobs.append(SeriesFits.Job(form: form, rows: rows[series] ?? []))
      } else {
        refusals.append("\(series.family)/\(series.kernel): no cost form of this family")
      }
    }
    for (series, fit) in zip(fitted, SeriesFits(device: figures, threads: threads).run(jobs)) {
      do throws(NumericalFault) {
        let tables = (files[series] ?? []).map { URL(fileURLWithPath: $0).lastPathComponent }
        try add(
          try fit.get(), of: series, source: source ?? tables.joined(separator: ", "), date: date)
      } catch {
        refusals.append("\(series.family)/\(series.kernel): \(Self.sentence(error))")
      }
    }
    guard !readings.isEmpty else { return }
    let tableNames = readingFiles.map { URL(fileURLWithPath: $0).lastPathComponent }
    try fitPower(
      readings, of: device, source: source ?? tableNames.joined(separator: ", "), date: date)
  }

  private mutating func add(
    _ outcome: Calibrator.Outcome, of series: MeasurementSeries, source: String, date: String
  ) throws(NumericalFault) {
    let summary = try ErrorSummary(outcome.unseenErrors)
    for one in outcome.held {
      let value = Decimal.significant(one.value, digits: 3)
      held.append(
        "\(series.family)/\(series.kernel): \(one.name) at \(value), \(one.reason.rawValue)")
    }
    summaries.append(summary)
    calibrations.append(
      KernelCalibration(
        device: series.device, family: series.family, kernel: series.kernel,
        coefficients: outcome.coefficients, surface: outcome.surface, rows: outcome.rows,
        fittedRows: outcome.fittedRows < outcome.rows ? outcome.fittedRows : nil,
        groups: outcome.groups, error: summary.mean, p90: summary.p90, source: source, date: date))
  }

  private mutating func fitPower(
    _ readings: [PowerFit.Row], of device: Profile, source: String, date: String
  ) throws {
    let name = "\(PowerFit.family)/\(PowerFit.kernel)"
    guard let fit = try PowerFit(device) else {
      refusals.append("\(name): the profile states no idle power and no limit")
      return
    }
    do throws(NumericalFault) {
      let outcome = try fit.fit(readings)
      for (reason, count) in outcome.skipped { skipped[reason, default: 0] += count }
      let all = try ErrorSummary(outcome.unseenErrors.sorted { $0.key < $1.key }.flatMap(\.value))
      for (family, errors) in outcome.unseenErrors.sorted(by: { $0.key < $1.key }) {
        power.append((family, try ErrorSummary(errors)))
      }
      summaries.append(all)
      calibrations.append(
        KernelCalibration(
          device: device.name, family: PowerFit.family, kernel: PowerFit.kernel,
          coefficients: outcome.coefficients, surface: nil, rows: outcome.rows,
          groups: outcome.groups, error: all.mean, p90: all.p90, source: source, date: date))
    } catch {
      refusals.append("\(name): \(Self.sentence(error))")
    }
  }

  private static func sentence(_ fault: NumericalFault) -> String {
    switch fault {
    case .undetermined(let names):
      "the rows do not determine \(names.joined(separator: ", ")); measure more shapes"
    case .tooFew(let what, let found, let needed):
      "\(found) \(what), at least \(needed) are needed"
    case .notConverged(let iterations):
      "no best fit within \(iterations) steps"
    default: "\(fault)"
    }
  }

  func table() throws -> Table {
    var table = Table(
      title: "Errors on shape groups that the fit had not seen, in percent",
      columns: [
        Column("family", .text), Column("kernel", .text), Column("rows", .integer),
        Column("groups", .integer), Column("mean", .real(.decimals(1))),
        Column("median", .real(.decimals(1))), Column("p90", .real(.decimals(1))),
        Column("bias", .real(.decimals(1))),
      ])
    for (one, summary) in zip(calibrations, summaries) {
      try table.append([
        .text(one.family), .text(one.kernel), .integer(one.rows), .integer(one.groups),
        .real(summary.mean * 100), .real(summary.median * 100), .real(summary.p90 * 100),
        .real(summary.bias * 100),
      ])
      let coefficients = one.coefficients.map {
        "\($0.name) \(Decimal.significant($0.value, digits: 3))"
      }
      table.footnotes.append("\(one.family)/\(one.kernel): \(coefficients.joined(separator: ", "))")
    }
    for one in power {
      table.footnotes.append(
        "power during \(one.family): \(one.errors.rows) readings, mean "
          + "\(Decimal.fixed(one.errors.mean * 100, decimals: 1)), median "
          + "\(Decimal.fixed(one.errors.median * 100, decimals: 1)), bias "
          + "\(Decimal.fixed(one.errors.bias * 100, decimals: 1))")
    }
    return table
  }
}

/// Keeps shape groups of different tables apart.
private struct Offset {
  let start: Int
  func moved(_ row: MeasuredCall) -> MeasuredCall {
    var row = row
    row.group += start
    return row
  }
}
