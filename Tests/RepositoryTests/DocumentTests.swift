import Testing

/// The documents name what the code knows, and what they name exists.
@Suite struct DocumentTests {
  @Test func everyMetricIsDefined() throws {
    let words = DocumentNames.quoted(in: try Repository.text("docs/metrics.md"))
    let source =
      try Repository.text("Sources/Scenarios/Metric.swift")
      + Repository.text("Sources/Scenarios/Metric+Streams.swift")
    let names = DocumentNames.metrics(in: source)
    #expect(names.count >= 15, "Metric.swift is not understood; mend DocumentNames.metrics")
    for name in names {
      let found = words.contains(name)
      #expect(found, "docs/metrics.md does not define `\(name)`; add a row")
    }
    let list = try Repository.text("Sources/Simulation/Reports/MetricList.swift")
    for name in DocumentNames.added(in: list) {
      let found = names.contains(name)
      #expect(found, "MetricList adds '\(name)'; add it to Metric.fixed")
    }
    let streams = try Repository.text("Sources/Serving/Metrics/StreamMetrics.swift")
    for name in DocumentNames.added(in: streams) {
      let found = names.contains(name)
      #expect(found, "StreamMetrics adds '\(name)'; add it to Metric.ofStreams")
    }
    for ending in DocumentNames.endings(in: source) {
      let found = words.contains { $0.hasSuffix(ending) }
      #expect(found, "docs/metrics.md defines no metric that ends in `\(ending)`; add a row")
    }
  }

  @Test(arguments: [
    ("docs/formats/scenario.md", ["Sources/ScenarioFiles/Scenarios"], 60),
    (
      "docs/formats/scenario.md",
      [
        "Sources/ScenarioFiles/ModelConfigs/RecordedLayers.swift",
        "Sources/ScenarioFiles/ModelConfigs/ModelConfig+Inline.swift",
        "Sources/ScenarioFiles/Profiles/RuntimeFile.swift",
      ], 30
    ),
    ("docs/formats/claims.md", ["Sources/ScenarioFiles/Claims"], 30),
    ("docs/formats/profile.md", ["Sources/ScenarioFiles/Profiles"], 45),
    ("docs/formats/measurements.md", ["Sources/ScenarioFiles/Serving"], 10),
  ])
  func everyKeyIsDocumented(document: String, readers: [String], least: Int) throws {
    let words = DocumentNames.words(in: try Repository.text(document))
    var keys: Set<String> = []
    for reader in readers {
      // A runtime file is documented with the scenarios that name it.
      let files =
        reader.hasSuffix(".swift")
        ? [reader]
        : try Repository.swiftFiles(under: reader).filter { !$0.hasSuffix("/RuntimeFile.swift") }
      for file in files { keys.formUnion(DocumentNames.keys(in: try Repository.text(file))) }
    }
    #expect(keys.count >= least, "\(readers) are not understood; mend DocumentNames.keys")
    for key in keys.sorted() {
      let found = words.contains(key)
      #expect(found, "\(document) does not name the key `\(key)`; add a row")
    }
  }

  @Test func everyChoiceIsDocumented() throws {
    let words = DocumentNames.words(in: try Repository.text("docs/formats/scenario.md"))
    let files =
      try Repository.swiftFiles(under: "Sources/Policies")
      + ["Sources/EventKernel/Caches/CacheRules.swift", "Sources/Scenarios/Expectation.swift"]
    var choices: Set<String> = []
    for file in files { choices.formUnion(DocumentNames.choices(in: try Repository.text(file))) }
    #expect(choices.count >= 25, "the policies are not understood; mend DocumentNames.choices")
    for choice in choices.sorted() {
      let found = words.contains(choice)
      #expect(found, "docs/formats/scenario.md does not name `\(choice)`; add it")
    }
  }

  @Test func namedFilesExist() throws {
    let texts = ["README.md", "Makefile"] + (try Repository.files(under: "docs"))
    let sources = try Repository.swiftFiles(under: "Sources/Commands")
    for file in texts + sources {
      for path in DocumentNames.paths(in: try Repository.text(file)) {
        #expect(Repository.exists(path), "\(file) names '\(path)', which is not there")
      }
    }
  }

  @Test func readmeNamesTheCommands() throws {
    let lines = try Repository.text("README.md").split(separator: "\n").map(String.init)
    for command in ["make demo", "make test"] {
      let found = lines.contains(command)
      #expect(found, "README.md: put '\(command)' on a line of its own")
    }
  }

  @Test func namesAreRead() {
    let code = """
      Metric(name: "ttft", unit: .seconds)
      (".time_per_token", .seconds), name.hasSuffix(".peak")
      add("tpot", step); add("\\(x).time_per_token", 1)
      map.value("tier"); map.required("budget", "an amount"); keys.size("heads", otherwise: 1)
      public enum Bundle: String, CaseIterable, Sendable {
        case none
        /// All in one.
        case rowColumn = "row-column"
      }
      enum Other { case hidden }
      """
    #expect(DocumentNames.metrics(in: code) == ["ttft"])
    #expect(DocumentNames.endings(in: code) == [".time_per_token", ".peak"])
    #expect(DocumentNames.added(in: code) == ["tpot"])
    #expect(DocumentNames.keys(in: code) == ["tier", "budget", "heads"])
    #expect(DocumentNames.choices(in: code) == ["none", "row-column"])
    #expect(DocumentNames.quoted(in: "`a.b` and\n`c-d e`") == ["a.b", "c-d e"])
    #expect(DocumentNames.words(in: "x `a.b`\n```yaml\nkey-c: 1\n```\n`c-d e`").count == 6)
    #expect(DocumentNames.paths(in: "see `docs/x.md`, a/docs/y.md") == ["docs/x.md"])
  }
}
