extension Table {
  /// The table for people: aligned columns, numbers to the right, nothing wider than `width`.
  ///
  /// Long texts are broken over lines. When the columns still do not fit they are shown in bands
  /// below each other, the first column repeated. One character counts as one place.
  /// - Parameter width: at least 20 columns; a number or a name wider than that
  ///   stands out.
  public func text(width: Int = 100) -> String {
    let width = max(width, 20)
    let shown = columns.indices.map { index in
      ShownColumn(columns[index], cells: rows.map { $0[index] })
    }
    let widths = Self.fitted(shown, to: width)
    var lines = title.map { Words.wrapped(Words.plain($0), to: width) } ?? []
    for (number, band) in bands(widths, width).enumerated() {
      if number > 0 { lines.append("") }
      lines += band.lines(shown, widths)
    }
    lines += footnotes.flatMap { Words.wrapped(Words.plain($0), to: width) }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Column widths; text columns are narrowed, the widest first, while a row is too wide. A word is
  /// cut only where it would fill more than a third of the line.
  private static func fitted(_ columns: [ShownColumn], to width: Int) -> [Int] {
    let third = (width - 2) / 3
    let narrowest = columns.map { min(max($0.longestWord, 12), third) }
    var widths = columns.map(\.width)
    var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
    while excess > 0 {
      let narrowable = columns.indices.filter {
        !columns[$0].isNumber && widths[$0] > max(narrowest[$0], columns[$0].heading.count)
      }
      guard let widest = narrowable.max(by: { (widths[$0], $1) < (widths[$1], $0) }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths.indices.map { columns[$0].isNumber ? widths[$0] : min(widths[$0], width) }
  }

  /// The columns of each band: as many as fit beside the first.
  private func bands(_ widths: [Int], _ width: Int) -> [Band] {
    var bands = [Band(indices: [0])]
    var used = widths[0]
    for index in widths.indices.dropFirst() {
      if used + 2 + widths[index] > width, bands[bands.count - 1].indices.count > 1 {
        bands.append(Band(indices: [0]))
        used = widths[0]
      }
      bands[bands.count - 1].indices.append(index)
      used += 2 + widths[index]
    }
    return bands
  }
}

/// Columns that stand side by side.
private struct Band {
  var indices: [Int]

  func lines(_ columns: [ShownColumn], _ widths: [Int]) -> [String] {
    let rule = indices.map { String(repeating: "-", count: widths[$0]) }.joined(separator: "  ")
    let rows = columns[0].cells.indices
    return block(columns.map(\.heading), columns, widths) + [rule]
      + rows.flatMap { row in block(columns.map { $0.cells[row] }, columns, widths) }
  }

  /// One row, on as many lines as its longest text takes.
  private func block(_ row: [String], _ columns: [ShownColumn], _ widths: [Int]) -> [String] {
    let parts = indices.map { index in
      columns[index].isNumber ? [row[index]] : Words.wrapped(row[index], to: widths[index])
    }
    let height = parts.reduce(1) { max($0, $1.count) }
    return (0..<height).map { line in
      let fields = zip(indices, parts).map { index, part in
        let field = line < part.count ? part[line] : ""
        let padding = String(repeating: " ", count: max(0, widths[index] - field.count))
        return columns[index].isNumber ? padding + field : field + padding
      }
      return Words.withoutTrailingBlanks(fields.joined(separator: "  "))
    }
  }
}
