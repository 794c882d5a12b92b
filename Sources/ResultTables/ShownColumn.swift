import Quantities

/// A column of the text table: its heading and cells as they are shown.
struct ShownColumn {
  let heading: String
  let cells: [String]
  let isNumber: Bool

  init(_ column: Column, cells: [Cell]) {
    isNumber = column.isNumber
    if column.inOneUnit, case .quantity(let type) = column.kind,
      let unit = type.units.common(cells.compactMap(\.amount))
    {
      let decimals = Self.decimals(cells.compactMap(\.amount).map { abs($0) / unit.factor })
      heading = "\(column.name) (\(unit.name))"
      self.cells = cells.map { cell in
        cell.amount.map { Decimal.fixed($0 / unit.factor, decimals: decimals) } ?? "-"
      }
    } else {
      heading = column.heading
      self.cells = cells.map { Self.text($0, column) }
    }
  }

  /// Places that the widest cell or the heading takes.
  var width: Int { cells.reduce(heading.count) { max($0, $1.count) } }

  var longestWord: Int {
    cells.reduce(0) { $1.split(separator: " ").reduce($0) { max($0, $1.count) } }
  }

  /// Decimals that leave the largest amount four digits and the smallest three.
  private static func decimals(_ amounts: [Double]) -> Int {
    let sizes = amounts.filter { $0 > 0 }
    func digits(_ amount: Double) -> Int {
      var digits = 1
      var rest = amount
      while rest >= 9.9995, digits < 18 {
        rest /= 10
        digits += 1
      }
      return digits
    }
    let most = 4 - digits(sizes.max() ?? 1)
    let least = 3 - digits(sizes.min() ?? 1)
    return max(0, most, least)
  }

  private static func text(_ cell: Cell, _ column: Column) -> String {
    switch cell {
    case .text(let text): return Words.plain(text)
    case .integer(let value): return "\(value)"
    case .quantity(let amount): return amount.description
    case .missing: return "-"
    case .real(let value):
      guard case .real(let digits) = column.kind else { return "\(value)" }
      switch digits {
      case .decimals(let count): return Decimal.fixed(value, decimals: count)
      case .significant(let count): return Decimal.significant(value, digits: count)
      }
    }
  }
}
