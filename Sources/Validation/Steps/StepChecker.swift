import Costs
import Diagnostics
import EventKernel
import Hardware
import NumericalMethods
import Programs
import Simulation

/// Predicts measured steps from the prices of their operations, by the engines of the simulator.
///
/// Nothing is fitted to steps: a prediction is the sum and overlap of kernels that were measured by
/// themselves.
public struct StepChecker: Sendable {
  /// An engine that predicts a step.
  enum Engine: String, CaseIterable { case analytic, playback }

  /// Finds the profile of a device by what tables call it.
  private let profile: @Sendable (String) -> Profile?
  private let runtime: @Sendable (String) throws(Faults) -> Runtime

  public init(
    profile: @escaping @Sendable (String) -> Profile?,
    runtime: @escaping @Sendable (String) throws(Faults) -> Runtime
  ) {
    self.profile = profile
    self.runtime = runtime
  }

  /// Adds a section to `report` for each table, family, device and engine.
  /// - Throws: `Faults` when a step cannot be priced on the profile or the runtime is unknown.
  public func check(_ tables: [MeasurementTable], into report: inout CheckReport) throws {
    for (file, table) in tables.enumerated() where !table.steps.isEmpty {
      var groups: [Group: [Case]] = [:]
      var order: [Group] = []
      for step in table.steps {
        guard let predicted = try predict(step, &report) else { continue }
        let group = Group(family: step.family, device: predicted.device)
        if groups[group] == nil { order.append(group) }
        groups[group, default: []].append(predicted)
      }
      for group in order {
        try add(group, groups[group] ?? [], file: file, to: &report)
      }
    }
  }

  private struct Group: Hashable {
    var family: String
    var device: String
  }

  /// A step with what each engine says.
  private struct Case {
    var step: MeasuredStep
    var device: String
    var seconds: [Engine: Double]
    var roofline: Double
  }

  private func predict(
    _ step: MeasuredStep, _ report: inout CheckReport
  ) throws(Faults) -> Case? {
    guard let profile = profile(step.device) else {
      report.skipUnknown(device: step.device, rows: 1)
      return nil
    }
    let runtime = try runtime(step.runtime)
    guard let program = StepProgram.program(of: step.shape, profile: profile, runtime: runtime)
    else {
      report.skipped["\(profile.name) has no host memory to fetch from", default: 0] += 1
      return nil
    }
    let priced = try PricedProgram(program, costs: CostModel(profile: profile, runtime: runtime))
    let played = Playback(priced.schedule()).run()
    return Case(
      step: step, device: profile.name,
      seconds: [
        .analytic: AnalyticEngine(priced).run().total.value,
        .playback: Double(played.makespan) * 1e-12,
      ], roofline: priced.roofline(step: 0))
  }

  private func add(
    _ group: Group, _ cases: [Case], file: Int, to report: inout CheckReport
  ) throws {
    for engine in Engine.allCases {
      var sweep = StepSweep()
      var rows: [Checker.Row] = []
      for item in cases {
        guard let predicted = item.seconds[engine] else { continue }
        // Steps that share cores have no closed form but bounds.
        if case .offload = item.step.shape, engine == .analytic { continue }
        var row = Checker.Row(
          file: file, line: item.step.line, call: nil, measured: item.step.seconds,
          predicted: predicted, roofline: item.roofline, isArithmeticBound: false, twin: nil,
          isSparse: false)
        if case .decode(let shape) = item.step.shape {
          row.twin = sweep.add(shape, measured: row.measured, predicted: predicted)
          row.isSparse = shape.selects
        }
        rows.append(row)
      }
      guard !rows.isEmpty else { continue }
      report.crossings += sweep.crossings(engine: engine.rawValue)
      report.sections.append(
        Checker.Section(
          family: group.family, kernel: engine.rawValue, device: group.device,
          origin: group.device, isInherited: false, rows: rows,
          summary: try ErrorSummary(rows.map(\.error)),
          roofline: try ErrorSummary(rows.map { $0.roofline / $0.measured - 1 })))
    }
  }
}
