import Diagnostics
import Hardware
import Models
import Policies
import Quantities
import Scenarios
import Serving
import Workloads

/// One log of requests against the same arrivals played by the scheduler.
public struct StreamCheck: Sendable {
  public struct Row: Sendable {
    /// `ttft mean`, `tpot p99`, ….
    public var metric: String
    public var measured: Double
    public var predicted: Double
    public var error: Double { predicted / measured - 1 }
  }

  public var file: Int
  public var device: String
  public var model: String
  public var runtime: String
  public var requests: Int
  public var rows: [Row]
  /// Share of the time in steps that the runtime's stated host time takes.
  public var hostShare: Double
  /// Mean seconds of a step, and how many there were.
  public var step: Double
  public var steps: Int
  /// Seconds from the first arrival to the last token, as logged and as played.
  public var span: Double
  public var playedSpan: Double
}

/// Plays logs of a server's requests from their arrivals, lengths and limits alone: batches, queues
/// and times are all predicted.
public struct StreamChecker: Sendable {
  private let profile: @Sendable (String) -> Profile?
  private let runtime: @Sendable (_ name: String, _ version: String?) throws(Faults) -> Runtime
  private let donors: @Sendable () throws(Faults) -> [Profile]
  private let model: @Sendable (String) throws(Faults) -> Model?

  public init(
    profile: @escaping @Sendable (String) -> Profile?,
    runtime: @escaping @Sendable (_ name: String, _ version: String?) throws(Faults) -> Runtime,
    donors: @escaping @Sendable () throws(Faults) -> [Profile],
    model: @escaping @Sendable (String) throws(Faults) -> Model?
  ) {
    self.profile = profile
    self.runtime = runtime
    self.donors = donors
    self.model = model
  }

  /// - Throws: `Faults` of a model, a runtime or a step that cannot be priced.
  public func check(_ tables: [MeasurementTable], into report: inout CheckReport) throws(Faults) {
    for (file, table) in tables.enumerated() {
      for run in table.runs {
        guard let limits = run.limits, run.format.name == "bf16", run.requests.count > 1 else {
          report.skipped["request streams: limits or format are not known", default: 0] += 1
          continue
        }
        guard let profile = profile(run.device), let model = try model(run.model) else {
          report.skipped["request streams: no profile or no model", default: 0] += 1
          continue
        }
        let spread = Self.spread(run.layout, model)
        guard run.layout.data == 1 || spread.experts > 1,
          let share = model.share(tensor: spread.tensor, experts: spread.experts)
        else {
          report.skipped["request streams: a model that is cut in another way", default: 0] += 1
          continue
        }
        report.streams.append(try check(run, limits, profile, share, spread, file: file))
      }
    }
  }

  /// Replicas of the attention share out the experts, where there are any.
  private static func spread(_ layout: StepForm.Layout, _ model: Model) -> DeviceSpread {
    let hasExperts = model.shapes.contains { shape in
      if case .experts = shape.feedForward { true } else { false }
    }
    return DeviceSpread(
      tensor: layout.tensor, experts: layout.data > 1 && hasExperts ? layout.devices : 1)
  }

  private func check(
    _ run: ServedRun, _ limits: ServedRun.Limits, _ profile: Profile, _ model: Model,
    _ spread: DeviceSpread, file: Int
  ) throws(Faults) -> StreamCheck {
    let resolved = try resolve(run, limits, profile, model, spread)
    let ordered = run.requests.sorted { $0.queued < $1.queued }
    let first = ordered.first?.queued ?? 0
    var stream = RequestStream()
    for request in ordered {
      stream.arrivals.append(
        Instant(picoseconds: Int64(((request.queued - first) * 1e12).rounded())))
      stream.prompts.append(Int32(max(1, min(1e9, request.input))))
      stream.outputs.append(Int32(max(1, min(1e9, request.output))))
    }
    let played = try ServingRun(resolved).play(stream)
    let host = resolved.runtime.hostPerStep.value.value * Double(played.played.steps)
    let busy = Double(max(1, played.played.busy)) * 1e-12
    let last = ordered.map(\.lastToken).max() ?? first
    let ttft = LatencySummary(ordered.map { $0.firstToken - $0.queued })
    let tpot = LatencySummary(ordered.filter { $0.output > 1 }.map(\.tokenSeconds))
    return StreamCheck(
      file: file, device: profile.name, model: model.name, runtime: resolved.runtime.name,
      requests: ordered.count,
      rows: rows("ttft", ttft, played.ttft) + rows("tpot", tpot, played.tpot),
      hostShare: host / busy, step: busy / Double(max(1, played.played.steps)),
      steps: Int(played.played.steps), span: last - first,
      playedSpan: Double(played.played.requests.ends.max() ?? 0) * 1e-12)
  }

  private func rows(
    _ name: String, _ measured: LatencySummary?, _ predicted: LatencySummary?
  ) -> [StreamCheck.Row] {
    guard let measured, let predicted else { return [] }
    return [
      .init(metric: "\(name) mean", measured: measured.mean, predicted: predicted.mean),
      .init(metric: "\(name) p50", measured: measured.p50, predicted: predicted.p50),
      .init(metric: "\(name) p99", measured: measured.p99, predicted: predicted.p99),
    ]
  }

  private func resolve(
    _ run: ServedRun, _ limits: ServedRun.Limits, _ profile: Profile, _ model: Model,
    _ spread: DeviceSpread
  ) throws(Faults) -> ResolvedScenario {
    let runtime = try runtime(run.runtime, run.version)
    var method = MethodChoice()
    method.spread = spread
    var traffic = RequestTraffic(file: "")
    traffic.stepTokens = limits.stepTokens
    traffic.sequences = limits.sequences
    traffic.kvTokens = limits.kvTokens
    traffic.prefixCaching = limits.prefixCaching
    traffic.replicas = run.layout.data
    traffic.routing = .leastLoaded
    traffic.warmUp = 0
    var shape = RequestShape(prompt: 1, generate: 1, batch: 1)
    shape.requests = traffic
    let scenario = Scenario(
      name: run.model, variant: "default", hardware: profile.name, runtime: runtime.name,
      model: .named(model.name),
      precision: PrecisionChoice(weights: .bf16, kv: .bf16, activations: .bf16), workload: shape,
      method: method, seed: 1)
    return ResolvedScenario(
      scenario: scenario, profile: profile, donors: donors, runtime: runtime,
      model: model, pages: nil, experts: nil, neurons: nil,
      places: KeyPlaces(file: profile.name))
  }
}
