import ArgumentParser
import Diagnostics
import Models
import Quantities
import ScenarioFiles

/// `lacuna models`: which model shapes come with the program, and what one weighs.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the bundled models, or show the shape and weights of one.",
    discussion: """
      EXAMPLE:
        lacuna models show facebook/opt-6.7b
      """,
    subcommands: [List.self, Show.self])

  /// How results are printed.
  enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the bundled models with their sizes.",
      discussion: """
        EXAMPLE:
          lacuna models list --format json
        """)
    @Option(help: "How to print: table or json.") var format: Format = .table

    func run() throws {
      try reportingFaults {
        let library = ModelLibrary(folder: try Assets.folder("scenarios/models"))
        var summaries: [ModelSummary] = []
        for name in try library.names() {
          let model = try library.model(name, at: SourcePosition(file: "models list"))
          summaries.append(ModelSummary(model))
        }
        if format == .json {
          print(ModelSummary.json(summaries))
        } else {
          print(try ModelSummary.table(summaries), terminator: "")
        }
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the shape and weights of a bundled model or a config.json.",
      discussion: """
        EXAMPLE:
          lacuna models show facebook/opt-6.7b
          lacuna models show downloads/my-model/config.json
        """)
    @Argument(help: "A bundled name, a config.json, or a folder that holds one.") var model: String
    @Option(help: "How to print: table or json.") var format: Format = .table

    func run() throws {
      try reportingFaults {
        let place = SourcePosition(file: "models show")
        let model = try named(model, at: place)
        let summary = ModelSummary(model)
        print(format == .json ? summary.json : summary.sheet)
      }
    }

    /// A file needs no bundled folder, so that it can be shown from anywhere.
    private func named(_ name: String, at place: SourcePosition) throws(Faults) -> Model {
      if name.hasSuffix(".json") { return try ModelConfig.read(contentsOf: name) }
      let folder = try Assets.folder("scenarios/models")
      return try ModelLibrary(folder: folder).model(name, at: place, key: "MODEL")
    }
  }
}
