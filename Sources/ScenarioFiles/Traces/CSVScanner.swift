import Diagnostics

/// Walks a CSV table of plain numbers byte by byte: no quotes, one header line, fixed columns.
struct CSVScanner {
  private let bytes: [UInt8]
  private let file: String
  private let names: [String]
  private var offset = 0
  private var fields: [Range<Int>] = []
  /// The line of the current row, from 1.
  private(set) var line = 1

  /// Reads the header line, which must name exactly `columns`, in that order.
  init(_ bytes: [UInt8], columns: [String], file: String) throws(Faults) {
    self.bytes = bytes
    self.file = file
    names = columns
    guard !bytes.isEmpty else {
      throw Faults(
        .malformed(format: "CSV", found: "an empty file", mend: "is it the right file?"),
        at: SourcePosition(file: file))
    }
    split()
    let found = fields.map { String(decoding: bytes[$0].prefix(80), as: UTF8.self) }
    for column in columns where !found.contains(column) {
      throw fault(.missingKey(column, expected: "the columns \(columns.joined(separator: ","))"))
    }
    for name in found where !columns.contains(name) {
      throw fault(.unknownKey(name, known: columns))
    }
    guard found == columns else {
      throw fault(
        .conflict(
          key: "the header", found: found.joined(separator: ","),
          mend: "order the columns \(columns.joined(separator: ","))"))
    }
  }

  /// Goes to the next row; false at the end.
  mutating func next() throws(Faults) -> Bool {
    guard offset < bytes.count else { return false }
    line += 1
    split()
    guard fields.count == names.count else {
      throw fault(
        .malformed(
          format: "CSV", found: "\(fields.count) fields", mend: "give \(names.count) in each row"))
    }
    return true
  }

  private mutating func split() {
    fields.removeAll(keepingCapacity: true)
    var start = offset
    while offset < bytes.count, bytes[offset] != 10 {
      if bytes[offset] == 44 {
        fields.append(start..<offset)
        start = offset + 1
      }
      offset += 1
    }
    let end = offset > start && bytes[offset - 1] == 13 ? offset - 1 : offset
    fields.append(start..<end)
    offset += 1
  }

  /// The whole number in `column` of the current row.
  func integer(_ column: Int, in range: ClosedRange<Int>) throws(Faults) -> Int {
    var value = 0
    let field = fields[column]
    var isNumber = !field.isEmpty && field.count <= 18
    for byte in bytes[field] {
      guard (48...57).contains(byte) else {
        isNumber = false
        break
      }
      if isNumber { value = value * 10 + Int(byte - 48) }
    }
    let expected = "a whole number between \(range.lowerBound) and \(range.upperBound)"
    guard isNumber else {
      throw fault(.wrongKind(key: names[column], found: text(column), expected: expected))
    }
    guard range.contains(value) else {
      throw fault(.outOfRange(key: names[column], found: text(column), allowed: expected))
    }
    return value
  }

  /// The decimal number in `column` of the current row.
  func number(_ column: Int, in range: ClosedRange<Double>) throws(Faults) -> Double {
    let field = bytes[fields[column]]
    let isDecimal =
      !field.isEmpty && field.count <= 32
      && field.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
    let expected = "a number between \(range.lowerBound) and \(range.upperBound)"
    guard isDecimal, let value = Double(text(column)) else {
      throw fault(.wrongKind(key: names[column], found: text(column), expected: expected))
    }
    guard range.contains(value) else {
      throw fault(.outOfRange(key: names[column], found: text(column), allowed: expected))
    }
    return value
  }

  func text(_ column: Int) -> String {
    String(decoding: bytes[fields[column]].prefix(80), as: UTF8.self)
  }

  /// A fault of the current row.
  func fault(_ problem: Problem) -> Faults {
    Faults(problem, at: SourcePosition(file: file, line: line))
  }
}
