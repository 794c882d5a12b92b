import ArgumentParser

/// `lacuna trace`: recorded traces, in and out.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Record, import, measure, synthesise and convert traces of what a real run touched.",
    discussion: """
      EXAMPLE:
        lacuna trace info scenarios/traces/qwen3-phone.ltrace
      """,
    subcommands: [
      TraceRecordCommand.self, TraceImportCommand.self, TraceInfoCommand.self,
      TraceSynthCommand.self, TraceConvertCommand.self,
    ])
}

/// A half-open range of numbers as `a:b`.
struct StepRange: ExpressibleByArgument {
  let range: Range<Int>
  init?(argument: String) {
    let ends = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low >= 0, low < high else {
      return nil
    }
    range = low..<high
  }
}

/// Names separated by commas.
struct NameList: ExpressibleByArgument {
  let names: [String]
  init?(argument: String) {
    names = argument.split(separator: ",").map(String.init)
    if names.isEmpty { return nil }
  }
}
