import Diagnostics
import Scenarios
import Serving
import Simulation
import Workloads

/// The metrics of points, by the closed form where it holds and by the simulator elsewhere; points that
/// are streams of requests are played. One belongs to one thread.
///
/// Both ways give the same numbers to the last bit. The first point of every structure is worked out
/// both ways, and a structure where they were to part would be left to the simulator.
public final class PointEvaluator {
  private let scenarios: any PointScenarios
  private let metrics: [String]
  private let engine: Report.Engine
  private let streams: Streams?
  private var forms: [Int: Form] = [:]
  private var memos: [Int: WalkMemo] = [:]
  private var last: (structure: Int, form: Form)?
  private let kept = KeptPrices()
  private var readyCount = 0

  /// The closed form of a structure with the work that was made ready for it.
  private final class Form {
    /// Nil where points are left to the simulator.
    let closed: ClosedForm?
    var ready: [Int: ReadyWork] = [:]
    var last: (code: Int, work: ReadyWork)?
    init(_ closed: ClosedForm?) { self.closed = closed }
  }

  /// Structures whose closed forms are kept, and work that is kept ready for all of them.
  private static let keptForms = 256
  private static let keptWork = 1 << 14

  /// Walks over traces that are kept; each has a number for every touch.
  private static let keptWalks = 16

  /// Where the requests of a scenario come from.
  public typealias Streams = (ResolvedScenario) throws(Faults) -> RequestStream

  /// - Parameters:
  ///   - metrics: names, in the order in which `evaluate` fills them.
  ///   - streams: needed where points are streams of requests.
  public init(
    _ scenarios: any PointScenarios, metrics: [String], engine: Report.Engine,
    streams: Streams? = nil
  ) {
    self.scenarios = scenarios
    self.streams = streams
    self.metrics = metrics
    self.engine = engine
  }

  /// Fills the metrics of a point, NaN for those that it does not have.
  /// - Returns: why the point cannot be played; nil where it can.
  public func evaluate(_ point: [Int], into values: inout [Double]) -> String? {
    do throws(Faults) {
      if engine == .analytic, case let form = try form(point), let closed = form.closed {
        let work = try ready(form, closed, point)
        switch closed.evaluate(work, prompt: try scenarios.prompt(point), into: &values) {
        case .found: return nil
        case .refused(let faults): throw faults
        case .beyond: break
        }
      }
      try simulate(try scenarios.resolved(point), walks: walks(point), into: &values)
      return nil
    } catch {
      for place in values.indices { values[place] = .nan }
      return error.faults.map { Diagnostic.sentence($0.problem) }.joined(separator: "; ")
    }
  }

  /// The whole report of a point.
  /// - Throws: `Faults` of the scenario, and of a machine that it does not fit.
  public func report(
    _ point: [Int], _ engines: Simulator.Engines
  ) throws(Faults) -> Report {
    try Simulator(try scenarios.resolved(point)).run(engines).report
  }

  /// What the stream of requests of a point meets; nil where the point is no stream.
  /// - Throws: `Faults` of the scenario, its log, or a step that cannot be priced.
  public func stream(_ point: [Int]) throws(Faults) -> StreamReport? {
    try stream(try scenarios.resolved(point))
  }

  private func stream(_ resolved: ResolvedScenario) throws(Faults) -> StreamReport? {
    guard resolved.scenario.workload.requests != nil, let streams else { return nil }
    return try ServingRun(resolved).play(try streams(resolved))
  }

  private func simulate(
    _ resolved: ResolvedScenario, walks: WalkMemo? = nil, into values: inout [Double]
  ) throws(Faults) {
    if let stream = try stream(resolved) {
      let found = stream.metrics
      for place in metrics.indices {
        values[place] = found.first { $0.name == metrics[place] }?.value ?? .nan
      }
      return
    }
    let report = try Simulator(resolved, walks: walks).run(
      engine == .analytic ? .analytic : .playback
    ).report
    for place in metrics.indices { values[place] = report.metric(metrics[place]) ?? .nan }
  }

  private func walks(_ point: [Int]) -> WalkMemo? {
    guard let code = scenarios.walk(point) else { return nil }
    if let known = memos[code] { return known }
    if memos.count >= Self.keptWalks { memos.removeAll() }
    let memo = WalkMemo()
    memos[code] = memo
    return memo
  }

  private func ready(
    _ form: Form, _ closed: ClosedForm, _ point: [Int]
  ) throws(Faults) -> ReadyWork {
    let code = scenarios.promptless(point)
    if let last = form.last, last.code == code { return last.work }
    let ready: ReadyWork
    if let known = form.ready[code] {
      ready = known
    } else {
      let work = try scenarios.work(point)
      ready = closed.ready(work.workload, attention: work.attention, cache: work.cache)
      if readyCount >= Self.keptWork {
        for form in forms.values { form.ready.removeAll() }
        readyCount = 0
      }
      form.ready[code] = ready
      readyCount += 1
    }
    form.last = (code, ready)
    return ready
  }

  private func form(_ point: [Int]) throws(Faults) -> Form {
    let structure = scenarios.structure(point)
    if let last, last.structure == structure { return last.form }
    let form: Form
    if let known = forms[structure] {
      form = known
    } else {
      form = try made(point)
      if forms.count >= Self.keptForms { forms.removeAll() }
      forms[structure] = form
    }
    last = (structure, form)
    return form
  }

  /// The closed form of a structure, if it gives what the simulator gives.
  private func made(_ point: [Int]) throws(Faults) -> Form {
    let resolved = try scenarios.resolved(point)
    guard resolved.scenario.workload.requests == nil,
      let closed = ClosedForm(resolved, metrics: metrics, kept: kept)
    else {
      return Form(nil)
    }
    let work = try scenarios.work(point)
    var values = [Double](repeating: 0, count: metrics.count)
    switch closed.evaluate(
      work.workload, attention: work.attention, cache: work.cache, into: &values)
    {
    case .beyond: return Form(nil)
    case .refused: return Form(closed)
    case .found: break
    }
    var expected = values
    try simulate(resolved, into: &expected)
    let isSame = zip(values, expected).allSatisfy { $0.bitPattern == $1.bitPattern }
    return Form(isSame ? closed : nil)
  }
}
