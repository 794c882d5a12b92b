import NumericalMethods

/// The laws that matrices are drawn by.
public enum MatrixLaw: String, CaseIterable, Sendable {
  /// Recursive quarters with shares 0.57, 0.19, 0.19 and 0.05, as Graph500 draws them: few rows have most
  /// entries.
  case rMat = "r-mat"
  /// Every place is equally likely.
  case uniform
  /// Runs of entries beside the diagonal whose lengths repeat: 3, 9, 5, 12, 4, 7 and so on.
  case banded
}

extension MatrixStructure {
  /// A square matrix of about `count` entries; fewer where draws fall together.
  /// - Parameters:
  ///   - rows: rounded up to a power of two for `rMat`.
  public static func drawn(
    _ law: MatrixLaw, rows: Int, count: Int, seed: UInt64
  ) -> MatrixStructure {
    var draws = KeyedStream(seed: seed, purpose: "sparse-matrix")
    switch law {
    case .rMat: return recursive(rows: rows, count: count, &draws)
    case .uniform:
      let entries = (0..<count).map { _ in
        (
          row: Int32(draws.below(rows)), column: Int32(draws.below(rows))
        )
      }
      return MatrixStructure(rows: rows, entries: entries)
    case .banded: return banded(rows: rows, count: count)
    }
  }

  private static func recursive(
    rows: Int, count: Int, _ draws: inout KeyedStream
  ) -> MatrixStructure {
    var levels = 0
    while 1 << levels < rows { levels += 1 }
    var entries: [(row: Int32, column: Int32)] = []
    entries.reserveCapacity(count)
    for _ in 0..<count {
      var (row, column): (Int32, Int32) = (0, 0)
      for _ in 0..<levels {
        let share = draws.uniform()
        row = row << 1 | (share >= 0.76 ? 1 : 0)
        column = column << 1 | (share >= 0.57 && share < 0.76 || share >= 0.95 ? 1 : 0)
      }
      entries.append((row, column))
    }
    return MatrixStructure(rows: 1 << levels, entries: entries)
  }

  private static func banded(rows: Int, count: Int) -> MatrixStructure {
    let mean = max(1, count / max(1, rows))
    let pattern = [3, 9, 5, 12, 4, 7, 6, 10, 2, 8, 11, 5]
    let scale = Double(mean) * Double(pattern.count) / Double(pattern.reduce(0, +))
    var entries: [(row: Int32, column: Int32)] = []
    for row in 0..<rows {
      let length = max(1, Int((Double(pattern[row % pattern.count]) * scale).rounded()))
      for place in 0..<min(length, rows) {
        entries.append((Int32(row), Int32((row + place) % rows)))
      }
    }
    return MatrixStructure(rows: rows, entries: entries)
  }
}
