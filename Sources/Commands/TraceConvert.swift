import ArgumentParser
import Diagnostics
import ScenarioFiles
import Traces

/// `lacuna trace convert`: a trace, or a part of it, in another form.
struct TraceConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Write a trace as CSV, JSON lines or .ltrace.",
    discussion: """
      EXAMPLE:
        lacuna trace convert qwen3-phone.ltrace --steps 0:32 --out qwen3.csv
      """)

  @Argument(help: "An .ltrace file.")
  var file: String
  @Option(
    name: [.short, .long], help: "The file to write; its ending (.csv, .jsonl, .ltrace) says how.")
  var out: String
  @Option(help: "The columns to keep, separated by commas.")
  var columns: NameList?
  @Option(help: "The steps to keep, as a:b (a up to b - 1).")
  var steps: StepRange?
  @Option(help: "The best so many pages of each row.")
  var top: Int?

  func run() throws {
    try reportingFaults {
      let whole = try TraceReader.read(file)
      let kept = try columns.map { try TraceOutput.columns($0.names) }
      let trace: Trace
      do {
        trace = try whole.cut(columns: kept, steps: steps?.range, top: top)
      } catch let fault as TraceFault {
        throw Faults(fault.problem, at: SourcePosition(file: file))
      }
      if out.hasSuffix(".csv") {
        try TraceExport.write(trace, as: .csv, to: out)
      } else if out.hasSuffix(".jsonl") {
        try TraceExport.write(trace, as: .jsonLines, to: out)
      } else if out.hasSuffix(".ltrace") {
        try TraceWriter.write(trace, to: out)
      } else {
        throw Faults(
          .outOfRange(
            key: "--out", found: out, allowed: "a name that ends in .csv, .jsonl or .ltrace"),
          at: SourcePosition(file: "command line"))
      }
    }
  }
}
