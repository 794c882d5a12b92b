import Diagnostics
import Workloads

/// Reads a law of lengths: one number, `{from, to}` with all between alike, or `{median, spread}`,
/// log-normal, with `from` and `to` as its ends.
enum LengthsReader {
  static func read(
    _ value: Value, in range: ClosedRange<Int> = 1...RequestStream.longest
  ) -> TokenLengths? {
    guard value.isMap else { return value.integer(in: range).map { .fixed($0) } }
    guard let map = value.map() else { return nil }
    defer { map.finish() }
    let isLogNormal = map.contains("median") || map.contains("spread")
    let from = end("from", map, range, isLogNormal ? range.lowerBound : nil)
    let to = end("to", map, range, isLogNormal ? range.upperBound : nil)
    let reals = Double(range.lowerBound)...Double(range.upperBound)
    let median =
      isLogNormal ? map.required("median", "half are shorter")?.number(in: reals) : nil
    let spread =
      isLogNormal
      ? map.required("spread", "the deviation of the logarithm")?.number(in: 0...20) : nil
    guard let from, let to else { return nil }
    guard from <= to else {
      map.faults.add(
        .conflict(
          key: map.name(of: "to"), found: "\(to)", mend: "give no less than from, \(from)"),
        at: map.position)
      return nil
    }
    guard isLogNormal else { return .uniform(from...to) }
    guard let median, let spread else { return nil }
    return .logNormal(median: median, spread: spread, within: from...to)
  }

  private static func end(
    _ key: String, _ map: MapReader, _ range: ClosedRange<Int>, _ absent: Int?
  ) -> Int? {
    if let value = map.value(key) { return value.integer(in: range) }
    if let absent { return absent }
    return map.required(key, "the \(key == "from" ? "least" : "most"), or median and spread")?
      .integer(in: range)
  }
}
