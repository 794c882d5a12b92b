import Costs
import NumericalMethods
import Programs
import Quantities

/// Fits a cost form's coefficients to measured calls.
///
/// Errors are relative, so the fit is of the logarithm of time, and robust, because tables hold a
/// few wild rows. A coefficient lives on a scale on which its range has no ends.
struct FormFit {
  let form: any CostForm.Type
  let device: DeviceFigures

  /// What a fit found.
  struct Result {
    var values: [Double]
    /// 95 % intervals in the order of the coefficients.
    var intervals: [(low: Double, high: Double)]
  }

  /// Times that a fit sees: the log of each, once for each distinct call.
  struct Observations {
    var calls: [KernelCall]
    var logSeconds: [Double]
  }

  /// - Throws: `NumericalFault`, with the names of coefficients that the rows leave open.
  func fit(_ observations: Observations) throws(NumericalFault) -> Result {
    let ranges = form.coefficients
    let count = ranges.count
    let scratch = UnsafeMutablePointer<Double>.allocate(capacity: max(1, count))
    defer { scratch.deallocate() }
    let parameters = ranges.map {
      RobustFit.Parameter($0.name, start: Self.open($0.start, in: $0))
    }
    let form = form
    let device = device
    let calls = observations.calls
    let fit = try RobustFit(parameters: parameters, loss: .huber(threshold: 1.345)).fit(
      measured: observations.logSeconds
    ) { place, index in
      for i in 0..<count { scratch[i] = Self.closed(place[i], in: ranges[i]) }
      return Elementary.logarithm(form.seconds(calls[index], on: device, scratch))
    }
    var intervals: [(low: Double, high: Double)] = []
    let bounds = try fit.intervals(level: 0.95)
    for (range, bound) in zip(ranges, bounds) {
      intervals.append((Self.closed(bound.low, in: range), Self.closed(bound.high, in: range)))
    }
    return Result(
      values: zip(fit.values, ranges).map { Self.closed($0, in: $1) }, intervals: intervals)
  }

  /// The logit of where the logarithm of a value lies in its range.
  static func open(_ value: Double, in range: CoefficientRange) -> Double {
    let low = Elementary.logarithm(range.low)
    let share = (Elementary.logarithm(value) - low) / (Elementary.logarithm(range.high) - low)
    return Elementary.logarithm(share / (1 - share))
  }

  static func closed(_ place: Double, in range: CoefficientRange) -> Double {
    let share = 1 / (1 + Elementary.exponential(-place))
    let low = Elementary.logarithm(range.low)
    return Elementary.exponential(low + share * (Elementary.logarithm(range.high) - low))
  }
}
