import SparseStructures

/// The reference loops of sparse kernels, with each of their branches recorded.
///
/// Instructions between branches are those of the loops' bodies: loads, sums and address arithmetic.
extension BranchTrace {
  /// Rows of a matrix times a vector: the loop over the entries of a row ends where the row does.
  public static func vectorProduct(_ matrix: MatrixStructure, most: Int) -> BranchTrace {
    var trace = BranchTrace()
    for row in 0..<matrix.rows where trace.count < most {
      let length = matrix.length(row)
      trace.record(1, length > 0, after: 4)
      for place in 0..<length { trace.record(2, place + 1 < length, after: 6) }
      trace.record(3, row + 1 < matrix.rows, after: 3)
    }
    return trace
  }

  /// The product of a matrix with itself, row by row through a hash table that is emptied for each row.
  public static func sparseProduct(_ matrix: MatrixStructure, most: Int) -> BranchTrace {
    var trace = BranchTrace()
    var bits = 1
    while 1 << bits < 2 * longestResult(matrix) { bits += 1 }
    var table = [Int32](repeating: -1, count: 1 << bits)
    var used: [Int] = []
    for row in 0..<matrix.rows where trace.count < most {
      let entries = matrix.row(row)
      for (place, k) in entries.enumerated() {
        let inner = matrix.row(Int(k))
        for (step, column) in inner.enumerated() {
          let mixed = UInt32(bitPattern: column) &* 2_654_435_761
          var slot = Int(mixed >> UInt32(32 - bits))
          while true {
            let isEmpty = table[slot] < 0
            trace.record(11, isEmpty, after: 5)
            if isEmpty {
              table[slot] = column
              used.append(slot)
              break
            }
            let isFound = table[slot] == column
            trace.record(12, isFound, after: 3)
            if isFound { break }
            slot = (slot + 1) & (table.count - 1)
          }
          trace.record(13, step + 1 < inner.count, after: 4)
        }
        trace.record(14, place + 1 < entries.count, after: 3)
      }
      for slot in used { table[slot] = -1 }
      used.removeAll(keepingCapacity: true)
      trace.record(15, row + 1 < matrix.rows, after: 3)
    }
    return trace
  }

  private static func longestResult(_ matrix: MatrixStructure) -> Int {
    (0..<matrix.rows).reduce(1) { most, row in
      max(most, matrix.row(row).reduce(0) { $0 + matrix.length(Int($1)) })
    }
  }

  /// The greatest `keep` of rows of scores, each row through a heap of the best so far.
  public static func selection(
    _ scores: (Int) -> Float, width: Int, keep: Int, most: Int
  ) -> BranchTrace {
    var trace = BranchTrace()
    var heap: [Float] = []
    var place = 0
    while trace.count < most {
      heap.removeAll(keepingCapacity: true)
      for step in 0..<width {
        let score = scores(place)
        place += 1
        let isFilling = heap.count < keep
        trace.record(21, isFilling, after: 3)
        if isFilling {
          heap.append(score)
          trace.raise(&heap)
        } else {
          let isBetter = score > heap[0]
          trace.record(22, isBetter, after: 3)
          if isBetter {
            heap[0] = score
            trace.sink(&heap)
          }
        }
        trace.record(23, step + 1 < width, after: 2)
      }
    }
    return trace
  }

  private mutating func raise(_ heap: inout [Float]) {
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      let isOut = heap[child] < heap[parent]
      record(24, isOut, after: 5)
      guard isOut else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func sink(_ heap: inout [Float]) {
    var parent = 0
    while true {
      let left = 2 * parent + 1
      let hasChild = left < heap.count
      record(25, hasChild, after: 3)
      guard hasChild else { return }
      var least = left
      if left + 1 < heap.count {
        let isRight = heap[left + 1] < heap[left]
        record(26, isRight, after: 4)
        if isRight { least = left + 1 }
      }
      let isOut = heap[least] < heap[parent]
      record(27, isOut, after: 4)
      guard isOut else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
