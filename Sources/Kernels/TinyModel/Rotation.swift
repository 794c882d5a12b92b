#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Rotary embedding in halves: (a, b) becomes (a cos - b sin, b cos + a sin), where a and b are the
/// halves of a head and pair i turns by position / theta^(2 i / width).
struct Rotation {
  private let half: Int
  private let cosines: [Float]
  private let sines: [Float]

  init(width: Int, theta: Double, positions: Int) {
    half = width / 2
    var cosines: [Float] = []
    var sines: [Float] = []
    for position in 0..<positions {
      for pair in 0..<width / 2 {
        let angle = Double(position) * pow(theta, -2 * Double(pair) / Double(width))
        cosines.append(Float(cos(angle)))
        sines.append(Float(sin(angle)))
      }
    }
    self.cosines = cosines
    self.sines = sines
  }

  /// Turns the first `heads` heads of `x`.
  func turn(_ x: inout [Float], heads: Int, position: Int) {
    for head in 0..<heads {
      for pair in 0..<half {
        let first = head * 2 * half + pair, second = first + half
        let cosine = cosines[position * half + pair], sine = sines[position * half + pair]
        let a = x[first], b = x[second]
        x[first] = a * cosine - b * sine
        x[second] = b * cosine + a * sine
      }
    }
  }
}
