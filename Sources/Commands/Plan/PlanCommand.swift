import ArgumentParser
import Diagnostics
import Exploration
import Foundation
import Quantities
import ResultTables
import ScenarioFiles
import Scenarios
import Simulation

/// `lacuna plan`: the best configuration that holds what is required.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Find the best configuration that holds some requirements.",
    discussion: """
      EXAMPLE:
        lacuna plan scenarios/examples/azure-conversation.yaml --vary workload.rate=0.5/s..32/s@61 \\
          --require "kept>0.99" --maximize workload.rate
        lacuna plan scenarios/systems/quest.yaml --variant sparse \\
          --vary hardware=nvidia-rtx-4090,nvidia-l40s,nvidia-a100-sxm-80gb \\
          --vary workload.batch=1..16:1 --vary workload.prompt=1024..32768:1024 \\
          --require "tpot<50ms" --require "memory.hbm<20GB" --require "p99.tpot<60ms" \\
          --minimize cost

      A limit is a metric, < or >, and a value with its unit. Beside the metrics of docs/metrics.md
      there are cost, cost_per_hour, energy, power, coverage, memory.TIER and p99.tpot, which
      playback tells. --vary devices=1..8:1 serves with so many machines side by side. The winner is
      replayed in playback. Exit code 1 says that no point holds all requirements; the nearest is shown.
      """)

  @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml"]))
  var scenario: String
  @Option(help: "A key and its values, as of sweep; may be given several times.")
  var vary: [String] = []
  @Option(help: "Change a key of every point; may be given several times.")
  var set: [String] = []
  @Option(help: "The variant to change; by default the first.")
  var variant: String?
  @Option(help: "What must hold: tpot<50ms; may be given several times.")
  var require: [String] = []
  @Option(help: "The metric that shall be small.")
  var minimize: String?
  @Option(help: "The metric that shall be large.")
  var maximize: String?
  @Flag(help: "Look at every point.")
  var exhaustive = false

  /// Spaces up to this many points are looked at whole.
  static let small = 2000
  /// The same of streams of requests, each of which is played.
  static let fewStreams = 8

  func validate() throws {
    guard (minimize == nil) != (maximize == nil) else {
      throw ValidationError("Give one of --minimize and --maximize.")
    }
  }

  func run() throws {
    var isFeasible = true
    try reportingFaults {
      var axes: [Axis] = []
      for text in vary { axes.append(try Axis(parsing: text)) }
      let devices = try DeviceAxis(axes)
      _ = try Design(axes: axes)
      let design = try Design(axes: devices.others(axes))
      var requirements: [Requirement] = []
      for text in require { requirements.append(try Requirement(parsing: text)) }
      let option = maximize == nil ? "--minimize" : "--maximize"
      let objective = try PlannedMetric(maximize ?? minimize ?? "", option: option)
      let definition = try SweepDefinition(
        scenario: scenario, settings: set, variant: variant, design: design,
        metrics: PlanSearch.metrics(requirements, objective), engine: .analytic)
      if definition.isOfStreams { try checkStreams(axes, requirements.map(\.metric) + [objective]) }
      let evaluator = try definition.evaluator()
      let search = PlanSearch(
        axes, requirements: requirements, objective: objective, isLargerBetter: maximize != nil,
        metrics: definition.metrics, isOfStreams: definition.isOfStreams,
        play: { point in
          var values = [Double](repeating: .nan, count: definition.metrics.count)
          let fault = evaluator.evaluate(devices.others(point), into: &values)
          return fault.map { .refused(isForRoom: $0.hasPrefix("memory.")) } ?? .played(values)
        },
        tail: { point in
          // A point that cannot be replayed has no tail, and so does not win.
          switch Result(catching: { try evaluator.report(devices.others(point), .playback) }) {
          case .success(let report): return report.playback?.p99.value ?? .nan
          case .failure: return .nan
          }
        })
      let small = definition.isOfStreams ? Self.fewStreams : Self.small
      let isWhole = exhaustive || search.points <= small
      let best = isWhole ? search.exhaustive() : search.bounded()
      isFeasible = best != nil
      let output = PlanOutput(
        axes: axes, requirements: requirements, objective: objective, search: search,
        evaluator: evaluator, devices: devices)
      print(try output.text(best, isWhole: isWhole), terminator: "")
    }
    if !isFeasible { throw ExitCode(1) }
  }

  /// - Throws: `Faults` for what single requests alone have.
  private func checkStreams(_ axes: [Axis], _ metrics: [PlannedMetric]) throws(Faults) {
    if let axis = axes.first(where: { $0.key == PlannedMetric.devices }) {
      throw Faults(
        .conflict(
          key: axis.key, found: "a stream of requests",
          mend: "vary workload.replicas, which share the requests"),
        at: SourcePosition(file: "--vary"))
    }
    if let metric = metrics.first(where: \.isPlayed) {
      throw Faults(
        .conflict(
          key: metric.name, found: "a stream of requests",
          mend: "write tpot.p99, which holds queues and batches"),
        at: SourcePosition(file: "--require"))
    }
  }
}

/// The axis of a plan that no scenario has: how many machines serve side by side, each with its own
/// batch. They do and cost so many times as much, and none of them is faster.
struct DeviceAxis {
  private let place: Int?

  /// - Throws: `Faults` where its values are no rising whole numbers.
  init(_ axes: [Axis]) throws(Faults) {
    place = axes.firstIndex { $0.key == PlannedMetric.devices }
    guard let place else { return }
    let counts = axes[place].values.map { Int($0) ?? 0 }
    guard counts.allSatisfy({ (1...1_000_000).contains($0) }),
      zip(counts, counts.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw Faults(
        .outOfRange(
          key: PlannedMetric.devices, found: axes[place].values.joined(separator: ","),
          allowed: "rising whole numbers from 1 to 1000000"),
        at: SourcePosition(file: "--vary"))
    }
  }

  /// All but what is of this axis.
  func others<Element>(_ all: [Element]) -> [Element] {
    guard let place else { return all }
    return Array(all[..<place] + all[(place + 1)...])
  }

  /// How many machines a point has.
  func count(_ point: [Int], _ axes: [Axis]) -> Double {
    place.flatMap { Double(axes[$0].values[point[$0]]) } ?? 1
  }
}
