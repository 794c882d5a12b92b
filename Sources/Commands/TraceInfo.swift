import ArgumentParser
import ScenarioFiles
import Traces

/// `lacuna trace info`: what a trace holds and how its touches repeat.
struct TraceInfoCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show steps, layers, density, persistence, popularity and LRU miss ratios.",
    discussion: """
      EXAMPLE:
        lacuna trace info scenarios/traces/qwen3-phone.ltrace --windows 1,5,16
        lacuna trace info scenarios/traces/qwen3-phone.ltrace --format csv
      """)

  @Argument(help: "An .ltrace file.")
  var file: String
  @Option(help: "table, json or csv; the files list the miss ratio of every cache size.")
  var format: Format = .table
  @Option(help: "Windows, in steps, separated by commas.")
  var windows: NameList?

  func run() throws {
    try reportingFaults {
      let trace = try TraceReader.read(file)
      let windows = try (windows?.names ?? ["1", "2", "4", "8", "16", "32", "64"]).map { name in
        guard let window = Int(name), (1...4096).contains(window) else {
          throw ValidationError("--windows takes whole numbers between 1 and 4096, not '\(name)'")
        }
        return window
      }
      let report = TraceReport(trace: trace, windows: windows)
      switch format {
      case .table: print(try TraceTables(report).text(), terminator: "")
      case .json: print(try report.json(), terminator: "")
      case .csv: print(try report.csv(), terminator: "")
      }
    }
  }
}
