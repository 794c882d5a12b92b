import Diagnostics
import Foundation
import ScenarioFiles

/// A shipped CSV table, gzipped or plain: one dictionary a row, by column.
public struct MeasuredTable {
  public let rows: [[String: String]]

  /// - Throws: when the file cannot be read or a row has more or fewer fields than the header.
  public init(_ name: String) throws {
    let file = Checkout.path(name)
    let bytes = try Gzip.content(of: FileBytes.read(file, limit: 16 << 20), file: file)
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    func fields(_ line: Substring) -> [String] {
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let names = fields(lines[0])
    rows = try lines.dropFirst().map { line in
      let values = fields(line)
      guard values.count == names.count else { throw RaggedTable(line: String(line)) }
      return Dictionary(uniqueKeysWithValues: zip(names, values))
    }
  }

  public struct RaggedTable: Error { public var line: String }
}

extension [String: String] {
  /// The whole number in a column; a table that has none there is a broken test.
  public func integer(_ column: String) throws -> Int {
    guard let text = self[column], let value = Int(text) else { throw NotANumber(column: column) }
    return value
  }

  public func number(_ column: String) throws -> Double {
    guard let text = self[column], let value = Double(text) else {
      throw NotANumber(column: column)
    }
    return value
  }

  /// Whole numbers set apart by spaces.
  public func integers(_ column: String) throws -> [Int] {
    guard let text = self[column] else { throw NotANumber(column: column) }
    return try text.split(separator: " ").map {
      guard let value = Int($0) else { throw NotANumber(column: column) }
      return value
    }
  }
}

public struct NotANumber: Error { public var column: String }
