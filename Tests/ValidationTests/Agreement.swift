import Quantities

/// How well predictions follow measurements, step by step.
struct Agreement: CustomStringConvertible {
  /// Mean of |predicted / measured - 1|.
  var meanError: Double
  /// Mean of predicted / measured - 1.
  var bias: Double
  var correlation: Double
  /// Slope of the least-squares line of measured on predicted.
  var slope: Double
  var count: Int

  init(predicted: [Double], measured: [Double]) {
    count = predicted.count
    let n = Double(count)
    let ratios = zip(predicted, measured).map { $0 / $1 - 1 }
    meanError = ratios.reduce(0) { $0 + abs($1) } / n
    bias = ratios.reduce(0, +) / n
    let (p, m) = (predicted.reduce(0, +) / n, measured.reduce(0, +) / n)
    let spreadP = predicted.reduce(0) { $0 + ($1 - p) * ($1 - p) }
    let spreadM = measured.reduce(0) { $0 + ($1 - m) * ($1 - m) }
    let joint = zip(predicted, measured).reduce(0) { $0 + ($1.0 - p) * ($1.1 - m) }
    correlation = joint / (spreadP * spreadM).squareRoot()
    slope = joint / spreadP
  }

  var description: String {
    func share(_ value: Double) -> String { Decimal.fixed(100 * value, decimals: 2) + "%" }
    return "\(count) steps, mean error \(share(meanError)), bias \(share(bias)), correlation "
      + "\(Decimal.fixed(correlation, decimals: 4)), slope \(Decimal.fixed(slope, decimals: 3))"
  }
}
