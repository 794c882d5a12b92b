import Quantities

/// One value of a table.
public enum Cell: Sendable {
  case text(String)
  case integer(Int)
  case real(Double)
  case quantity(any Quantity)
  /// Nothing was measured or predicted here; never zero.
  case missing

  /// The amount, or `missing` for nil.
  public static func optional(_ amount: (any Quantity)?) -> Cell {
    amount.map { .quantity($0) } ?? .missing
  }

  /// The number, or `missing` for nil.
  public static func optional(_ number: Double?) -> Cell {
    number.map { .real($0) } ?? .missing
  }

  /// The amount of a quantity, in its base unit.
  var amount: Double? {
    if case .quantity(let amount) = self { return amount.value }
    return nil
  }

  var isFinite: Bool {
    switch self {
    case .real(let value): value.isFinite
    case .quantity(let amount): amount.value.isFinite
    case .text, .integer, .missing: true
    }
  }

  /// The cell in files: an amount is its number of base units.
  var json: JSONValue {
    switch self {
    case .text(let text): .text(text)
    case .integer(let value): .integer(value)
    case .real(let value): .number(value)
    case .quantity(let amount): .number(amount.value)
    case .missing: .null
    }
  }
}

extension Cell: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
}
