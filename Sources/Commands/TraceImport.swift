import ArgumentParser
import Diagnostics
import ScenarioFiles
import Traces

/// `lacuna trace import`: a foreign recording as an `.ltrace` file.
struct TraceImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Write a recording or a table of routes as an .ltrace file.",
    discussion: """
      EXAMPLE:
        lacuna trace import recording.tar.gz --columns experts --out mine.ltrace
        lacuna trace import route.csv.gz --layer-bytes bytes.csv --out mine.ltrace
      """)

  @Argument(help: "A recording (.tar.gz), a table of routes or a table of experts (.csv.gz).")
  var file: String
  @Option(name: [.short, .long], help: "The .ltrace file to write.")
  var out: String
  @Option(help: "A table of bytes by layer, for a table of routes.")
  var layerBytes: String?
  @Option(help: "The table of router weights that goes with a table of experts.")
  var weights: String?
  @OptionGroup var cut: TraceCutOptions
  @Option(help: "The model's name for the header.")
  var model: String?
  @Option(help: "Origin for the header.")
  var source: String?
  @Option(help: "The kind of text for the header.")
  var domain: String?
  @Option(help: "Licence for the header.")
  var licence: String?

  func run() throws {
    try reportingFaults {
      var options = TraceImport.Options()
      options.layerBytes = layerBytes
      options.weights = weights
      options.model = model
      options.source = source
      options.domain = domain
      options.licence = licence
      options.columns = try cut.keptColumns()
      options.steps = cut.steps?.range
      options.top = cut.top
      let trace = try TraceImport.read(file, options: options)
      try TraceWriter.write(trace, to: out)
    }
  }
}
