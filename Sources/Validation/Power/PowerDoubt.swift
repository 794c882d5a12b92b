import Costs
import Programs

/// Readings that say nothing of the call that they stand beside.
public enum PowerDoubt {
  /// Heads up to which attention kernels keep a tile in registers.
  static let widestHead = 256
  /// What HBM takes for a byte of zeros and a tensor unit for a product of zeros, in shares of what
  /// random bits take. Sums over 4 GiB, and 8192³ products, of zeros on an H200.
  static let zeros = (memory: 0.6, operation: 0.2)

  /// Why a reading is left out; nil when it is sound.
  public static func doubt(
    _ row: MeasuredCall, _ reading: PowerReading, work: BoardWork, board: BoardPower
  ) -> String? {
    if case .attentionDecode(let call) = row.call,
      max(call.keyDimension, call.valueDimension) > widestHead
    {
      return "the power of a kernel for heads wider than \(widestHead) is that of spilled registers"
    }
    guard reading.isResolved else {
      return "a power meter averages one second, and the call ran for less: the reading is of the "
        + "time before it"
    }
    guard !reading.isSettled else { return nil }
    var least = board
    least.memory *= zeros.memory
    least.operation *= zeros.operation
    let zerosWatts = least.watts(work, seconds: row.seconds)
    // With nothing before it.
    let floor = reading.expected(watts: zerosWatts, idle: board.idle, gap: PowerReading.window)
    return reading.watts < floor
      ? "its power is less than its bytes cost even of zeros: the call did not run in the meter's "
        + "second" : nil
  }
}
