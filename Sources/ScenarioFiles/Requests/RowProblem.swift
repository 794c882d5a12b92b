import Diagnostics

/// What is wrong with one row, small enough to be returned from a loop that reads millions.
struct RowProblem {
  enum Kind: UInt8 {
    case badValue, falling, fieldCount, blank, notAnObject, unknownKey, missingKey, repeatedKey
    case blockCount
  }
  var kind: Kind
  /// The column or key that is to blame.
  var column = 0
  /// Where the value begins, in the row.
  var place: UnsafePointer<UInt8>
}

/// A column or key of a log.
struct LogColumn {
  var name: String
  /// What its values may be.
  var allowed: String
}

/// The faults of a file's rows: the first of them with their sentences, the others counted.
struct RowFaults {
  static let mostListed = 20
  private let file: String
  private let format: String
  private let columns: [LogColumn]
  private var listed: [Fault] = []
  private(set) var total = 0

  init(file: String, format: String, columns: [LogColumn]) {
    self.file = file
    self.format = format
    self.columns = columns
  }

  /// Notes what is wrong with the row that begins at `row`.
  mutating func add(_ problem: RowProblem, line: Int, row: UnsafePointer<UInt8>) {
    total += 1
    guard listed.count < Self.mostListed else { return }
    let column = columns[problem.column]
    let text = Self.value(at: problem.place)
    let names = columns.map(\.name).joined(separator: ",")
    let sentence: Problem =
      switch problem.kind {
      case .badValue: .wrongKind(key: column.name, found: text, expected: column.allowed)
      case .falling:
        .conflict(
          key: column.name, found: text, mend: "it is before the row above; sort the file by it")
      case .fieldCount:
        .malformed(
          format: format, found: "\(Self.fields(of: row)) fields",
          mend: "give \(columns.count) in each row: \(names)")
      case .blank: .malformed(format: format, found: "an empty line", mend: "remove it")
      case .notAnObject:
        .malformed(
          format: format, found: "'\(Self.text(at: problem.place, most: 40))'",
          mend: "give one object a line, with the keys \(names)")
      case .unknownKey: .unknownKey(text, known: columns.map(\.name))
      case .missingKey: .missingKey(column.name, expected: column.allowed)
      case .repeatedKey: .duplicateKey(column.name)
      case .blockCount:
        .conflict(
          key: column.name, found: "\(Self.fields(of: problem.place, until: 93)) blocks",
          mend: column.allowed)
      }
    listed.append(Fault(sentence, at: SourcePosition(file: file, line: line)))
  }

  /// Throws what was noted.
  func check() throws(Faults) {
    guard total > 0 else { return }
    var faults = listed
    if total > listed.count {
      faults.append(
        Fault(
          .malformed(
            format: format, found: "\(total) faulty rows, of which \(listed.count) are listed",
            mend: "mend them or take the rows out"),
          at: SourcePosition(file: file)))
    }
    throw Faults(faults)
  }

  /// The bytes from `place` to what ends a value.
  private static func value(at place: UnsafePointer<UInt8>) -> String {
    let ends: Set<UInt8> = [10, 13, 34, 44, 93, 125]
    var count = 0
    while count < 81, !ends.contains(place[count]) { count += 1 }
    return String(decoding: UnsafeBufferPointer(start: place, count: count), as: UTF8.self)
  }

  private static func text(at place: UnsafePointer<UInt8>, most: Int) -> String {
    var count = 0
    while count < most, place[count] != 10 { count += 1 }
    return String(decoding: UnsafeBufferPointer(start: place, count: count), as: UTF8.self)
  }

  private static func fields(of row: UnsafePointer<UInt8>, until end: UInt8 = 10) -> Int {
    var (fields, place) = (1, row)
    while place.pointee != 10, place.pointee != end {
      if place.pointee == 44 { fields += 1 }
      place += 1
    }
    return fields
  }
}
