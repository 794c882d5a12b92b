import Foundation

/// How near the predictions of a set of rows are. A number that has no prediction counts as missed.
struct SystemTotals {
  let rows: Int
  let missing: Int
  /// The middle of the absolute errors; nil when there is none, or half of the numbers are missing.
  let medianError: Double?
  /// Shares of all numbers: error of at most 15 or 30 percent.
  let within15: Double?
  let within30: Double?
  /// Share of the ratios, missing ones among them, that have the same side winning.
  let directionRight: Double?

  /// - Parameters:
  ///   - missing: numbers without a prediction.
  ///   - missingRatios: those of them that are ratios.
  init(_ rows: [SystemRow], missing: Int = 0, missingRatios: Int = 0) {
    self.rows = rows.count
    self.missing = missing
    let errors = rows.map { abs($0.error) }.sorted()
    let count = errors.count + missing
    medianError = Self.median(errors, of: count)
    func share(_ limit: Double) -> Double? {
      count == 0 ? nil : Double(errors.count { $0 <= limit }) / Double(count)
    }
    within15 = share(0.15)
    within30 = share(0.3)
    let directions = rows.compactMap(\.isDirectionRight)
    let ratios = directions.count + missingRatios
    directionRight = ratios == 0 ? nil : Double(directions.count { $0 }) / Double(ratios)
  }

  private static func median(_ errors: [Double], of count: Int) -> Double? {
    guard count > 0, count / 2 < errors.count else { return nil }
    let upper = errors[count / 2]
    return count % 2 == 1 ? upper : (errors[count / 2 - 1] + upper) / 2
  }
}
