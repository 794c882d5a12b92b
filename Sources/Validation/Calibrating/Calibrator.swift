import Costs
import Hardware
import NumericalMethods
import Programs
import Quantities

/// Fits one series of measured calls and judges the fit on shape groups that it has not seen.
public struct Calibrator: Sendable {
  public let form: any CostForm.Type
  public let device: DeviceFigures
  /// Parts that the shape groups are dealt into.
  public var folds = 5
  /// Most calls that coefficients are fitted to, where these determine them; the surface and the
  /// errors are always of all.
  public var mostCalls = Self.enoughCalls

  /// Forms have at most 25 coefficients. Fitted to so many calls they add 25 parts in 1000 to the
  /// variance of a prediction, which is 1.2 % of its error: 8 % becomes 8.1. More calls would make a
  /// fit of a quarter of an hour out of one of a minute for that.
  public static let enoughCalls = 1000

  public init(form: any CostForm.Type, device: DeviceFigures) {
    self.form = form
    self.device = device
  }

  /// A fit of all rows, with the errors of rows predicted without their group.
  public struct Outcome: Sendable {
    public var coefficients: [KernelCalibration.Coefficient]
    /// Those that the rows do not determine, and why.
    public var held: [(name: String, value: Double, reason: HeldReason)]
    public var surface: ResidualSurface?
    public var rows: Int
    /// Those that the coefficients were fitted to, picked by `ShapeSample`.
    public var fittedRows: Int
    public var groups: Int
    /// Predicted over measured less 1, for each distinct call, from a fit without its group.
    public var unseenErrors: [Double]
  }

  /// A sample may leave open what the table does not: more rows are fitted before it is refused.
  /// - Throws: `NumericalFault`: `.undetermined` names coefficients that the rows leave open.
  public func calibrate(_ rows: [MeasuredCall]) throws(NumericalFault) -> Outcome {
    let cases = Self.merged(rows)
    var most = mostCalls
    while true {
      do throws(NumericalFault) {
        return try calibrate(cases, most: most)
      } catch {
        guard case .undetermined = error, most < cases.count else { throw error }
        most *= 4
      }
    }
  }

  private func calibrate(
    _ cases: [ShapeSample.Case], most: Int
  ) throws(NumericalFault) -> Outcome {
    let whole = try trained(on: cases, most: most, after: nil)
    var unseen: [Double] = []
    let groups = Set(cases.map(\.group)).sorted()
    let parts = min(folds, groups.count)
    guard parts >= 2 else {
      throw .tooFew(argument: "shape groups", found: groups.count, needed: 2)
    }
    // Neighbouring groups go to different parts: a part is spread over all sizes.
    var part: [Int: Int] = [:]
    for (place, group) in groups.enumerated() { part[group] = place % parts }
    for fold in 0..<parts {
      let training = cases.filter { part[$0.group] != fold }
      // Small tables start anew, lest a coefficient that few rows fix remember the rows left out.
      let fit = try trained(
        on: training, most: most, after: whole.fit, anew: cases.count <= most)
      for row in cases where part[row.group] == fold {
        unseen.append(fit.form.seconds(row.call) / row.seconds - 1)
      }
    }
    return Outcome(
      coefficients: zip(form.coefficients, zip(whole.fit.values, whole.fit.intervals)).map {
        KernelCalibration.Coefficient(
          name: $0.name, value: $1.0, low: $1.1.low, high: $1.1.high)
      },
      held: whole.fit.reasons.sorted { $0.key < $1.key }.map { place, reason in
        (form.coefficients[place].name, whole.fit.values[place], reason)
      },
      surface: whole.form.surface, rows: cases.count, fittedRows: min(cases.count, most),
      groups: groups.count, unseenErrors: unseen)
  }

  private typealias Trained = (form: CalibratedForm, fit: FormFit.Result)

  /// - Parameters:
  ///   - most: as many of the cases are fitted.
  ///   - whole: the fit of all rows, which says what they leave open.
  ///   - anew: whether the search starts where the form says, and not at that fit.
  private func trained(
    on cases: [ShapeSample.Case], most: Int, after whole: FormFit.Result?, anew: Bool = true
  ) throws(NumericalFault) -> Trained {
    let fitting = FormFit(form: form, device: device)
    let rows = Self.observations(cases, most: most)
    let fit =
      if let whole {
        try fitting.fit(
          rows, start: anew ? form.coefficients.map(\.start) : whole.values, held: whole.held,
          isSettled: true)
      } else {
        try fitting.fit(rows, scouting: Self.observations(cases, most: most / 4))
      }
    let plain = CalibratedForm(form: form, device: device, values: fit.values, surface: nil)
    guard !form.knots.isEmpty else { return (plain, fit) }
    let surface = try SurfaceFit.fit(
      form.knots, places: cases.map { form.place($0.call, on: device) },
      residuals: cases.map { Elementary.logarithm($0.seconds / plain.seconds($0.call)) })
    return (
      CalibratedForm(form: form, device: device, values: fit.values, surface: surface), fit
    )
  }

  private static func observations(
    _ cases: [ShapeSample.Case], most: Int
  ) -> FormFit.Observations {
    let few = ShapeSample.thinned(cases, to: most)
    return FormFit.Observations(
      calls: few.map(\.call), logSeconds: few.map { Elementary.logarithm($0.seconds) })
  }

  /// Repeated rows become one with their mean time, in the order of first sight.
  static func merged(_ rows: [MeasuredCall]) -> [ShapeSample.Case] {
    var places: [KernelCall: Int] = [:]
    var cases: [ShapeSample.Case] = []
    var counts: [Double] = []
    for row in rows {
      if let place = places[row.call] {
        cases[place].seconds += row.seconds
        counts[place] += 1
      } else {
        places[row.call] = cases.count
        cases.append(ShapeSample.Case(call: row.call, seconds: row.seconds, group: row.group))
        counts.append(1)
      }
    }
    for place in cases.indices { cases[place].seconds /= counts[place] }
    return cases
  }
}
