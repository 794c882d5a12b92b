import Foundation
import ScenarioFiles
import Traces

/// The statistics of a trace as text.
struct TraceReport {
  struct Section {
    var name: String
    var shape: String
    var byLayer: [StreamStatistics]
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

  /// Cache sizes worth a figure: shares of the universe.
  static func cacheSizes(_ universe: Int) -> [Int] {
    [16, 8, 4, 2].map { max(1, universe / $0) } + [universe]
  }

  var table: String {
    let header = trace.header
    var lines = [
      "model    \(header.model)", "source   \(header.source)", "domain   \(header.domain)",
      "licence  \(header.licence)",
    ]
    if !header.note.isEmpty { lines.append("note     \(header.note)") }
    if let seed = header.seed { lines.append("seed     \(seed) (synthesised)") }
    for section in sections { lines += rows(of: section) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func rows(of section: Section) -> [String] {
    guard let mean = StreamStatistics.mean(section.byLayer) else { return [] }
    let shown = windows.filter { $0 < mean.newEntries.count }
    let sizes = TraceReport.cacheSizes(mean.universe)
    let head =
      ["layer", "density %", "a step", "top 10% share", "gini"] + shown.map { "new@\($0)" }
      + shown.map { "set@\($0)" } + sizes.map { "miss%@\($0)" }
    var cells = [head]
    for statistics in section.byLayer + [mean] {
      var row = [
        statistics.layerNumber < 0 ? "mean" : "\(statistics.layerNumber)",
        number(100 * statistics.density, 2), number(statistics.touchesPerStep, 2),
        number(statistics.popularity.topShare(0.1), 3), number(statistics.popularity.gini, 3),
      ]
      row += shown.map { number(statistics.newEntries[$0], 2) }
      row += shown.map { number(statistics.workingSet(window: $0) ?? 0, 1) }
      row += sizes.map { number(100 * statistics.missRatio.missRatio(entries: $0), 2) }
      cells.append(row)
    }
    let widths = head.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let body = cells.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
        .joined(separator: "  ")
    }
    return [
      "", "\(section.name): \(section.shape)",
      "new@k: entries a step that the k steps before did not touch; set@k: distinct entries of k "
        + "steps; miss%@n: LRU of n entries a \(section.name == "pages" ? "head" : "layer")",
    ] + body
  }

  /// One JSON object; the miss ratio is listed for every cache size, from 0 up to the one that only
  /// first touches miss.
  var json: String {
    let header = trace.header
    var fields = [
      "\"model\": \(JSONText.quoted(header.model))",
      "\"source\": \(JSONText.quoted(header.source))",
      "\"domain\": \(JSONText.quoted(header.domain))",
      "\"licence\": \(JSONText.quoted(header.licence))",
      "\"note\": \(JSONText.quoted(header.note))",
    ]
    if let seed = header.seed { fields.append("\"seed\": \(seed)") }
    for section in sections {
      let layers = section.byLayer.map { layer in
        let shown = windows.filter { $0 < layer.newEntries.count }
        let curve = (0...layer.missRatio.largestUsefulEntries).map {
          number(layer.missRatio.missRatio(entries: $0), 6)
        }
        return "      {\"layer\": \(layer.layerNumber), \"steps\": \(layer.steps), "
          + "\"universe\": \(layer.universe), \"density\": \(number(layer.density, 6)), "
          + "\"touches_per_step\": \(number(layer.touchesPerStep, 4)), "
          + "\"top_10_percent_share\": \(number(layer.popularity.topShare(0.1), 6)), "
          + "\"gini\": \(number(layer.popularity.gini, 6)), "
          + "\"new_entries\": \(map(shown) { layer.newEntries[$0] }), "
          + "\"working_set\": \(map(shown) { layer.workingSet(window: $0) ?? 0 }), "
          + "\"accesses\": \(layer.missRatio.accesses), "
          + "\"cold_misses\": \(layer.missRatio.coldMisses), "
          + "\"miss_ratio\": [\(curve.joined(separator: ", "))]}"
      }
      fields.append(
        "\"\(section.name)\": {\n    \"shape\": \(JSONText.quoted(section.shape)),\n    \"layers\": [\n"
          + layers.joined(separator: ",\n") + "\n    ]\n  }")
    }
    return "{\n" + fields.map { "  \($0)" }.joined(separator: ",\n") + "\n}\n"
  }

  private func map(_ windows: [Int], _ value: (Int) -> Double) -> String {
    "{" + windows.map { "\"\($0)\": \(number(value($0), 4))" }.joined(separator: ", ") + "}"
  }

  private func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
