import SparseStructures
import Testing

@testable import BranchPrediction

@Suite("Structure of sparse matrices")
struct SparseStructureTests {
  /// Rows: {0, 2}, {1}, {0, 1, 2}.
  private let small = MatrixStructure(
    rows: 3, entries: [(2, 1), (0, 2), (0, 0), (1, 1), (2, 0), (2, 2), (0, 2)])

  @Test("entries are sorted and equal ones count once")
  func entries() {
    #expect(small.starts == [0, 2, 3, 6])
    #expect(small.columns == [0, 2, 1, 0, 1, 2])
  }

  @Test("products and results of a square are counted by hand")
  func squares() {
    let counts = ProductCounts(small, small)
    // Row 0 meets rows 0 and 2, row 1 itself, row 2 all.
    #expect(counts.productsOfRow == [5, 1, 6])
    #expect(counts.resultsOfRow == [3, 1, 3])
    #expect(counts.products == 12)
    #expect(counts.results == 7)
    // Three threads have a row each: 6 of 12 products where 4 are the mean.
    #expect(counts.imbalanceOfEvenRows(threads: 3) == 1.5)
    #expect(counts.windows(entries: 4) == 2)
    #expect(counts.windows(entries: 7) == 1)
  }

  @Test("probes follow Knuth's counts for linear probing")
  func probes() {
    let counts = ProductCounts(small, small)
    // Half full: 1.5 for what is found, 2.5 for what is not.
    #expect(counts.probes(fill: 0.5) == 5 * 1.5 + 7 * 2.5)
  }

  @Test("R-MAT draws uneven rows, uniform ones even", arguments: [UInt64(1), 2, 3])
  func laws(seed: UInt64) {
    let power = MatrixStructure.drawn(.rMat, rows: 1024, count: 16_384, seed: seed)
    let even = MatrixStructure.drawn(.uniform, rows: 1024, count: 16_384, seed: seed)
    let longest = { (matrix: MatrixStructure) in (0..<matrix.rows).map(matrix.length).max() ?? 0 }
    #expect(power.rows == 1024)
    #expect(even.count > 16_000)
    #expect(longest(even) < 45)
    #expect(longest(power) > 150)
    #expect(power == MatrixStructure.drawn(.rMat, rows: 1024, count: 16_384, seed: seed))
  }

  @Test("a vector product has a branch for each entry, row and end of row")
  func branches() {
    let trace = BranchTrace.vectorProduct(small, most: 1000)
    #expect(trace.count == 6 + 3 + 3)
    #expect(trace.instructions == 6 * 6 + 3 * 4 + 3 * 3)
  }
}
