import ArgumentParser

struct TraceSynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "synth")
}
