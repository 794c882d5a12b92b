import ResultTables
import Traces

/// The statistics of a trace as people read them: by layer, by window, by cache size.
struct TraceTables {
  let report: TraceReport
  init(_ report: TraceReport) { self.report = report }

  func text() throws -> String {
    let header = report.trace.header
    var rows = [
      ("model", header.model), ("source", header.source), ("domain", header.domain),
      ("licence", header.licence),
    ]
    if !header.note.isEmpty { rows.append(("note", header.note)) }
    if let seed = header.seed { rows.append(("seed", "\(seed) (synthesised)")) }
    var origin = Table(columns: [Column("trace", .text), Column("", .text)])
    for row in rows { try origin.append([.text(row.0), .text(row.1)]) }
    var out = origin.text(width: 100)
    for section in report.sections {
      guard let mean = section.mean else { continue }
      out += "\n\(section.name): \(section.shape)\n"
      out += "\n" + (try layers(section, mean).text(width: 100))
      out += "\n" + (try persistence(section, mean).text(width: 100))
      out += "\n" + (try misses(section, mean).text(width: 100))
    }
    return out
  }

  private func layers(_ section: TraceReport.Section, _ mean: StreamStatistics) throws -> Table {
    let windows = [1, 8].filter { $0 < mean.newEntries.count }
    var table = Table(
      columns: [
        Column("layer", .text), Column("density", .real(.decimals(2)), unit: "%"),
        Column("a step", .real(.decimals(2))),
        Column("top tenth", .real(.decimals(1)), unit: "%"), Column("gini", .real(.decimals(3))),
      ] + windows.map { Column("new@\($0)", .real(.decimals(2))) },
      footnotes: [
        "a step: entries touched; top tenth: share of touches that go to the most popular tenth of "
          + "the entries; new@k: entries a step that the k steps before did not touch."
      ])
    for layer in section.byLayer + [mean] {
      try table.append(
        [
          .text(layer.layerNumber < 0 ? "mean" : "\(layer.layerNumber)"),
          .real(100 * layer.density), .real(layer.touchesPerStep),
          .real(100 * layer.popularity.topShare(0.1)), .real(layer.popularity.gini),
        ] + windows.map { .real(layer.newEntries[$0]) })
    }
    return table
  }

  private func persistence(
    _ section: TraceReport.Section, _ mean: StreamStatistics
  ) throws -> Table {
    var table = Table(
      columns: [
        Column("window", .integer, unit: "steps"), Column("new a step", .real(.decimals(2))),
        Column("least layer", .real(.decimals(2))), Column("most layer", .real(.decimals(2))),
        Column("working set", .real(.decimals(1))),
      ],
      footnotes: ["working set: distinct entries of so many steps in a row; means over layers."])
    for window in report.windows where window < mean.newEntries.count {
      let each = section.byLayer.map { $0.newEntries[window] }
      try table.append([
        .integer(window), .real(mean.newEntries[window]), .real(each.min() ?? 0),
        .real(each.max() ?? 0), .real(mean.workingSet(window: window) ?? 0),
      ])
    }
    return table
  }

  private func misses(_ section: TraceReport.Section, _ mean: StreamStatistics) throws -> Table {
    let place = section.name == "pages" ? "KV head" : "layer"
    let largest = section.byLayer.map(\.missRatio.largestUsefulEntries).max() ?? 0
    var table = Table(
      columns: [
        Column("LRU cache", .integer, unit: "entries"),
        Column("of all", .real(.decimals(1)), unit: "%"),
        Column("misses", .real(.decimals(2)), unit: "%"),
        Column("least layer", .real(.decimals(2))), Column("most layer", .real(.decimals(2))),
      ],
      footnotes: [
        "One cache a \(place). The last row misses first touches only; --format csv or json lists "
          + "every size."
      ])
    for entries in Self.cacheSizes(largest) {
      let each = section.byLayer.map { 100 * $0.missRatio.missRatio(entries: entries) }
      try table.append([
        .integer(entries), .real(100 * Double(entries) / Double(max(1, mean.universe))),
        .real(100 * mean.missRatio.missRatio(entries: entries)), .real(each.min() ?? 0),
        .real(each.max() ?? 0),
      ])
    }
    return table
  }

  /// Powers of two and one size between each two, up to the cache that holds all that returns.
  static func cacheSizes(_ largest: Int) -> [Int] {
    var sizes: [Int] = []
    var size = 1
    while size < largest {
      sizes.append(size)
      let between = size + size / 2
      if size > 1, between < largest { sizes.append(between) }
      size *= 2
    }
    return sizes + [largest]
  }
}
