import ResultTables
import ScenarioFiles
import Traces

/// The statistics of a trace, whole, for tables and files.
struct TraceReport {
  struct Section {
    var name: String
    var shape: String
    var byLayer: [StreamStatistics]
    /// The mean over layers; nil for a trace without layers.
    var mean: StreamStatistics? { StreamStatistics.mean(byLayer) }
  }

  let trace: Trace
  let windows: [Int]
  let sections: [Section]

  init(trace: Trace, windows: [Int]) {
    self.trace = trace
    self.windows = windows
    let longest = windows.max() ?? 1
    var sections: [Section] = []
    if let pages = trace.pages {
      sections.append(
        Section(
          name: "pages",
          shape: "\(pages.steps) steps, \(pages.layers) layers, \(pages.kvHeads) KV heads, "
            + "\(pages.picks) picks of \(pages.pageTokens)-token pages, "
            + "context \(pages.context(step: 0)) to \(pages.context(step: pages.steps - 1))",
          byLayer: pages.statistics(windows: longest)))
    }
    if let experts = trace.experts {
      sections.append(
        Section(
          name: "experts",
          shape: "\(experts.steps) steps, \(experts.tokens) tokens, \(experts.layers) layers, "
            + "top \(experts.topK) of \(experts.expertCount)",
          byLayer: experts.statistics(windows: longest)))
    }
    if let neurons = trace.neurons {
      sections.append(
        Section(
          name: "neurons",
          shape: "\(neurons.tokens) tokens, \(neurons.layers) layers of \(neurons.neurons) neurons",
          byLayer: neurons.statistics(windows: longest)))
    }
    self.sections = sections
  }

  /// One row a figure: `section,layer,statistic,at,value`. `at` is a window in steps or a cache's
  /// entries. Miss ratios are listed for every cache up to the one that only first touches miss.
  func csv() throws -> String {
    var table = Table(columns: [
      Column("section", .text), Column("layer", .text), Column("statistic", .text),
      Column("at", .integer), Column("value", .real(.significant(12))),
    ])
    for section in sections {
      for layer in section.byLayer + (section.mean.map { [$0] } ?? []) {
        let name = layer.layerNumber < 0 ? "mean" : "\(layer.layerNumber)"
        for figure in figures(of: layer) {
          try table.append([
            .text(section.name), .text(name), .text(figure.name),
            figure.at.map { .integer($0) } ?? .missing, .real(figure.value),
          ])
        }
      }
    }
    return table.csv()
  }

  private func figures(
    of layer: StreamStatistics
  ) -> [(name: String, at: Int?, value: Double)] {
    var figures: [(name: String, at: Int?, value: Double)] = [
      ("density", nil, layer.density), ("touches_per_step", nil, layer.touchesPerStep),
      ("top_10_percent_share", nil, layer.popularity.topShare(0.1)),
      ("gini", nil, layer.popularity.gini),
    ]
    for window in windows where window < layer.newEntries.count {
      figures.append(("new_entries", window, layer.newEntries[window]))
      figures.append(("working_set", window, layer.workingSet(window: window) ?? 0))
    }
    for entries in 0...layer.missRatio.largestUsefulEntries {
      figures.append(("miss_ratio", entries, layer.missRatio.missRatio(entries: entries)))
    }
    return figures
  }

  /// One JSON object, a line for each layer; miss ratios as in `csv`, by entries from 0.
  func json() throws -> String {
    let header = trace.header
    var fields: [(String, String)] = []
    for (key, text) in [
      ("model", header.model), ("source", header.source), ("domain", header.domain),
      ("licence", header.licence), ("note", header.note),
    ] {
      fields.append((key, try JSONValue.text(text).encoded()))
    }
    if let seed = header.seed { fields.append(("seed", "\(seed)")) }
    for section in sections {
      var layers: [String] = []
      for layer in section.byLayer { layers.append("      " + (try object(of: layer).encoded())) }
      let shape = try JSONValue.text(section.shape).encoded()
      fields.append(
        (
          section.name,
          "{\n    \"shape\": \(shape),\n    \"layers\": [\n" + layers.joined(separator: ",\n")
            + "\n    ]\n  }"
        ))
    }
    return "{\n" + fields.map { "  \"\($0.0)\": \($0.1)" }.joined(separator: ",\n") + "\n}\n"
  }

  private func object(of layer: StreamStatistics) -> JSONValue {
    let shown = windows.filter { $0 < layer.newEntries.count }
    func map(_ value: (Int) -> Double) -> JSONValue {
      .pairs(shown.map { ("\($0)", .number(value($0))) })
    }
    return .pairs([
      ("layer", .integer(layer.layerNumber)), ("steps", .integer(layer.steps)),
      ("universe", .integer(layer.universe)), ("density", .number(layer.density)),
      ("touches_per_step", .number(layer.touchesPerStep)),
      ("top_10_percent_share", .number(layer.popularity.topShare(0.1))),
      ("gini", .number(layer.popularity.gini)), ("new_entries", map { layer.newEntries[$0] }),
      ("working_set", map { layer.workingSet(window: $0) ?? 0 }),
      ("accesses", .integer(layer.missRatio.accesses)),
      ("cold_misses", .integer(layer.missRatio.coldMisses)),
      (
        "miss_ratio",
        .array(
          (0...layer.missRatio.largestUsefulEntries).map {
            .number(layer.missRatio.missRatio(entries: $0))
          })
      ),
    ])
  }
}
