import Quantities

/// One column of a table: its name, what its cells are, and how they are shown.
public struct Column: Sendable {
  /// What the cells of a column hold, and how the text table shows them.
  public enum Kind: Sendable {
    case text
    case integer
    case real(Digits = .significant(4))
    /// Amounts of one dimension, each shown in its most readable unit.
    case quantity(any Quantity.Type)
  }

  /// How many digits of a real number are shown; files always get all of them.
  public enum Digits: Hashable, Sendable {
    case decimals(Int)
    case significant(Int)
  }

  /// The metric's or key's own name, without its unit.
  public let name: String
  public let kind: Kind
  /// The unit of an integer or real column, such as `tokens`; a quantity brings its own.
  public let unit: String?
  /// Whether the text table shows all amounts of a quantity in one unit, named in the heading, so
  /// that they compare at a glance; amounts too far apart keep a unit each.
  public let inOneUnit: Bool

  public init(_ name: String, _ kind: Kind, unit: String? = nil, inOneUnit: Bool = false) {
    self.name = name
    self.kind = kind
    self.unit = unit
    self.inOneUnit = inOneUnit
  }

  /// The name in files, where the unit is part of it: `time_seconds`.
  public var fileName: String {
    switch kind {
    case .quantity(let type): "\(name)_\(UnitWords.word(for: type.units.base))"
    case .text, .integer, .real: unit.map { "\(name)_\(UnitWords.word(for: $0))" } ?? name
    }
  }

  /// The name over the text table.
  var heading: String {
    if case .quantity = kind { return name }
    return unit.map { "\(name) (\($0))" } ?? name
  }

  var isNumber: Bool {
    if case .text = kind { return false }
    return true
  }

  /// The word for the kind in the schema of JSON files.
  var kindName: String {
    switch kind {
    case .text: "text"
    case .integer: "integer"
    case .real, .quantity: "real"
    }
  }

  /// The unit of the numbers in files, in symbols.
  var fileUnit: String? {
    if case .quantity(let type) = kind { return type.units.base }
    return unit
  }

  /// Whether a cell may stand in this column.
  func takes(_ cell: Cell) -> Bool {
    switch (kind, cell) {
    case (_, .missing), (.text, .text), (.integer, .integer), (.real, .real): true
    case (.quantity(let type), .quantity(let amount)): Swift.type(of: amount) == type
    default: false
    }
  }
}

/// Unit symbols as words that a column name can carry.
enum UnitWords {
  private static let words = [
    "s": "seconds", "B": "bytes", "FLOP": "flops", "B/s": "bytes_per_second",
    "FLOP/s": "flops_per_second", "/s": "per_second", "J": "joules", "W": "watts",
    "J/B": "joules_per_byte", "J/FLOP": "joules_per_flop", "USD": "dollars",
    "USD/s": "dollars_per_second", "%": "percent",
  ]

  static func word(for unit: String) -> String {
    words[unit] ?? String(unit.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}
