import ArgumentParser

/// The command line: one file a verb.
public struct LacunaCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "lacuna",
    abstract: "Predict sparse LLM inference on constrained hardware.",
    version: "0.1.0",
    subcommands: [
      SimulateCommand.self, TraceCommand.self, HardwareCommand.self, ModelsCommand.self,
    ])
  public init() {}
}
