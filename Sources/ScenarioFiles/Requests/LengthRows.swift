import Workloads

/// Rows of two lengths without arrivals, as of arXiv summaries: `num_prefill_tokens,
/// num_decode_tokens`.
struct LengthRows: LogRows {
  static let format = "CSV"
  static let tokens = "a whole number of tokens between 1 and \(RequestStream.longest)"
  static let columns = [
    LogColumn(name: "num_prefill_tokens", allowed: tokens),
    LogColumn(name: "num_decode_tokens", allowed: tokens),
  ]
  var prompts: [Int32] = []
  var outputs: [Int32] = []

  mutating func row(_ place: inout UnsafePointer<UInt8>) -> RowProblem? {
    let start = place
    guard place.pointee != 10 else { return RowProblem(kind: .blank, place: place) }
    guard let prompt = Self.length(&place) else {
      return RowProblem(kind: .badValue, place: start)
    }
    guard place.pointee == 44 else { return RowProblem(kind: .fieldCount, place: start) }
    place += 1
    let second = place
    guard let output = Self.length(&place) else {
      return RowProblem(kind: .badValue, column: 1, place: second)
    }
    guard ByteScan.endsRow(&place) else { return RowProblem(kind: .fieldCount, place: start) }
    prompts.append(prompt)
    outputs.append(output)
    return nil
  }

  /// A number of tokens that ends where a field ends; nil for another.
  @inline(__always)
  static func length(_ place: inout UnsafePointer<UInt8>) -> Int32? {
    guard let value = ByteScan.whole(&place), value &- 1 < UInt64(RequestStream.longest),
      place.pointee == 44 || place.pointee == 10 || place.pointee == 13
    else { return nil }
    return Int32(truncatingIfNeeded: value)
  }
}
