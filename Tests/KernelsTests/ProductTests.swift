import Kernels
import Testing

/// Products with dense, structured, sparse and quantised weights.
@Suite struct ProductTests {
  @Test(arguments: [(1, 1), (3, 7), (64, 32), (130, 129)])
  func dense(rows: Int, columns: Int) throws {
    var random = Plain.Random(UInt64(rows))
    let w = try random.matrix(rows, columns)
    let x = random.floats(columns)
    let b = try random.matrix(columns, 19)
    let pool = try WorkerPool(threads: 2)
    #expect(Plain.error(try pool.multiply(w, x), Plain.product(w, x)) < 1e-5)
    let c = try pool.multiply(w, b)
    #expect(Plain.error(c.values, try Plain.product(w, b).values) < 1e-5)
  }

  @Test(arguments: [(2, 4), (1, 4), (3, 8), (5, 16), (2, 2)])
  func structured(kept: Int, of: Int) throws {
    var random = Plain.Random(UInt64(100 * kept + of))
    let dense = try random.matrix(37, 61)
    var values = dense.values
    var columns: [[Int32]] = []
    for row in 0..<37 {
      for start in stride(from: 0, to: 61, by: of) {
        let group = (start..<min(start + of, 61)).map { row * 61 + $0 }
        let dropped = group.sorted { abs(values[$0]) > abs(values[$1]) }.dropFirst(kept)
        for place in dropped { values[place] = 0 }
      }
      columns.append((0..<61).filter { values[row * 61 + Int($0)] != 0 })
    }
    let pruned = try DenseMatrix(rows: 37, columns: 61, values: values)
    let packed = try StructuredMatrix(packing: dense, kept: kept, of: of)
    let x = random.floats(61)
    let b = try random.matrix(61, 70)
    let pool = try WorkerPool(threads: 2)
    let ofVector = Touches(), ofMatrix = Touches()
    let y = try pool.multiply(packed, x, recorder: ofVector.recorder)
    #expect(Plain.error(y, Plain.product(pruned, x)) < 1e-5)
    #expect(ofVector.lists == [.columns: columns])
    #expect(try pool.multiply(packed, x) == y)
    let c = try pool.multiply(packed, b, recorder: ofMatrix.recorder)
    #expect(Plain.error(c.values, try Plain.product(pruned, b).values) < 1e-5)
    #expect(ofMatrix.lists == [.columns: columns])
    #expect(try pool.multiply(packed, b) == c)
  }

