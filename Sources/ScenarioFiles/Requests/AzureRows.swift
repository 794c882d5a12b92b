import Quantities
import Workloads

/// Rows of Azure's log of 2023: `TIMESTAMP,ContextTokens,GeneratedTokens`. Arrivals count from the
/// first row's time.
struct AzureRows: LogRows {
  static let format = "CSV"
  static let columns = [
    LogColumn(
      name: "TIMESTAMP",
      allowed: "a time such as 2023-11-16 18:15:46.6805900, at most 100 days after the first row's"),
    LogColumn(name: "ContextTokens", allowed: LengthRows.tokens),
    LogColumn(name: "GeneratedTokens", allowed: LengthRows.tokens),
  ]
  var stream = RequestStream()
  /// The first row's time and the last one's after it, in nanoseconds.
  private var first: Int64?
  private var last: Int64 = 0
  /// The first 16 bytes of the row before and what they stand for: rows of one minute are many.
  private var minuteText: (UInt64, UInt64) = (0, 0)
  private var minute: Int64 = 0

  mutating func reserve(_ factor: Double) { stream.reserve(factor) }

  mutating func row(_ place: inout UnsafePointer<UInt8>) -> RowProblem? {
    let start = place
    guard place.pointee != 10 else { return RowProblem(kind: .blank, place: place) }
    guard let time = time(&place), place.pointee == 44 else {
      return RowProblem(kind: .badValue, place: start)
    }
    let after = time - (first ?? time)
    guard after >= last else { return RowProblem(kind: .falling, place: start) }
    guard after <= RequestStream.latest.picoseconds / 1000 else {
      return RowProblem(kind: .badValue, place: start)
    }
    place += 1
    var field = place
    guard let prompt = LengthRows.length(&place) else {
      return RowProblem(kind: .badValue, column: 1, place: field)
    }
    guard place.pointee == 44 else { return RowProblem(kind: .fieldCount, place: start) }
    place += 1
    field = place
    guard let output = LengthRows.length(&place) else {
      return RowProblem(kind: .badValue, column: 2, place: field)
    }
    guard ByteScan.endsRow(&place), stream.count < RequestStream.mostRequests else {
      return RowProblem(kind: .fieldCount, place: start)
    }
    if first == nil { first = time }
    last = after
    stream.arrivals.append(Instant(picoseconds: after * 1000))
    stream.prompts.append(prompt)
    stream.outputs.append(output)
    return nil
  }

  /// `2023-11-16 18:15:46.6805900` in nanoseconds since 1970; up to nine digits of a second.
  @inline(__always)
  private mutating func time(_ place: inout UnsafePointer<UInt8>) -> Int64? {
    let text = UnsafeRawPointer(place)
    let isSameMinute =
      text.loadUnaligned(as: UInt64.self) == minuteText.0
      && (text + 8).loadUnaligned(as: UInt64.self) == minuteText.1
      && place[16] == UInt8(ascii: ":")
    if !isSameMinute {
      guard setMinute(place) else { return nil }
    }
    let second = ByteScan.two(place + 17)
    guard second < 60 else { return nil }
    place += 19
    var nanoseconds = Int64(second) * 1_000_000_000
    if place.pointee == UInt8(ascii: ".") {
      place += 1
      let start = place
      guard let digits = ByteScan.whole(&place) else { return nil }
      switch place - start {
      case 7: nanoseconds += Int64(digits) * 100
      case 6: nanoseconds += Int64(digits) * 1000
      case 9: nanoseconds += Int64(digits)
      case 3: nanoseconds += Int64(digits) * 1_000_000
      default: return nil
      }
    }
    return minute + nanoseconds
  }

  /// Reads `2023-11-16 18:15:` at `place`; false for something else.
  ///
  /// Each part is looked at only where the one before it is digits: a row that ends early ends in a
  /// line feed, which is none.
  private mutating func setMinute(_ place: UnsafePointer<UInt8>) -> Bool {
    let century = ByteScan.two(place)
    guard century < 100 else { return false }
    let years = ByteScan.two(place + 2)
    guard years < 100, place[4] == UInt8(ascii: "-") else { return false }
    let month = ByteScan.two(place + 5)
    guard month < 100, place[7] == UInt8(ascii: "-") else { return false }
    let day = ByteScan.two(place + 8)
    guard day < 100, place[10] == UInt8(ascii: " ") else { return false }
    let hour = ByteScan.two(place + 11)
    guard hour < 24, place[13] == UInt8(ascii: ":") else { return false }
    let minutes = ByteScan.two(place + 14)
    guard minutes < 60, place[16] == UInt8(ascii: ":"),
      let days = Self.days(century * 100 + years, month, day)
    else { return false }
    minute = Int64(days * 86_400 + hour * 3600 + minutes * 60) * 1_000_000_000
    let text = UnsafeRawPointer(place)
    minuteText.0 = text.loadUnaligned(as: UInt64.self)
    minuteText.1 = (text + 8).loadUnaligned(as: UInt64.self)
    return true
  }

  /// Days since 1970 of a date of the Gregorian calendar, from 1970 to 2199; nil for none.
  ///
  /// *Source*: Hinnant, chrono-Compatible Low-Level Date Algorithms (2013).
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    guard (1970..<2200).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= lengths[month - 1] else { return nil }
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
