import Quantities

/// The work of one operation: an affine function of a count that a trace decides.
///
/// At count n an operation moves `base + n × each` bytes and does `base + n × each` flops.
public struct Affine: Sendable, Hashable {
  public var base: Double
  public var each: Double
  public init(base: Double = 0, each: Double = 0) {
    self.base = base
    self.each = each
  }
  @inlinable public func callAsFunction(_ count: Double) -> Double { base + count * each }
  public static let zero = Affine()
}

/// Bytes that an operation moves through one tier or link.
public struct Traffic: Sendable, Hashable {
  /// The name of a tier or link of the profile.
  public var through: String
  public var bytes: Affine
  public init(through: String, bytes: Affine) {
    self.through = through
    self.bytes = bytes
  }
}
