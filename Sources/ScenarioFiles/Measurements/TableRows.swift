import Diagnostics

/// Walks a CSV table whose columns are told by its header line.
///
/// Fields may stand in double quotes, in which a doubled quote is one.
struct TableRows {
  private let bytes: [UInt8]
  let file: String
  let columns: [String]
  private let places: [String: Int]
  private var offset = 0
  private var fields: [Range<Int>] = []
  /// The line of the current row, from 1.
  private(set) var line = 1

  /// Reads the header line.
  init(_ bytes: [UInt8], file: String) throws(Faults) {
    self.bytes = bytes
    self.file = file
    var walker = HeaderWalk(bytes: bytes)
    columns = walker.names()
    offset = walker.offset
    var places: [String: Int] = [:]
    for (place, name) in columns.enumerated() { places[name] = places[name] ?? place }
    self.places = places
    guard columns.contains(where: { !$0.isEmpty }) else {
      throw Faults(
        .malformed(format: "CSV", found: "an empty file", mend: "is it the right file?"),
        at: SourcePosition(file: file))
    }
    guard places.count == columns.count else {
      throw Faults(
        .malformed(format: "CSV", found: "a column twice in the header", mend: "rename one"),
        at: SourcePosition(file: file, line: 1))
    }
  }

  func has(_ names: [String]) -> Bool { names.allSatisfy { places[$0] != nil } }
  func has(_ name: String) -> Bool { places[name] != nil }

  /// Goes to the next row; false at the end.
  mutating func next() throws(Faults) -> Bool {
    while offset < bytes.count, bytes[offset] == 10 || bytes[offset] == 13 {
      if bytes[offset] == 10 { line += 1 }
      offset += 1
    }
    guard offset < bytes.count else { return false }
    line += 1
    fields.removeAll(keepingCapacity: true)
    FieldSplit.split(bytes, from: &offset, into: &fields)
    guard fields.count == columns.count else {
      throw fault(
        .malformed(
          format: "CSV", found: "\(fields.count) fields",
          mend: "give \(columns.count) in each row, as the header does"))
    }
    return true
  }

  func text(_ column: String) throws(Faults) -> String {
    guard let place = places[column] else {
      throw fault(.missingKey(column, expected: "a column of this name"))
    }
    return FieldSplit.text(bytes[fields[place]])
  }

  func isEmpty(_ column: String) -> Bool {
    guard let place = places[column] else { return true }
    return fields[place].isEmpty
  }

  func integer(_ column: String, in range: ClosedRange<Int>) throws(Faults) -> Int {
    let value = try number(column, in: Double(range.lowerBound)...Double(range.upperBound))
    guard value == value.rounded() else {
      throw fault(
        .wrongKind(key: column, found: try text(column), expected: "a whole number"))
    }
    return Int(value)
  }

  func number(_ column: String, in range: ClosedRange<Double>) throws(Faults) -> Double {
    let text = try text(column)
    let expected = "a number between \(range.lowerBound) and \(range.upperBound)"
    guard text.utf8.count <= 32, let value = Double(text), value.isFinite else {
      throw fault(.wrongKind(key: column, found: String(text.prefix(80)), expected: expected))
    }
    guard range.contains(value) else {
      throw fault(.outOfRange(key: column, found: text, allowed: expected))
    }
    return value
  }

  /// A fault of the current row.
  func fault(_ problem: Problem) -> Faults {
    Faults(problem, at: SourcePosition(file: file, line: line))
  }
}

/// Cuts one line of a CSV table into fields.
enum FieldSplit {
  static func split(_ bytes: [UInt8], from offset: inout Int, into fields: inout [Range<Int>]) {
    var start = offset
    var isQuoted = false
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == 34 {
        isQuoted.toggle()
      } else if !isQuoted {
        if byte == 10 { break }
        if byte == 44 {
          fields.append(start..<offset)
          start = offset + 1
        }
      }
      offset += 1
    }
    let end = offset > start && bytes[offset - 1] == 13 ? offset - 1 : offset
    fields.append(start..<end)
    offset += 1
  }

  /// A field without its quotes.
  static func text(_ field: ArraySlice<UInt8>) -> String {
    guard field.first == 34, field.last == 34, field.count >= 2 else {
      return String(decoding: field, as: UTF8.self)
    }
    var out: [UInt8] = []
    var skip = false
    for byte in field.dropFirst().dropLast() {
      if byte == 34, !skip {
        skip = true
        continue
      }
      skip = false
      out.append(byte)
    }
    return String(decoding: out, as: UTF8.self)
  }
}

private struct HeaderWalk {
  let bytes: [UInt8]
  var offset = 0

  mutating func names() -> [String] {
    var fields: [Range<Int>] = []
    FieldSplit.split(bytes, from: &offset, into: &fields)
    return fields.map { FieldSplit.text(bytes[$0].prefix(200)) }
  }
}
