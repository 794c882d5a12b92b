import Foundation
import GRDB

/// Parts of a sweep as a SQLite database: the table `results`, a row a point, and `sweep` with what
/// the sweep was.
///
/// It is written in one transaction in the order of points, so equal sweeps are equal files.
struct JoinedDatabase {
  private let folder: PartFolder
  init(_ folder: PartFolder) { self.folder = folder }

  func write(to file: String) throws {
    var settings = Configuration()
    // The file is renamed when it is whole; until then nothing needs to be rolled back.
    settings.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = OFF") }
    let database = try DatabaseQueue(path: file, configuration: settings)
    try database.write { try fill($0) }
    try database.close()
  }

  private func fill(_ database: Database) throws {
    let manifest = folder.manifest
    let columns = manifest.resultColumns
    let names = columns.names.map { "\"\($0.replacing("\"", with: "\"\""))\"" }
    let kinds =
      ["INTEGER PRIMARY KEY"] + columns.keys.map { _ in "" }
      + columns.metrics.map { _ in "REAL" } + ["TEXT"]
    let declared = zip(names, kinds).map { $1.isEmpty ? $0 : "\($0) \($1)" }
    try database.execute(sql: "CREATE TABLE results (\(declared.joined(separator: ", ")))")
    try database.execute(sql: "CREATE TABLE sweep (key TEXT PRIMARY KEY, value TEXT)")
    for (key, value) in manifest.definition.sorted(by: { $0.key < $1.key }) {
      try database.execute(
        sql: "INSERT INTO sweep VALUES (?, ?)", arguments: [key, value])
    }
    let places = names.map { _ in "?" }.joined(separator: ", ")
    let insert = try database.makeStatement(sql: "INSERT INTO results VALUES (\(places))")
    try folder.forEachRow { row in
      var values: [any DatabaseValueConvertible] = [row.point]
      for key in row.keys { values.append(Self.value(key)) }
      for metric in row.metrics { values.append(metric.databaseValue) }
      values.append(row.fault.databaseValue)
      try insert.execute(arguments: StatementArguments(values))
    }
  }

  private static func value(_ text: String) -> any DatabaseValueConvertible {
    if let whole = Int(text) { return whole }
    if let number = Double(text), number.isFinite { return number }
    return text
  }
}
