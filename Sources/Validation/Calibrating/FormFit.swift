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
    /// 95 % intervals in the order of the coefficients; a point for those that were held.
    var intervals: [(low: Double, high: Double)]
    /// Coefficients that the rows leave open, by place, and the value that each was held at.
    var held: [Int: Double]
    /// Why each was held.
    var reasons: [Int: HeldReason] = [:]
    /// Mean size of what is left of the logarithms.
    var miss: Double
  }

  /// Times that a fit sees: the log of each, once for each distinct call.
  struct Observations {
    var calls: [KernelCall]
    var logSeconds: [Double]
  }

  /// Forms take the least of several ways, so slopes are taken over some thousandths.
  private static let shape = RobustFit.Shape.kinked(step: 2e-4, tolerance: 1e-3)
  /// Parameters of the solver count from here: its relative steps are then steps on our scale.
  private static let origin = 10.0
  /// A coefficient whose interval spans a larger factor is open.
  private static let widest = 30.0
  /// A coefficient without which the miss grows by less than this share was not determined.
  private static let loss = 0.005
  /// A coefficient in this share of its range's either end has run into the end.
  private static let edge = 0.005

  /// The best fit from all of the form's starts.
  ///
  /// A search over few of the rows finds the valley that each start leads to, and how deep it is;
  /// all rows are fitted from the deepest. Where that leads to no fit, the other valleys follow, and
  /// then the starts themselves.
  /// - Parameter few: some of the rows, of all sizes.
  /// - Throws: `NumericalFault`, with the names of coefficients that the rows leave open, when no
  ///   start leads to a fit.
  func fit(
    _ observations: Observations, scouting few: Observations
  ) throws(NumericalFault) -> Result {
    let usual = form.coefficients.map(\.start)
    let starts = ([[:]] + form.otherStarts).map { other in
      zip(form.coefficients, usual).map { other[$0.name] ?? $1 }
    }
    var places = starts
    if starts.count > 1 {
      let valleys = starts.compactMap { valley(few, start: $0) }
      places = valleys.sorted { $0.miss < $1.miss }.map(\.values) + starts
    }
    var fault: NumericalFault?
    for place in places {
      do throws(NumericalFault) {
        return try fit(observations, start: place)
      } catch {
        fault = error
      }
    }
    throw fault ?? .tooFew(argument: "starts", found: 0, needed: 1)
  }

  /// Where a search over few rows ends; nil where they leave something open, which all may not.
  private func valley(_ few: Observations, start: [Double]) -> Result? {
    do throws(NumericalFault) {
      return try fit(few, start: start)
    } catch {
      return nil
    }
  }

  /// Fits, and holds what the rows leave open where the form allows it.
  ///
  /// A coefficient is open when others can stand in for it, when its 95 % interval spans a factor
  /// of 30, or when it ends at an end of its range. The first is held at its start, the second at
  /// what was found, beside which the others were fitted, the last at that end, and the others are
  /// fitted again. A wide interval that leaves the start out stays:
  /// a share of 0.03 that might as well be 0.001 is still known not to be 0.3.
  /// - Parameters:
  ///   - start: where the search starts.
  ///   - held: coefficients that are not fitted.
  ///   - isSettled: whether `held` names all that are drawn to their start and stay open: a fit of
  ///     all rows found them, and this one is of a part.
  /// - Throws: `NumericalFault`, with the names of coefficients that the rows leave open.
  func fit(
    _ observations: Observations, start: [Double], held: [Int: Double] = [:],
    isSettled: Bool = false
  ) throws(NumericalFault) -> Result {
    let idle = try idle(observations, start: start)
    var reasons = held.mapValues { _ in HeldReason.replaced }
      .merging(idle.mapValues { _ in .unused }) { $1 }
    var held = idle.merging(held) { $1 }
    var place = start
    var kept: Set<Int> = []
    while true {
      do throws(NumericalFault) {
        var result = try once(observations, start: place, held: held)
        while !isSettled, let loose = loosest(result, but: kept) {
          // What others replace without loss is not determined; the rest only looks so.
          var fewer = held
          fewer[loose] = form.coefficients[loose].start
          let without = try once(observations, start: result.values, held: fewer)
          if without.miss <= result.miss * (1 + Self.loss) {
            held = fewer
            reasons[loose] = .replaced
            result = without
          } else {
            kept.insert(loose)
          }
        }
        result.reasons = reasons
        guard let (open, end) = try worst(result) else { return result }
        held[open] = end ?? result.values[open]
        reasons[open] = end == nil ? .wide : .atEnd
        place = result.values
      } catch {
        guard case .undetermined(let names) = error,
          let open = form.coefficients.indices.last(where: {
            form.coefficients[$0].mayStayOpen && names.contains(form.coefficients[$0].name)
              && held[$0] == nil
          })
        else { throw error }
        held[open] = start[open]
        reasons[open] = .replaced
      }
    }
  }

  /// Of the coefficients that are drawn to their start, the one with the widest interval, where it
  /// spans a factor of 30 or nine tenths of the range; nil when there is none.
  private func loosest(_ result: Result, but kept: Set<Int>) -> Int? {
    var loose: (place: Int, width: Double)?
    for (place, range) in form.coefficients.enumerated()
    where result.held[place] == nil && range.pull > 0 && !kept.contains(place) {
      let (low, high) = result.intervals[place]
      let cover = Self.share(high, in: range) - Self.share(low, in: range)
      guard high / low > Self.widest || cover > 0.9 else { continue }
      if loose.map({ cover > $0.width }) ?? true { loose = (place, cover) }
    }
    return loose?.place
  }

  /// Coefficients that no prediction depends on: those of paths that no call takes.
  private func idle(
    _ observations: Observations, start: [Double]
  ) throws(NumericalFault) -> [Int: Double] {
    let (form, device) = (form, device)
    func predictions(_ values: [Double]) -> [Double] {
      values.withUnsafeBufferPointer { values in
        guard let address = values.baseAddress else { return [] }
        return observations.calls.map { form.seconds($0, on: device, address) }
      }
    }
    let here = predictions(start)
    var idle: [Int: Double] = [:]
    for (place, range) in form.coefficients.enumerated() where range.pull > 0 {
      var moved = start
      moved[place] = (start[place] * (start[place] < range.start ? range.high : range.low))
        .squareRoot()
      if predictions(moved) == here { idle[place] = start[place] }
    }
    return idle
  }

  /// The coefficient that is least determined, and the end of its range that it ran into, if any;
  /// nil when all are fine.
  private func worst(_ result: Result) throws(NumericalFault) -> (place: Int, end: Double?)? {
    var refused: [String] = []
    var open: (place: Int, end: Double?, width: Double)?
    for (place, range) in form.coefficients.enumerated()
    where result.held[place] == nil && range.pull == 0 {
      let share = Self.share(result.values[place], in: range)
      let interval = result.intervals[place]
      let width = interval.high / interval.low
      let end = share < Self.edge ? range.low : share > 1 - Self.edge ? range.high : nil
      let isWide =
        width > Self.widest
        && (!range.mayStayOpen || (interval.low...interval.high).contains(range.start))
      guard end != nil || isWide else { continue }
      if !range.mayStayOpen {
        refused.append(range.name)
      } else if open.map({ width > $0.width }) ?? true {
        open = (place, end, width)
      }
    }
    if let open { return (open.place, open.end) }
    guard refused.isEmpty else { throw .undetermined(parameters: refused) }
    return nil
  }

  private func once(
    _ observations: Observations, start: [Double], held: [Int: Double]
  ) throws(NumericalFault) -> Result {
    let ranges = form.coefficients
    let free = ranges.indices.filter { held[$0] == nil }
    let fixed = ranges.indices.map { held[$0] ?? start[$0] }
    let starts = free.map { Self.open(start[$0], in: ranges[$0]) }
    guard !free.isEmpty else {
      return Result(values: fixed, intervals: fixed.map { ($0, $0) }, held: held, miss: 0)
    }
    func values(_ places: [Double]) -> [Double] {
      var values = fixed
      for (index, coefficient) in free.enumerated() {
        values[coefficient] = Self.closed(
          places[index] - Self.origin + starts[index], in: ranges[coefficient])
      }
      return values
    }
    // What pulls coefficients to their starts counts as further observations, of 0.
    let pulls = free.indices.filter { ranges[free[$0]].pull > 0 }.map { index in
      let range = ranges[free[index]]
      let rest = Self.origin - starts[index] + Self.open(range.start, in: range)
      return (index: index, weight: range.pull, rest: rest)
    }
    let (form, device, calls) = (form, device, observations.calls)
    let fit = try RobustFit(
      parameters: free.map { RobustFit.Parameter(ranges[$0].name, start: Self.origin) },
      loss: .huber(threshold: 1.345), shape: Self.shape
    ).fit(measured: observations.logSeconds + pulls.map { _ in 0 }) { places in
      values(places).withUnsafeBufferPointer { values in
        guard let address = values.baseAddress else { return [] }
        return calls.map { Elementary.logarithm(form.seconds($0, on: device, address)) }
          + pulls.map { $0.weight * (places[$0.index] - $0.rest) }
      }
    }
    let bounds = try fit.intervals(level: 0.95)
    let found = values(fit.values)
    let low = values(bounds.map(\.low))
    let high = values(bounds.map(\.high))
    return Result(
      values: found, intervals: zip(low, high).map { ($0, $1) }, held: held,
      miss: fit.residuals.reduce(0) { $0 + abs($1) } / Double(fit.residuals.count))
  }

  /// Where the logarithm of a value lies in its range, kept from the ends.
  private static func share(_ value: Double, in range: CoefficientRange) -> Double {
    let low = Elementary.logarithm(range.low)
    return (Elementary.logarithm(value) - low) / (Elementary.logarithm(range.high) - low)
  }

  /// The logit of that share.
  static func open(_ value: Double, in range: CoefficientRange) -> Double {
    let share = min(max(share(value, in: range), 1e-4), 1 - 1e-4)
    return Elementary.logarithm(share / (1 - share))
  }

  static func closed(_ place: Double, in range: CoefficientRange) -> Double {
    let share = 1 / (1 + Elementary.exponential(-place))
    let low = Elementary.logarithm(range.low)
    return Elementary.exponential(low + share * (Elementary.logarithm(range.high) - low))
  }
}

/// Why a coefficient was not fitted.
public enum HeldReason: String, Sendable {
  case unused = "no row depends on it"
  case replaced = "others stand in for it"
  case wide = "its interval spans a factor of 30"
  case atEnd = "it ran into an end of its range"
}
