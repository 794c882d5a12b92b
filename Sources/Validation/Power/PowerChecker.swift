import Costs
import Diagnostics
import Hardware
import NumericalMethods

/// Predicts the power of every row that has a reading, from the profile's energy figures.
///
/// A family of power is called `power-` and the family of its times. The time of a call is the
/// measured one: energy over time is what is judged, not the time once more.
public struct PowerChecker: Sendable {
  private let profile: @Sendable (String) -> Profile?

  public init(profile: @escaping @Sendable (String) -> Profile?) { self.profile = profile }

  /// Adds sections to a report; rows left out are counted there by reason.
  /// - Throws: `Faults` when a profile lacks what forms need; `NumericalFault` for a prediction that
  ///   is no number.
  public func check(_ tables: [MeasurementTable], into report: inout CheckReport) throws {
    for (file, table) in tables.enumerated() {
      var order: [MeasurementSeries] = []
      var rows: [MeasurementSeries: [MeasuredCall]] = [:]
      for row in table.rows where row.reading != nil {
        let series = Self.pooled(table.series[row.series])
        if rows[series] == nil { order.append(series) }
        rows[series, default: []].append(row)
      }
      for series in order { try check(series, rows[series] ?? [], file: file, into: &report) }
    }
  }

  /// One series for all head sizes and windows: their times differ by more than sizes tell, their
  /// energies do not.
  private static func pooled(_ series: MeasurementSeries) -> MeasurementSeries {
    var series = series
    series.kernel = series.kernel.split(separator: "-").filter { word in
      !["default", "window", "unpacked"].contains(word)
        && !(word.first == "d" && Int(word.dropFirst()) != nil)
    }.joined(separator: "-")
    return series
  }

  private func check(
    _ series: MeasurementSeries, _ rows: [MeasuredCall], file: Int, into report: inout CheckReport
  ) throws {
    guard let profile = profile(series.device) else {
      report.skipUnknown(device: series.device, rows: rows.count)
      return
    }
    guard let board = BoardPower(profile) else {
      report.skipped[
        "the profile \(profile.name) states no power and no energy of a byte and a flop",
        default: 0] += rows.count
      return
    }
    let device = try DeviceFigures(profile)
    let gaps = PowerGap(profile.calibrations.first { $0.family == PowerFit.family })
    var checked: [Checker.Row] = []
    for row in rows {
      guard let reading = row.reading else { continue }
      let work = BoardWork(row.call, on: device)
      if let doubt = PowerDoubt.doubt(row, reading, work: work, board: board) {
        report.skipped[doubt, default: 0] += 1
        continue
      }
      let watts = board.watts(work, seconds: row.seconds)
      checked.append(
        Checker.Row(
          file: file, line: row.line, call: row.call, measured: reading.watts,
          predicted: reading.expected(
            watts: watts, idle: board.idle, gap: gaps(row.call, family: series.family)),
          roofline: device.powerLimit, isArithmeticBound: false, isSparse: row.isSparse,
          quantity: .power, isHeld: watts >= board.sustained))
    }
    guard !checked.isEmpty else { return }
    report.sections.append(
      Checker.Section(
        family: "power-" + series.family, kernel: series.kernel, device: profile.name,
        origin: profile.name, isInherited: false, rows: checked,
        summary: try ErrorSummary(checked.map(\.error)),
        roofline: try ErrorSummary(checked.map { $0.roofline / $0.measured - 1 })))
  }
}
