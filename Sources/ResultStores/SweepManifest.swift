import Diagnostics
import Foundation

/// What a sweep is, beside its parts: enough to tell it from every other and to join the parts.
public struct SweepManifest: Sendable, Hashable, Codable {
  /// The program's version and the definition of the sweep: its scenario's text and every option
  /// that decides a row.
  public var definition: [String: String]
  /// The first row, which tells profiles and models apart that go by the same name.
  public var firstRow: String
  public var columns: [String]
  /// How many of the columns are varied keys.
  public var keys: Int
  public var points: Int
  public var chunkLength: Int

  public init(
    definition: [String: String], firstRow: String, columns: ResultColumns, points: Int,
    chunkLength: Int
  ) {
    self.definition = definition
    self.firstRow = firstRow
    self.columns = columns.names
    keys = columns.keys.count
    self.points = points
    self.chunkLength = chunkLength
  }

  /// - Throws: `Faults` for a file that is not there or is none.
  init(contentsOf file: String) throws(Faults) {
    do {
      self = try JSONDecoder().decode(
        Self.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    } catch {
      throw Faults(
        .unreadable(reason: "it is no manifest of a sweep; name the folder of --out"),
        at: SourcePosition(file: file))
    }
    guard points > 0, chunkLength > 0, keys >= 0, columns.count >= keys + 2 else {
      throw Faults(
        .malformed(format: "manifest", found: "\(points) points", mend: "run the sweep anew"),
        at: SourcePosition(file: file))
    }
  }

  /// JSON with its keys in order.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  public var resultColumns: ResultColumns {
    ResultColumns(
      keys: Array(columns[1..<1 + keys]), metricNames: Array(columns[(1 + keys)...].dropLast()))
  }

  public var chunkCount: Int { (points + chunkLength - 1) / chunkLength }
}
