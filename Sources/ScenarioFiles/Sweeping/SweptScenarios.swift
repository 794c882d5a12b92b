import Diagnostics
import Exploration
import Policies
import Scenarios
import Workloads

/// The scenarios of a sweep over keys of a file.
///
/// A site of a scenario is read by itself, so it is read once for each combination of the values of
/// its own keys; a point puts its sites together. Profiles, runtimes and models are looked up once for
/// each combination of their names.
public final class SweptScenarios: PointScenarios {
  private let file: ScenarioFile
  private let variant: String
  private let axes: [Axis]
  private let resolver: ScenarioResolver
  private var traces: TraceStore
  private let parts: [SweptPart]
  /// The axes that decide what is looked up, and those that `work` leaves out.
  private let lookedUp: SweptPart
  private let structural: SweptPart
  /// The axes of `work` but for the one of the prompt, and the part of that one.
  private let promptlessWork: SweptPart
  private let promptPart: Int?
  private var prompts: [Int: Int] = [:]
  /// The axes that decide what is read from traces: all but those of machines and of budgets.
  private let walked: SweptPart
  /// The axis of variants, if there is one.
  private let variants: SweptPart
  private var readings: [[Int: ScenarioReading]]
  /// By part, then code; the last is of the variants alone.
  private var works: [[Int: PointWork]]
  /// Of each of them the last that was asked for.
  private var last: [Recalled?]
  private var found: [Int: ResolvedScenario] = [:]
  private var whole: [Int: ScenarioReading] = [:]

  /// Whether the scenario that was resolved last reads traces.
  private var hasTraces = false

  /// Readings and resolved scenarios that are kept.
  private static let kept = 1 << 14

  /// - Parameters:
  ///   - variant: the variant that the axes change; they may name others by the key `variant`.
  ///   - traces: what was read and drawn before.
  /// - Throws: `Faults` for a key that is no scenario's, or that `--set` has fixed.
  public init(
    _ file: ScenarioFile, variant: String, axes: [Axis], resolver: ScenarioResolver,
    traces: TraceStore = TraceStore()
  ) throws(Faults) {
    self.file = file
    self.variant = variant
    self.axes = axes
    self.resolver = resolver
    self.traces = traces
    try SweptKeys.check(axes, file, variant)
    parts = try SweptPart.of(axes)
    lookedUp = try SweptPart(
      .whole, axes: SweptPart.places(axes) { [.hardware, .runtime, .model, .prompt].contains($0) },
      of: axes)
    structural = try SweptPart(
      .whole, axes: SweptPart.places(axes) { !$0.isWork }, of: axes)
    promptlessWork = try SweptPart(
      .whole, axes: SweptPart.places(axes) { $0.isWork && $0 != .workloadPrompt }, of: axes)
    promptPart = parts.firstIndex { $0.site == .workloadPrompt }
    walked = try SweptPart(
      .whole,
      axes: axes.indices.filter {
        SweptPart.Site(key: axes[$0].key) != .hardware
          && !["runtime", "cache.resident.budget", "experts.resident.budget"]
            .contains(axes[$0].key)
      }, of: axes)
    variants = try SweptPart(
      .whole, axes: axes.indices.filter { axes[$0].key == "variant" }, of: axes)
    readings = Array(repeating: [:], count: parts.count)
    works = Array(repeating: [:], count: parts.count + 1)
    last = Array(repeating: nil, count: parts.count + 1)
  }

  /// Reads every value of every axis, the others at their first.
  /// - Throws: `Faults` for a key that the scenario has not, or a value that it does not take.
  public func checkValues() throws(Faults) {
    var point = [Int](repeating: 0, count: axes.count)
    for axis in axes.indices {
      for value in axes[axis].values.indices {
        point[axis] = value
        _ = try file.scenario(variant: variant(at: point), at: try changes(point, [axis]))
      }
      point[axis] = 0
    }
  }

  public func structure(_ point: [Int]) -> Int { structural.code(point) }

  public func walk(_ point: [Int]) -> Int? {
    hasTraces ? walked.code(point) : nil
  }

  public func promptless(_ point: [Int]) -> Int { promptlessWork.code(point) }

  public func prompt(_ point: [Int]) throws(Faults) -> Int {
    guard let promptPart else { return try recalled(nil, point).work.workload.prompt }
    let code = parts[promptPart].code(point)
    if let known = prompts[code] { return known }
    let prompt = try reading(promptPart, point).scenario.workload.prompt
    if prompts.count >= Self.kept { prompts.removeAll() }
    prompts[code] = prompt
    return prompt
  }

