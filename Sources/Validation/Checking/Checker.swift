import Costs
import Diagnostics
import Hardware
import NumericalMethods
import Programs

/// Predicts every row of measurement tables and compares.
public struct Checker: Sendable {
  /// One row with its predictions, in seconds; in watts for a row of power.
  public struct Row: Sendable {
    public var file: Int
    public var line: Int
    /// Nil for a whole step.
    public var call: KernelCall?
    public var measured: Double
    public var predicted: Double
    public var roofline: Double
    /// Whether arithmetic is the higher side of the roofline.
    public var isArithmeticBound: Bool
    public var twin: Int?
    public var isSparse: Bool
    /// Whether the error is that of a rate, tokens a second, and not of a time.
    public var isRate = false
    /// What the row holds: seconds, or the power of the board in watts.
    public var quantity = Quantity.time
    /// Whether the limit of the board decides its power.
    public var isHeld = false

    public enum Quantity: Sendable { case time, power }

    public var error: Double { (isRate ? measured / predicted : predicted / measured) - 1 }
  }

  /// The rows of one family, kernel and device.
  public struct Section: Sendable {
    public var family: String
    public var kernel: String
    public var device: String
    /// The profile whose coefficients were used.
    public var origin: String
    public var isInherited: Bool
    /// Playback of a recording: whether every layer of every step fetched what the real run fetched.
    public var missesExact: Bool?
    /// Where predictions are said to lie, for kernels that a cost form prices.
    public var band: ErrorBand?
    public var rows: [Row]
    public var summary: ErrorSummary
    public var roofline: ErrorSummary
    /// Whether its rows are times, and not readings of power.
    public var isOfTime: Bool { rows.first?.quantity != .power }
  }

  private let book: KernelBook
  /// Finds the profile of a device by what tables call it.
  private let profile: @Sendable (String) -> Profile?

  public init(book: KernelBook, profile: @escaping @Sendable (String) -> Profile?) {
    self.book = book
    self.profile = profile
  }

  /// - Throws: `Faults` when a profile lacks what forms need; `NumericalFault` for a prediction that
  ///   is no number.
  public func check(_ tables: [MeasurementTable]) throws -> CheckReport {
    var report = CheckReport(files: tables.map(\.file))
    for (file, table) in tables.enumerated() {
      for (reason, count) in table.skipped { report.skipped[reason, default: 0] += count }
      var byRow: [[MeasuredCall]] = Array(repeating: [], count: table.series.count)
      // Under a meter a call is repeated until the board is held at its limit: rows of power are
      // no rows of time. `PowerChecker` has them.
      for row in table.rows where row.reading == nil { byRow[row.series].append(row) }
      for (series, rows) in zip(table.series, byRow) where !rows.isEmpty {
        try check(series, rows, file: file, into: &report)
      }
    }
    return report
  }

  private func check(
    _ series: MeasurementSeries, _ rows: [MeasuredCall], file: Int, into report: inout CheckReport
  ) throws {
    guard let profile = profile(series.device) else {
      report.skipUnknown(device: series.device, rows: rows.count)
      return
    }
    guard ["gpu", "npu", "cpu"].contains(where: { profile.computeUnit($0) != nil }) else {
      report.skipped["\(profile.name) has no unit that runs kernels", default: 0] += rows.count
      return
    }
    guard let entry = try book.entry(family: series.family, kernel: series.kernel, on: profile)
    else {
      report.skipped[
        "no device has coefficients for such kernels of the family \(series.family)",
        default: 0] += rows.count
      return
    }
    let figures = try DeviceFigures(profile)
    var checked: [Row] = []
    checked.reserveCapacity(rows.count)
    for row in rows {
      if let doubt = Plausibility.doubt(row, on: figures) {
        report.skipped[doubt, default: 0] += 1
        continue
      }
      let predicted = entry.form.seconds(row.call)
      let roofline = Roofline.seconds(row.call, on: figures)
      guard predicted > 0, predicted.isFinite, roofline.isFinite else {
        report.skipped[
          "\(profile.name) states no bandwidth or peak for the family \(series.family)",
          default: 0] += 1
        continue
      }
      checked.append(
        Row(
          file: file, line: row.line, call: row.call, measured: row.seconds,
          predicted: predicted, roofline: roofline,
          isArithmeticBound: row.call.flops > 0
            && Roofline.isArithmeticBound(row.call, on: figures), twin: row.twin,
          isSparse: row.isSparse))
    }
    guard !checked.isEmpty else { return }
    report.sections.append(
      Section(
        family: series.family, kernel: series.kernel, device: profile.name, origin: entry.origin,
        isInherited: entry.isInherited,
        band: try book.band(
          family: series.family, kernel: series.kernel, on: profile,
          calls: checked.compactMap(\.call)),
        rows: checked,
        summary: try ErrorSummary(checked.map(\.error)),
        roofline: try ErrorSummary(checked.map { $0.roofline / $0.measured - 1 })))
  }
}

extension Checker.Section {
  /// The share of rows whose prediction lies in the band; nil without one.
  public var shareInBand: Double? {
    guard let band, !rows.isEmpty else { return nil }
    return Double(rows.count { band.contains(1 + $0.error) }) / Double(rows.count)
  }
}

/// What a check found.
public struct CheckReport: Sendable {
  public var files: [String]
  public var sections: [Checker.Section] = []
  public var skipped: [String: Int] = [:]
  /// Where selecting pages starts to pay, measured and predicted.
  public var crossings: [Crossing] = []
  /// Logs of requests that were played from their arrivals alone.
  public var streams: [StreamCheck] = []
  /// - Parameter files: of the tables, which rows refer to by number.
  public init(files: [String]) { self.files = files }

  mutating func skipUnknown(device: String, rows: Int) {
    skipped["no profile for the device '\(device)'; name one with --profile", default: 0] += rows
  }

  public var skippedRows: Int { skipped.values.reduce(0, +) }
}

extension Checker.Row {
  /// Which side of the roofline is higher, or that neither explains half of the time.
  public var bound: String {
    if quantity == .power { return isHeld ? "the board's limit" : "bytes and arithmetic" }
    if roofline < 0.3 * measured { return "fixed time" }
    return isArithmeticBound ? "arithmetic" : "bytes"
  }
}
