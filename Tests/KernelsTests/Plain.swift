import Kernels

/// Plain loops in double precision, and random inputs, for tests.
enum Plain {
  /// SplitMix64: the same numbers on every machine.
  struct Random: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }

    mutating func floats(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float.random(in: -1..<1, using: &self) }
    }

    mutating func matrix(_ rows: Int, _ columns: Int) throws -> DenseMatrix {
      try DenseMatrix(rows: rows, columns: columns, values: floats(rows * columns))
    }

    /// Each id below `limit` with the given chance.
    mutating func ids(below limit: Int, share: Double) -> [Int32] {
      (0..<Int32(limit)).filter { _ in Double.random(in: 0..<1, using: &self) < share }
    }
  }

  static func dot(_ a: [Float], _ b: [Float]) -> Double {
    var total = 0.0
    for (left, right) in zip(a, b) { total += Double(left) * Double(right) }
    return total
  }

  static func product(_ w: DenseMatrix, _ x: [Float]) -> [Float] {
    (0..<w.rows).map { row in
      Float(dot(Array(w.values[row * w.columns..<(row + 1) * w.columns]), x))
    }
  }

  static func product(_ a: DenseMatrix, _ b: DenseMatrix) throws -> DenseMatrix {
    var values: [Float] = []
    for row in 0..<a.rows {
      for column in 0..<b.columns {
        var total = 0.0
        for k in 0..<a.columns {
          total += Double(a.values[row * a.columns + k]) * Double(b.values[k * b.columns + column])
        }
        values.append(Float(total))
      }
    }
    return try DenseMatrix(rows: a.rows, columns: b.columns, values: values)
  }

  /// The greatest difference over the greatest right value.
  static func error(_ found: [Float], _ right: [Float]) -> Float {
    guard found.count == right.count else { return .infinity }
    let apart = zip(found, right).map { abs($0 - $1) }.max() ?? 0
    let greatest = right.map(abs).max() ?? 0
    return greatest > 0 ? apart / greatest : apart
  }

  /// Softmax attention of one query over the tokens that `reads` admits.
  static func attention(
    _ query: ArraySlice<Float>, keys: [[Float]], values: [[Float]], reads: (Int) -> Bool
  ) -> [Float] {
    let query = Array(query)
    var total = 0.0
    var out = [Double](repeating: 0, count: query.count)
    for token in keys.indices where reads(token) {
      let score = dot(query, keys[token])
      let share = exponential(score / Double(query.count).squareRoot())
      total += share
      for channel in out.indices { out[channel] += share * Double(values[token][channel]) }
    }
    return out.map { total > 0 ? Float($0 / total) : 0 }
  }

  /// e^x by its power series, halved until it converges fast.
  static func exponential(_ x: Double) -> Double {
    if abs(x) > 0.5 {
      let half = exponential(x / 2)
      return half * half
    }
    var term = 1.0
    var sum = 1.0
    for n in 1...20 {
      term *= x / Double(n)
      sum += term
    }
    return sum
  }
}
