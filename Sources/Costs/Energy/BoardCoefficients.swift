import Hardware
import Quantities

/// The energies of a board as coefficients of a fit, `power/board` among a device's calibrations.
extension BoardPower {
  /// Picojoules of a byte and of an operation, watts.
  public static let names = [
    "memory-pJ-byte", "cache-pJ-byte", "operation-pJ", "cores-W", "sustained-W",
  ]

  public func coefficient(_ name: String) -> Double? {
    switch name {
    case "memory-pJ-byte": memory * 1e12
    case "cache-pJ-byte": cache * 1e12
    case "operation-pJ": operation * 1e12
    case "cores-W": cores
    case "sustained-W": sustained
    default: nil
    }
  }

  /// - Returns: whether `name` is one of `names`.
  public mutating func set(_ name: String, _ value: Double) -> Bool {
    switch name {
    case "memory-pJ-byte": memory = value * 1e-12
    case "cache-pJ-byte": cache = value * 1e-12
    case "operation-pJ": operation = value * 1e-12
    case "cores-W": cores = value
    case "sustained-W": sustained = value
    default: return false
    }
    return true
  }
}
