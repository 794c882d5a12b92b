import Diagnostics

/// Looks at every value of a column that something will index or add up.
struct ValueCheck {
  let column: Column

  private func fault(_ index: Int, _ found: String, _ allowed: String) -> TraceFault {
    TraceFault(.outOfRange(key: "\(column.name)[\(index)]", found: found, allowed: allowed))
  }

  /// Ids are below `limit`, or the largest value of their type for "nothing recorded".
  func ids(below limit: Int, in range: Range<Int>, allowed: String) throws(TraceFault) {
    switch column.type {
    case .u8: try ids(of: UInt8.self, below: limit, in: range, allowed)
    case .u16: try ids(of: UInt16.self, below: limit, in: range, allowed)
    default: try ids(of: UInt32.self, below: limit, in: range, allowed)
    }
  }

  private func ids<Id: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    of type: Id.Type, below limit: Int, in range: Range<Int>, _ allowed: String
  ) throws(TraceFault) {
    let values = column.bytes.assumingMemoryBound(to: Id.self)
    let bound = UInt64(limit)
    for index in range where UInt64(values[index]) >= bound && values[index] != .max {
      throw fault(index, "\(values[index])", allowed)
    }
  }

  /// Masses and weights are finite, not negative and at most `limit`.
  func shares(upTo limit: Float) throws(TraceFault) {
    let row = ShareRow(base: column.address, isHalf: column.type == .f16, count: column.count)
    for (index, value) in row.enumerated() where !(value >= 0 && value <= limit) {
      throw fault(index, "\(value)", "a number between 0 and \(limit)")
    }
  }

  /// Starts rise from 0 and stay below `end`, which is the last of them when `isEndListed`.
  func starts(end: Int, isEndListed: Bool) throws(TraceFault) {
    let values = column.counts
    guard values[0] == 0 else { throw fault(0, "\(values[0])", "0: the first token is token 0") }
    for index in 1..<max(1, values.count) where values[index] <= values[index - 1] {
      throw fault(index, "\(values[index])", "more than the start before it")
    }
    guard let last = values.last, isEndListed ? last == end && end > 0 : last < end else {
      throw fault(
        values.count - 1, "\(values[values.count - 1])",
        isEndListed ? "the token count \(end) at the end" : "a token below \(end)")
    }
  }

  /// Bits beyond the last neuron are 0.
  func padding() throws(TraceFault) {
    let neurons = column.shape[2]
    guard neurons % 64 != 0 else { return }
    let words = column.bytes.assumingMemoryBound(to: UInt64.self)
    let rowWords = (neurons + 63) / 64
    for row in 0..<column.shape[0] * column.shape[1]
    where words[row * rowWords + rowWords - 1] >> UInt64(neurons % 64) != 0 {
      throw fault(row, "bits beyond neuron \(neurons - 1)", "zeros after the last neuron of a row")
    }
  }
}
