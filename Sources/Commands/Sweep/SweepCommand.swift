import ArgumentParser

/// `lacuna sweep`: many configurations of one scenario.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Predict many configurations of a scenario.",
    subcommands: [SweepRun.self, SweepMerge.self], defaultSubcommand: SweepRun.self)
}