  private func sparse(
    _ rows: Int, _ columns: Int, _ random: inout Plain.Random
  ) throws -> (SparseMatrix, DenseMatrix) {
    var starts: [Int64] = [0]
    var ids: [Int32] = []
    var dense = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for id in random.ids(below: columns, share: 0.2) {
        ids.append(id)
        dense[row * columns + Int(id)] = Float.random(in: 0.5..<1, using: &random)
      }
      starts.append(Int64(ids.count))
    }
    let values = dense.filter { $0 != 0 }
    return (
      try SparseMatrix(rows: rows, columns: columns, starts: starts, ids: ids, values: values),
      try DenseMatrix(rows: rows, columns: columns, values: dense)
    )
  }

  @Test func csr() throws {
    var random = Plain.Random(7)
    let (a, denseA) = try sparse(33, 50, &random)
    let (b, denseB) = try sparse(50, 41, &random)
    let pool = try WorkerPool(threads: 2)
    let right = try Plain.product(denseA, denseB)
    let rows = (0..<33).map { Array(a.ids[Int(a.starts[$0])..<Int(a.starts[$0 + 1])]) }
    let ofDense = Touches(), ofSparse = Touches()
    let product = try pool.multiply(a, denseB, recorder: ofDense.recorder)
    #expect(Plain.error(product.values, right.values) < 1e-5)
    #expect(ofDense.lists == [.rows: rows])
    let c = try pool.multiply(a, b, recorder: ofSparse.recorder)
    #expect(ofSparse.lists == [.rows: rows])
    var dense = [Float](repeating: 0, count: 33 * 41)
    for row in 0..<33 {
      for at in Int(c.starts[row])..<Int(c.starts[row + 1]) {
        dense[row * 41 + Int(c.ids[at])] = c.values[at]
      }
    }
    #expect(Plain.error(dense, right.values) < 1e-5)
    // All values are positive, so nothing cancels and the patterns agree too.
    #expect(c.values.count == right.values.count { $0 != 0 })
  }

  @Test func refusesBrokenCSR() {
    func matrix(_ starts: [Int64], _ ids: [Int32]) throws -> SparseMatrix {
      try SparseMatrix(
        rows: 2, columns: 3, starts: starts, ids: ids,
        values: [Float](repeating: 1, count: ids.count))
    }
    #expect(throws: KernelFault.notRising(argument: "starts", index: 2)) {
      try matrix([0, 2, 1], [0, 1])
    }
    #expect(throws: KernelFault.notRising(argument: "ids", index: 1)) {
      try matrix([0, 2, 2], [1, 1])
    }
    #expect(throws: KernelFault.outOfRange(argument: "ids", found: 3, allowed: 0...2)) {
      try matrix([0, 1, 2], [0, 3])
    }
    #expect(throws: KernelFault.outOfRange(argument: "starts", found: 3, allowed: 2...2)) {
      try matrix([0, 1, 3], [0, 1])
    }
  }

  @Test func int8() throws {
    var random = Plain.Random(11)
    let dense = try random.matrix(21, 77)
    let packed = Int8Matrix(packing: dense)
    let unpacked = try DenseMatrix(
      rows: 21, columns: 77,
      values: packed.values.enumerated().map { Float($1) * packed.scales[$0 / 77] })
    // Rounded to half a step of 1/127 of a row's greatest value.
    #expect(Plain.error(unpacked.values, dense.values) < 0.5 / 127 * 1.01)
    let x = random.floats(77)
    let pool = try WorkerPool()
    #expect(Plain.error(try pool.multiply(packed, x), Plain.product(unpacked, x)) < 1e-5)
  }

  @Test(arguments: [true, false])
  func int4(isSparse: Bool) throws {
    var random = Plain.Random(13)
    let dense = try random.matrix(19, 150)
    let kept = (0..<19).map { _ in random.ids(below: 5, share: 0.5) }
    let packed = try Int4Matrix(packing: dense, group: 32, kept: isSparse ? kept : nil)
    let unpacked = try packed.unpacked()
    for row in 0..<19 {
      for column in 0..<150 {
        let value = unpacked.values[row * 150 + column]
        if isSparse && !kept[row].contains(Int32(column / 32)) {
          #expect(value == 0)
        } else {
          // Half of the widest step: from -1 to 1 in 15.
          #expect(abs(value - dense.values[row * 150 + column]) <= 1.01 / 15)
        }
      }
    }
    let x = random.floats(150)
    let pool = try WorkerPool(threads: 2)
    let touches = Touches()
    let y = try pool.multiply(packed, x, recorder: touches.recorder)
    #expect(Plain.error(y, Plain.product(unpacked, x)) < 1e-5)
    #expect(touches.lists == (isSparse ? [.groups: kept] : [:]))
  }

  @Test func refusesWrongCounts() throws {
    var random = Plain.Random(17)
    let w = try random.matrix(4, 5)
    let pool = try WorkerPool()
    #expect(throws: KernelFault.wrongCount(argument: "x", found: 4, expected: 5)) {
      try pool.multiply(w, [Float](repeating: 0, count: 4))
    }
    #expect(throws: KernelFault.wrongCount(argument: "values", found: 3, expected: 4)) {
      try DenseMatrix(rows: 2, columns: 2, values: [1, 2, 3])
    }
    #expect(throws: KernelFault.outOfMemory) {
      try DenseMatrix(rows: Int(Int32.max), columns: Int(Int32.max), values: [])
    }
  }
}
