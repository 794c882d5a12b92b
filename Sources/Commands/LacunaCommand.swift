import ArgumentParser

/// The command line: one file a verb.
public struct LacunaCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "lacuna",
    abstract: "Predict sparse LLM inference on constrained hardware.",
    discussion: """
      EXAMPLE:
        lacuna simulate scenarios/examples/trace-driven/moe.yaml
        lacuna hardware list
        lacuna models show Qwen/Qwen3-30B-A3B
        lacuna trace info scenarios/traces/qwen3-phone.ltrace

      EXIT CODES:
        0 done, 1 an expectation was missed or no plan holds, 64 bad usage, 65 bad input
      """,
    version: "0.1.0",
    subcommands: [
      SimulateCommand.self, SweepCommand.self, PlanCommand.self, ValidateCommand.self,
      CalibrateCommand.self, TraceCommand.self, RequestsCommand.self, HardwareCommand.self,
      ModelsCommand.self, KernelsCommand.self,
    ])
  public init() {}
}
