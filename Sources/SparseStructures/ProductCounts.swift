/// What the product of two sparse matrices takes, counted from where their entries are.
public struct ProductCounts: Sendable, Hashable {
  /// Multiplications: for each entry of A the entries of its row of B.
  public var products = 0
  /// Entries of the result.
  public var results = 0
  /// Products of each row of A.
  public var productsOfRow: [Int] = []
  /// Entries of each row of the result.
  public var resultsOfRow: [Int] = []

  public init(_ a: MatrixStructure, _ b: MatrixStructure) {
    productsOfRow.reserveCapacity(a.rows)
    resultsOfRow.reserveCapacity(a.rows)
    var seen = [Int32](repeating: -1, count: b.rows)
    for row in 0..<a.rows {
      var (products, results) = (0, 0)
      for k in a.row(row) {
        for column in b.row(Int(k)) {
          products += 1
          if seen[Int(column)] != Int32(row) {
            seen[Int(column)] = Int32(row)
            results += 1
          }
        }
      }
      productsOfRow.append(products)
      resultsOfRow.append(results)
      self.products += products
      self.results += results
    }
  }

  /// Products of the busiest of `threads` over the mean where each has as many neighbouring rows.
  public func imbalanceOfEvenRows(threads: Int) -> Double {
    guard products > 0 else { return 1 }
    let rows = productsOfRow.count
    var most = 0
    for thread in 0..<threads {
      let (first, end) = (thread * rows / threads, (thread + 1) * rows / threads)
      most = max(most, productsOfRow[first..<end].reduce(0, +))
    }
    return max(1, Double(most) * Double(threads) / Double(products))
  }

  /// The same where each takes the next row once it has ended one: rows in their order to the thread
  /// with the least so far.
  public func imbalanceOfTurns(threads: Int) -> Double {
    guard products > 0 else { return 1 }
    var loads = [Int](repeating: 0, count: threads)
    for row in productsOfRow {
      var least = 0
      for thread in 1..<threads where loads[thread] < loads[least] { least = thread }
      loads[least] += row
    }
    return max(1, Double(loads.max() ?? 0) * Double(threads) / Double(products))
  }

  /// Runs of rows whose results a table of `entries` slots holds at once.
  public func windows(entries: Int) -> Int {
    var (windows, filled) = (results > 0 ? 1 : 0, 0)
    for row in resultsOfRow {
      if filled + row > entries, filled > 0 {
        windows += 1
        filled = 0
      }
      filled += row
    }
    return windows
  }

  /// Probes of a hash table with linear probing that is filled to a share: Knuth, volume 3, section 6.4,
  /// theorem K, for what is found and for what is not.
  public func probes(fill: Double) -> Double {
    let found = 0.5 * (1 + 1 / (1 - fill))
    let missed = 0.5 * (1 + 1 / ((1 - fill) * (1 - fill)))
    return Double(products - results) * found + Double(results) * missed
  }
}
