import Costs
import Programs
import ScenarioFiles
import Scenarios
import Simulation

/// Scenarios that ship with Lacuna, as inputs of benchmarks. They are found from the repository's
/// root or any folder in it.
enum Examples {
  static func resolved(_ example: String, variant: String) throws -> ResolvedScenario {
    let scenarios = try Assets.folder("scenarios")
    let reading = try ScenarioFile(
      contentsOf: "\(scenarios)/examples/\(example).yaml"
    ).scenario(variant: variant)
    return try ScenarioResolver(
      profiles: try Assets.folder("hardware-profiles"), models: "\(scenarios)/models"
    ).resolve(reading)
  }

  /// The program of a scenario with its steps repeated until there are `tokens` of them.
  static func priced(
    _ example: String, variant: String, tokens: Int
  ) throws -> PricedProgram {
    let scenario = try resolved(example, variant: variant)
    let preparation = try Preparation(scenario)
    var program = preparation.program
    program.columns = program.columns.map { column in
      let length = tokens * column.layers
      return CountColumn(
        name: column.name, layers: column.layers,
        counts: (0..<length).map { column.counts[$0 % column.counts.count] })
    }
    program.steps = tokens
    return try PricedProgram(
      program, costs: CostModel(profile: scenario.profile, runtime: scenario.runtime))
  }
}
