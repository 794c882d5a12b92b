/// A number of a profile with where it came from.
public struct Figure<Value: Sendable & Hashable>: Sendable, Hashable {
  public var value: Value
  /// A key of the profile's `sources`.
  public var source: String
  public var basis: Basis
  /// Of a figure that was timed several times, half of the distance of the quartiles over the
  /// median; nil where nobody says.
  public var spread: Double?
  public init(_ value: Value, source: String, basis: Basis, spread: Double? = nil) {
    self.value = value
    self.source = source
    self.basis = basis
    self.spread = spread
  }

  /// Another value of the same origin.
  public func with<Other>(_ other: Other) -> Figure<Other> {
    Figure<Other>(other, source: source, basis: basis, spread: spread)
  }
}

/// What kind of knowledge a figure is.
public enum Basis: String, CaseIterable, Sendable {
  /// Stated by the vendor or a standard.
  case datasheet
  /// Timed on the device.
  case measured
  /// Arithmetic on cited figures.
  case derived
  /// Taken from the nearest device of the class for want of a figure of its own.
  case inherited
  /// Remembered, with no stored page that states it.
  case recalled
}