  public func work(_ point: [Int]) throws(Faults) -> PointWork {
    var work = try recalled(nil, point).work
    for place in parts.indices where parts[place].site.isWork {
      let own = try recalled(place, point)
      switch parts[place].site {
      case .workloadPrompt: work.workload.prompt = own.work.workload.prompt
      case .workloadGenerate: work.workload.generate = own.work.workload.generate
      case .workloadBatch:
        work.workload.batch = own.work.workload.batch
        work.workload.fillsMemory = own.work.workload.fillsMemory
      case .attention: work.attention = own.work.attention
      default: work.cache = own.work.cache
      }
    }
    return work
  }

  /// What was read for a part, or for the variant where no part is given: mostly as for the point
  /// before.
  private func recalled(_ place: Int?, _ point: [Int]) throws(Faults) -> Recalled {
    let code = place.map { parts[$0].code(point) } ?? variants.code(point)
    let table = place ?? parts.count
    if let last = last[table], last.code == code { return last }
    let read = Recalled(code: code, work: try work(of: place, point))
    last[table] = read
    return read
  }

  /// A part that was read. An object, so that it is handed on without copying what it holds.
  private final class Recalled {
    let code: Int
    let work: PointWork
    init(code: Int, work: PointWork) {
      self.code = code
      self.work = work
    }
  }

  private func work(of place: Int?, _ point: [Int]) throws(Faults) -> PointWork {
    let code = place.map { parts[$0].code(point) } ?? variants.code(point)
    let table = place ?? parts.count
    if let known = works[table][code] { return known }
    let scenario: Scenario
    if let place {
      scenario = try reading(place, point).scenario
    } else {
      scenario = try base(point).scenario
    }
    let work = PointWork(
      workload: scenario.workload, attention: scenario.method.attention,
      cache: scenario.method.cache)
    if works[table].count >= Self.kept { works[table].removeAll() }
    works[table][code] = work
    return work
  }

  public func resolved(_ point: [Int]) throws(Faults) -> ResolvedScenario {
    let reading = try combined(point)
    hasTraces = reading.scenario.method.namesTraces
    guard !hasTraces else {
      return try resolver.resolve(reading, traces: &traces)
    }
    let code = lookedUp.code(point)
    if var known = found[code] {
      known.scenario = reading.scenario
      known.places = reading.places
      return known
    }
    let resolved = try resolver.resolve(reading, traces: &traces)
    if found.count >= Self.kept { found.removeAll() }
    found[code] = resolved
    return resolved
  }

  /// What was read and drawn so far, for the scenarios of another thread.
  public var sharedTraces: TraceStore { traces }

  /// The scenario of a point with all of its keys read together, as `--set` would.
  public func readTogether(_ point: [Int]) throws(Faults) -> ScenarioReading {
    try file.scenario(variant: variant(at: point), at: try changes(point, Array(axes.indices)))
  }

  private func combined(_ point: [Int]) throws(Faults) -> ScenarioReading {
    var reading = try base(point)
    for (place, part) in parts.enumerated() {
      let own = try self.reading(place, point)
      part.site.copy(from: own, to: &reading.scenario)
      if part.site == .model { reading.inlineModel = own.inlineModel }
    }
    return reading
  }

  private func base(_ point: [Int]) throws(Faults) -> ScenarioReading {
    let code = variants.code(point)
    if let known = whole[code] { return known }
    let reading = try file.scenario(variant: variant(at: point))
    whole[code] = reading
    return reading
  }

  private func reading(_ place: Int, _ point: [Int]) throws(Faults) -> ScenarioReading {
    let code = parts[place].code(point)
    if let known = readings[place][code] { return known }
    let reading = try file.scenario(
      variant: variant(at: point), at: try changes(point, parts[place].axes))
    if readings[place].count >= Self.kept { readings[place].removeAll() }
    readings[place][code] = reading
    return reading
  }

  private func variant(at point: [Int]) -> String {
    variants.axes.first.map { axes[$0].values[point[$0]] } ?? variant
  }

  private func changes(_ point: [Int], _ chosen: [Int]) throws(Faults) -> Overrides {
    try Overrides(
      chosen.filter { axes[$0].key != "variant" }.map { (axes[$0].key, axes[$0].values[point[$0]]) }
    )
  }
}

extension MethodChoice {
  fileprivate var namesTraces: Bool {
    cache.trace != nil || experts.trace != nil || neurons.trace != nil
  }
}
