import Foundation
import ResultTables

/// Parts of a sweep as one text.
struct JoinedText {
  private let folder: PartFolder
  init(_ folder: PartFolder) { self.folder = folder }

  func writeCSV(to file: String) throws {
    try write(to: file) { handle in
      try handle.write(contentsOf: Array(folder.manifest.resultColumns.header.utf8))
      for chunk in 0..<folder.manifest.chunkCount {
        try handle.write(contentsOf: try folder.rows(of: chunk))
      }
    }
  }

  /// One object a line; keys are numbers where they read as one.
  func writeLines(to file: String) throws {
    let columns = folder.manifest.resultColumns
    try write(to: file) { handle in
      var text = ""
      try folder.forEachRow { row in
        let keys = zip(columns.keys, row.keys).map { ($0, Self.value($1)) }
        let metrics = zip(columns.metrics, row.metrics).map { name, value in
          (name, value.map { JSONValue.number($0) } ?? .null)
        }
        let object = JSONValue.pairs(
          [("point", .integer(row.point))] + keys + metrics
            + [("fault", row.fault.map { .text($0) } ?? .null)])
        text += try object.encoded() + "\n"
        guard text.utf8.count > 1 << 20 else { return }
        try handle.write(contentsOf: Array(text.utf8))
        text = ""
      }
      try handle.write(contentsOf: Array(text.utf8))
    }
  }

  private static func value(_ text: String) -> JSONValue {
    if let whole = Int(text) { return .integer(whole) }
    if let number = Double(text), number.isFinite { return .number(number) }
    return .text(text)
  }

  private func write(to file: String, _ fill: (FileHandle) throws -> Void) throws {
    guard FileManager.default.createFile(atPath: file, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    try fill(handle)
    try handle.synchronize()
    try handle.close()
  }
}
