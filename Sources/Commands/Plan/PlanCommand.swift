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
        lacuna plan scenarios/systems/quest.yaml --variant sparse \\
          --vary hardware=nvidia-rtx-4090,nvidia-l40s,nvidia-a100-sxm-80gb \\
          --vary workload.batch=1..16:1 --vary workload.prompt=1024..32768:1024 \\
          --require "tpot<50ms" --require "memory.hbm<20GB"
          --minimize cost

      A limit is a metric, < or >, and a value with its unit. Beside the metrics of docs/metrics.md
      there are cost, energy, power, coverage and memory.TIER. The winner is replayed in playback.
      Exit code 1 says that no point holds all requirements; the nearest is shown.
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
      let design = try Design(axes: axes)
      var requirements: [Requirement] = []
      for text in require { requirements.append(try Requirement(parsing: text)) }
      let option = maximize == nil ? "--minimize" : "--maximize"
      let objective = try PlannedMetric(maximize ?? minimize ?? "", option: option)
      let definition = try SweepDefinition(
        scenario: scenario, settings: set, variant: variant, design: design,
        metrics: PlanSearch.metrics(requirements, objective), engine: .analytic)
      let evaluator = try definition.evaluator()
      let search = PlanSearch(
        axes, requirements: requirements, objective: objective, isLargerBetter: maximize != nil,
        metrics: definition.metrics
      ) { point in
        var values = [Double](repeating: .nan, count: definition.metrics.count)
        let fault = evaluator.evaluate(point, into: &values)
        return fault.map { .refused(isForRoom: $0.hasPrefix("memory.")) } ?? .played(values)
      }
      let isWhole = exhaustive || search.points <= Self.small
      let best = isWhole ? search.exhaustive() : search.bounded()
      isFeasible = best != nil
      let output = PlanOutput(
        axes: axes, requirements: requirements, objective: objective, search: search,
        evaluator: evaluator)
      print(try output.text(best, isWhole: isWhole), terminator: "")
    }
    if !isFeasible { throw ExitCode(1) }
  }
}
