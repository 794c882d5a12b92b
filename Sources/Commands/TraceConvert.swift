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
  @OptionGroup var cut: TraceCutOptions

  func run() throws {
    try reportingFaults {
      let whole = try TraceReader.read(file)
      let kept = try cut.keptColumns()
      let trace: Trace
      do {
        trace = try whole.cut(columns: kept, steps: cut.steps?.range, top: cut.top)
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
