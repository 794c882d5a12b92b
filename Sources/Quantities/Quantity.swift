/// A physical amount: a `Double` in the base unit of its type.
///
/// Each dimension is its own concrete struct, so that adding bytes to seconds does not compile and
/// the compiler's messages name the field's own words. Amounts of one dimension add, subtract,
/// compare and scale; the products and quotients that mean something are in `Arithmetic.swift`.
public protocol Quantity: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The amount in the base unit.
  var value: Double { get }
  init(_ value: Double)
  /// The units this dimension is written in; the first with factor 1 is the base unit.
  static var units: UnitTable { get }
}

extension Quantity {
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
  @inlinable public static func + (a: Self, b: Self) -> Self { Self(a.value + b.value) }
  @inlinable public static func - (a: Self, b: Self) -> Self { Self(a.value - b.value) }
  @inlinable public static func * (a: Self, factor: Double) -> Self { Self(a.value * factor) }
  @inlinable public static func * (factor: Double, a: Self) -> Self { Self(a.value * factor) }
  @inlinable public static func / (a: Self, divisor: Double) -> Self { Self(a.value / divisor) }
  /// The ratio of two amounts of one dimension.
  @inlinable public static func / (a: Self, b: Self) -> Double { a.value / b.value }
  @inlinable public static func += (a: inout Self, b: Self) { a = a + b }
  @inlinable public static func -= (a: inout Self, b: Self) { a = a - b }
  @inlinable public static var zero: Self { Self(0) }

  /// The amount in its most readable unit, four significant digits: `2.039 TB/s`.
  public var description: String { Self.units.print(value) }
}
