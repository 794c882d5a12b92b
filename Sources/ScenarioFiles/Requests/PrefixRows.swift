import Quantities
import Workloads

/// How one kind of JSON log counts time and blocks.
protocol PrefixLog {
  /// The key of the arrival, its unit and the unit's picoseconds.
  static var timeKey: StaticString { get }
  static var timeUnit: String { get }
  static var picoseconds: Int64 { get }
  /// Tokens of a block.
  static var blockTokens: Int { get }
}

/// Mooncake: milliseconds, blocks of 512 tokens, the last of which may be partial.
enum MooncakeLog: PrefixLog {
  static let timeKey: StaticString = "timestamp"
  static let timeUnit = "ms"
  static let picoseconds: Int64 = 1_000_000_000
  static let blockTokens = 512
}

/// ShareGPT as serving benchmarks replay it: nanoseconds, whole blocks of 16 tokens.
enum ShareGPTLog: PrefixLog {
  static let timeKey: StaticString = "arrival_time_ns"
  static let timeUnit = "ns"
  static let picoseconds: Int64 = 1000
  static let blockTokens = 16
}

/// One JSON object a line: an arrival, two lengths, and the identities of the prompt's blocks.
struct PrefixRows<Log: PrefixLog>: LogRows {
  static var format: String { "JSON" }
  static var columns: [LogColumn] {
    let latest = RequestStream.latest.picoseconds / Log.picoseconds
    return [
      LogColumn(
        name: "\(Log.timeKey)", allowed: "a whole number of \(Log.timeUnit) between 0 and \(latest)"
      ),
      LogColumn(name: "input_length", allowed: LengthRows.tokens),
      LogColumn(name: "output_length", allowed: LengthRows.tokens),
      LogColumn(
        name: "hash_ids",
        allowed: "a list of whole numbers below 2^64, one for each \(Log.blockTokens) tokens of "
          + "input_length"),
    ]
  }
  private static var inputKey: StaticString { "input_length" }
  private static var outputKey: StaticString { "output_length" }
  private static var blocksKey: StaticString { "hash_ids" }

  var stream: RequestStream
  private var last: Int64 = 0
  private var values = (time: Int64(0), prompt: Int32(0), output: Int32(0))
  private let timeLimit = UInt64(RequestStream.latest.picoseconds / Log.picoseconds)

  init() {
    stream = RequestStream()
    stream.blockTokens = Log.blockTokens
    stream.blockStarts = [0]
  }

  mutating func reserve(_ factor: Double) {
    stream.reserve(factor)
    stream.blockStarts.reserveCapacity(Int(Double(stream.count) * factor) + 1)
    stream.blocks.reserveCapacity(Int(Double(stream.blocks.count) * factor))
  }

  mutating func row(_ place: inout UnsafePointer<UInt8>) -> RowProblem? {
    let start = place
    if place.pointee == 10 { return RowProblem(kind: .blank, place: place) }
    var seen: UInt8 = 0
    var (timePlace, blocksPlace) = (place, place)
    guard ByteScan.take(UInt8(ascii: "{"), &place) else {
      return RowProblem(kind: .notAnObject, place: start)
    }
    while true {
      guard ByteScan.take(UInt8(ascii: "\""), &place) else {
        return RowProblem(kind: .notAnObject, place: start)
      }
      let key = place
      guard let column = Self.column(&place) else {
        return RowProblem(kind: .unknownKey, place: key)
      }
      guard seen & (1 << column) == 0 else {
        return RowProblem(kind: .repeatedKey, column: column, place: key)
      }
      seen |= 1 << column
      guard ByteScan.take(UInt8(ascii: ":"), &place) else {
        return RowProblem(kind: .notAnObject, place: start)
      }
      ByteScan.skipSpace(&place)
      let value = place
      if column == 0 { timePlace = value }
      if column == 3 { blocksPlace = value }
      guard column == 3 ? blocks(&place) : number(column, &place) else {
        return RowProblem(kind: .badValue, column: column, place: column == 3 ? place : value)
      }
      ByteScan.skipSpace(&place)
      if place.pointee == 44 {
        place += 1
        continue
      }
      guard place.pointee == UInt8(ascii: "}") else {
        // A number that goes on, as 1.5 does, or a line cut short.
        return place.pointee == 10 || column == 3
          ? RowProblem(kind: .notAnObject, place: start)
          : RowProblem(kind: .badValue, column: column, place: value)
      }
      place += 1
      break
    }
    guard seen == 15 else {
      return RowProblem(kind: .missingKey, column: (~seen).trailingZeroBitCount, place: start)
    }
    ByteScan.skipSpace(&place)
    guard ByteScan.endsRow(&place) else { return RowProblem(kind: .notAnObject, place: start) }
    return finish(timePlace, blocksPlace)
  }

  /// Checks the row's values against each other and enters them.
  private mutating func finish(
    _ timePlace: UnsafePointer<UInt8>, _ blocksPlace: UnsafePointer<UInt8>
  ) -> RowProblem? {
    let given = stream.blocks.count - Int(stream.blockStarts[stream.count])
    let (whole, part) = Int(values.prompt).quotientAndRemainder(dividingBy: Log.blockTokens)
    guard given == whole || given == whole + (part > 0 ? 1 : 0),
      stream.blocks.count <= Int(Int32.max)
    else {
      dropBlocks()
      return RowProblem(kind: .blockCount, column: 3, place: blocksPlace)
    }
    guard values.time >= last else {
      dropBlocks()
      return RowProblem(kind: .falling, place: timePlace)
    }
    last = values.time
    stream.arrivals.append(Instant(picoseconds: values.time * Log.picoseconds))
    stream.prompts.append(values.prompt)
    stream.outputs.append(values.output)
    stream.blockStarts.append(Int32(truncatingIfNeeded: stream.blocks.count))
    return nil
  }

  /// Takes back the blocks of a row that is not entered.
  private mutating func dropBlocks() {
    stream.blocks.removeLast(stream.blocks.count - Int(stream.blockStarts[stream.count]))
  }

  /// The number of the key at `place`, which moves past its closing quote.
  @inline(__always)
  private static func column(_ place: inout UnsafePointer<UInt8>) -> Int? {
    switch place.pointee {
    case UInt8(ascii: "i"): ByteScan.matches(inputKey, &place) ? 1 : nil
    case UInt8(ascii: "o"): ByteScan.matches(outputKey, &place) ? 2 : nil
    case UInt8(ascii: "h"): ByteScan.matches(blocksKey, &place) ? 3 : nil
    default: ByteScan.matches(Log.timeKey, &place) ? 0 : nil
    }
  }

  @inline(__always)
  private mutating func number(_ column: Int, _ place: inout UnsafePointer<UInt8>) -> Bool {
    guard let value = ByteScan.whole(&place) else { return false }
    if column == 0 {
      guard value <= timeLimit else { return false }
      values.time = Int64(truncatingIfNeeded: value)
      return true
    }
    guard value &- 1 < UInt64(RequestStream.longest) else { return false }
    if column == 1 {
      values.prompt = Int32(truncatingIfNeeded: value)
    } else {
      values.output = Int32(truncatingIfNeeded: value)
    }
    return true
  }

  /// The list of identities at `place`, which is left at what is none.
  @inline(__always)
  private mutating func blocks(_ place: inout UnsafePointer<UInt8>) -> Bool {
    // What a faulty row before this one left goes first.
    dropBlocks()
    return ByteScan.list(&place, into: &stream.blocks)
  }
}
