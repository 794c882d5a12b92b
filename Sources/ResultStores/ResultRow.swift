import Diagnostics
import Foundation

/// One row of a part, read back.
public struct ResultRow: Sendable {
  public var point: Int
  public var keys: [String]
  /// Nil where there is none.
  public var metrics: [Double?]
  /// Why there are none.
  public var fault: String?

  /// - Throws: `Faults` for a line that no sweep wrote.
  init(_ line: ArraySlice<UInt8>, of columns: ResultColumns, file: String) throws(Faults) {
    let texts = CSVField.texts(of: line)
    let metricsEnd = 1 + columns.keys.count + columns.metrics.count
    guard texts.count == metricsEnd + 1, let point = Int(texts[0]) else {
      throw Faults(
        .malformed(
          format: "row of a sweep", found: String(decoding: line.prefix(60), as: UTF8.self),
          mend: "remove the part and run the sweep again"),
        at: SourcePosition(file: file))
    }
    self.point = point
    keys = Array(texts[1..<1 + columns.keys.count])
    metrics = texts[(1 + columns.keys.count)..<metricsEnd].map { Double($0) }
    fault = texts[metricsEnd].isEmpty ? nil : texts[metricsEnd]
  }
}

extension PartFolder {
  /// Gives the rows of all chunks in the order of their points.
  /// - Throws: `Faults` where a chunk is missing or broken.
  public func forEachRow(_ take: (ResultRow) throws -> Void) throws {
    let columns = manifest.resultColumns
    for chunk in 0..<manifest.chunkCount {
      let bytes = try rows(of: chunk)
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        try take(try ResultRow(line, of: columns, file: file(of: chunk)))
      }
    }
  }

  /// Gives the rows that could not be played, and counts all: far faster than reading every row.
  /// - Throws: `Faults` where a chunk is missing or broken.
  public func countRows(refused take: (ResultRow) throws -> Void) throws -> Int {
    let columns = manifest.resultColumns
    var count = 0
    for chunk in 0..<manifest.chunkCount {
      let bytes = try rows(of: chunk)
      var refused: [Range<Int>] = []
      bytes.withUnsafeBufferPointer { bytes in
        var start = 0
        for place in bytes.indices where bytes[place] == UInt8(ascii: "\n") {
          // A row without a fault ends in an empty field.
          if place > start, bytes[place - 1] != UInt8(ascii: ",") { refused.append(start..<place) }
          start = place + 1
          count += 1
        }
      }
      for line in refused {
        try take(try ResultRow(bytes[line], of: columns, file: file(of: chunk)))
      }
    }
    return count
  }

  /// Chunks that are not there yet.
  public var missing: [Int] { (0..<manifest.chunkCount).filter { !holds($0) } }

  /// Joins all parts into one file, which is there whole or not at all.
  /// - Throws: `Faults` where parts are missing or the file cannot be written.
  public func join(into file: String, _ format: ResultFormat) throws(Faults) {
    if let first = missing.first {
      throw Faults(
        .conflict(
          key: "the sweep", found: "\(missing.count) of \(manifest.chunkCount) parts missing",
          mend: "run the shards that are left; the first missing is part \(first)"),
        at: SourcePosition(file: path))
    }
    let beside = "\(file).\(format.rawValue).tmp"
    do {
      if FileManager.default.fileExists(atPath: beside) {
        try FileManager.default.removeItem(atPath: beside)
      }
      switch format {
      case .csv: try JoinedText(self).writeCSV(to: beside)
      case .jsonl: try JoinedText(self).writeLines(to: beside)
      case .sqlite: try JoinedDatabase(self).write(to: beside)
      }
      try Self.replace(file, by: beside)
    } catch let faults as Faults {
      throw faults
    } catch {
      throw Self.unwritable(file, error)
    }
  }
}

/// What the results of a sweep are written as, by the ending of the file.
public enum ResultFormat: String, CaseIterable, Sendable {
  case csv, jsonl, sqlite

  /// - Throws: `Faults` for another ending.
  public init(file: String) throws(Faults) {
    let ending = file.split(separator: "/").last?.split(separator: ".").last.map(String.init) ?? ""
    guard let format = ResultFormat(rawValue: ending) else {
      throw Faults(
        .outOfRange(
          key: "--out", found: file, allowed: "a file that ends in .csv, .jsonl or .sqlite"),
        at: SourcePosition(file: file))
    }
    self = format
  }
}
