/// A small generator for tests, with the reference constants of SplitMix64.
public struct SplitMix {
  public var state: UInt64
  public init(state: UInt64) { self.state = state }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A whole number in `0..<n`.
  public mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }

  /// A number in `a..<b`.
  public mutating func uniform(_ a: Double, _ b: Double) -> Double {
    a + (b - a) * Double(next() >> 11) * 0x1p-53
  }

  public mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

  /// True once in `n` draws on average.
  public mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }
}
