import ResultTables

extension RequestReport {
  /// Every figure as a row, for files.
  func table() throws -> Table {
    var table = Table(columns: [
      Column("section", .text), Column("statistic", .text), Column("at", .text),
      Column("value", .real(.significant(12))), Column("unit", .text),
    ])
    for section in sections {
      for figure in section.figures {
        try table.append([
          .text(section.name), .text(figure.name), figure.at.map { .text($0) } ?? .missing,
          .real(figure.value), figure.unit.isEmpty ? .missing : .text(figure.unit),
        ])
      }
    }
    return table
  }

  /// The figures as people read them.
  func text() throws -> String {
    var out = "\(kind.rawValue)\n"
    for section in sections { out += "\n" + (try text(of: section)) }
    return out
  }

  private func text(of section: Section) throws -> String {
    let notes = section.note.map { [$0] } ?? []
    guard section.figures.contains(where: { $0.at != nil }) else {
      var table = Table(
        columns: [
          Column(section.name, .text), Column("value", .real(.significant(6))), Column("unit", .text),
        ], footnotes: notes)
      for figure in section.figures {
        try table.append([.text(figure.name), .real(figure.value), .text(figure.unit)])
      }
      return table.text(width: 100)
    }
    // One row a length or cache size: a column for each figure of it.
    let byName = section.name == "lengths"
    var rows: [String] = []
    var columns: [String] = []
    for figure in section.figures {
      let (row, column) = Self.place(figure, byName)
      if !rows.contains(row) { rows.append(row) }
      if !columns.contains(column) { columns.append(column) }
    }
    let title = byName ? "tokens" : section.name == "prefixes" ? "cache, blocks" : section.name
    var table = Table(
      columns: [Column(title, .text)] + columns.map { Column($0, .real(.significant(6))) },
      footnotes: notes)
    for row in rows {
      let cells = columns.map { column -> Cell in
        let found = section.figures.first { Self.place($0, byName) == (row, column) }
        return found.map { .real($0.value) } ?? .missing
      }
      try table.append([.text(row)] + cells)
    }
    return table.text(width: 100)
  }

  private static func place(_ figure: Figure, _ byName: Bool) -> (row: String, column: String) {
    let unit = byName || figure.unit.isEmpty ? "" : ", \(figure.unit)"
    return byName
      ? (figure.name, figure.at ?? "") : (figure.at ?? "", figure.name + unit)
  }
}
