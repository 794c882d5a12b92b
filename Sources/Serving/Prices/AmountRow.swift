import Simulation

/// Amounts of a step as whole numbers: picoseconds, nanojoules, thousands of flops, bytes by path.
enum AmountRow {
  /// Below what adds up to the end of the clock and the counters.
  private static let most = 1e17

  static func whole(_ amounts: [Double]) -> [Int64] {
    amounts.enumerated().map { place, amount in whole(amount, place: place) }
  }

  /// The amount at a place of a row.
  @inline(__always)
  static func whole(_ amount: Double, place: Int) -> Int64 {
    let scaled =
      switch place {
      case StepPrice.seconds: amount * 1e12
      case StepPrice.joules: amount * 1e9
      case StepPrice.flops: amount * 1e-3
      default: amount
      }
    return Int64(max(-most, min(most, scaled.rounded())))
  }
}

/// Places along an axis of sizes, so many in every doubling: exact below the first doubling, and
/// between places a straight line.
struct SizeGrid: Sendable {
  /// Places in a doubling, as a power of two.
  let bits: Int

  /// The place at or below a size.
  @inline(__always)
  func place(_ size: Int) -> Int {
    guard size >= 1 << bits else { return size }
    let octave = Int.bitWidth - 1 - size.leadingZeroBitCount
    return ((octave - bits) << bits) + (size >> (octave - bits))
  }

  /// The size at a place.
  @inline(__always)
  func size(_ place: Int) -> Int {
    let octave = place >> bits
    guard octave > 1 else { return place }
    return ((1 << bits) + place & ((1 << bits) - 1)) << (octave - 1)
  }
}
