/// Random draws that depend only on (seed, purpose, entity) and on how many were drawn before.
///
/// Streams of different keys are independent, so that entities may be drawn in any order and on
/// any number of threads with the same result. One stream gives 2³⁴ words of 32 bits, then repeats.
///
///     var draws = KeyedStream(seed: 1, purpose: "neurons", entity: 42)
///     let share = draws.uniform()
@frozen
public struct KeyedStream: RandomNumberGenerator, Sendable {
  /// What the draws are for, as 32 bits: two purposes never share draws by accident.
  @frozen
  public struct Purpose: Sendable, Hashable, ExpressibleByStringLiteral {
    @usableFromInline let code: UInt32
    /// The code is the 32-bit FNV-1a hash of the name.
    @inlinable
    public init(_ name: String) {
      code = name.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
    @inlinable
    public init(stringLiteral name: String) { self.init(name) }
  }

  @usableFromInline let key: SIMD2<UInt32>
  @usableFromInline var counter: SIMD4<UInt32>
  @usableFromInline var block = SIMD4<UInt32>()
  @usableFromInline var used = 4

  @inlinable
  public init(seed: UInt64, purpose: Purpose, entity: UInt64 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(
      0, purpose.code,
      UInt32(truncatingIfNeeded: entity), UInt32(truncatingIfNeeded: entity >> 32))
  }

  /// The next 32 random bits.
  @inlinable
  public mutating func bits() -> UInt32 {
    if used == 4 {
      block = Philox4x32.block(counter: counter, key: key)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  @inlinable
  public mutating func next() -> UInt64 {
    let low = UInt64(bits())
    return UInt64(bits()) << 32 | low
  }

  /// A number in [0, 1) with 53 random bits.
  @inlinable
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A whole number in 0..<n, each equally likely (Lemire's method, without bias).
  /// - Precondition: n is positive.
  @inlinable
  public mutating func below(_ n: Int) -> Int {
    precondition(n > 0, "an empty range has nothing to draw")
    return Int(next(upperBound: UInt64(n)))
  }
}
