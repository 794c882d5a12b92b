/// Why a kernel did not run. Every refusal of this room is one of these.
public enum KernelFault: Error, Hashable, Sendable {
  /// Memory or threads could not be had.
  case outOfMemory
  /// An array whose length does not fit its shape.
  case wrongCount(argument: String, found: Int, expected: Int)
  /// A number outside the range that has a meaning.
  case outOfRange(argument: String, found: Int, allowed: ClosedRange<Int>)
  /// Ids that must rise strictly: the one at `index` is not above the one before it.
  case notRising(argument: String, index: Int)
  /// The operating system refused to open or read a file; `code` is its error number.
  case unreadable(code: Int32)
}

/// What kernels ask of their inputs before C code sees them.
enum Inputs {
  static func check(_ status: Int32) throws(KernelFault) {
    guard status == 0 else { throw .outOfMemory }
  }

  static func count(
    _ found: Int, _ expected: Int, _ argument: String
  ) throws(KernelFault) {
    guard found == expected else {
      throw .wrongCount(argument: argument, found: found, expected: expected)
    }
  }

  static func range(
    _ found: Int, _ allowed: ClosedRange<Int>, _ argument: String
  ) throws(KernelFault) {
    guard allowed.contains(found) else {
      throw .outOfRange(argument: argument, found: found, allowed: allowed)
    }
  }

  /// Sizes from 1 up to what ids of 32 bits can name.
  static func size(_ found: Int, _ argument: String) throws(KernelFault) {
    try range(found, 1...Int(Int32.max), argument)
  }

  /// Swift stops the process where an array finds no memory, so greater ones are refused: 64 GiB.
  private static let mostFloats = 1 << 34

  /// The product of sizes, as a count of floats.
  static func product(_ sizes: Int...) throws(KernelFault) -> Int {
    var result = 1
    for size in sizes {
      let (next, overflow) = result.multipliedReportingOverflow(by: size)
      guard !overflow, next <= mostFloats else { throw .outOfMemory }
      result = next
    }
    return result
  }

  /// Ids below `limit`, none twice, rising.
  static func rising(
    _ ids: some Collection<Int32>, below limit: Int, _ argument: String
  ) throws(KernelFault) {
    var last = -1
    for (index, id) in ids.enumerated() {
      guard id >= 0, Int(id) < limit else {
        throw .outOfRange(argument: argument, found: Int(id), allowed: 0...max(limit - 1, 0))
      }
      guard Int(id) > last else { throw .notRising(argument: argument, index: index) }
      last = Int(id)
    }
  }

  /// Starts of `lists` lists that share one array of `count` entries: from 0, never falling.
  static func starts(
    _ starts: [Int64], lists: Int, count: Int, _ argument: String
  ) throws(KernelFault) {
    try self.count(starts.count, lists + 1, argument)
    try range(Int(starts[0]), 0...0, argument)
    for index in 1..<starts.count where starts[index] < starts[index - 1] {
      throw .notRising(argument: argument, index: index)
    }
    try range(Int(starts[lists]), count...count, argument)
  }
}
