import ArgumentParser
import Diagnostics
import ScenarioFiles
import Traces

/// What trace verbs share about their output.
enum TraceOutput {
  static func columns(_ names: [String]) throws(Faults) -> [ColumnName] {
    var columns: [ColumnName] = []
    for name in names {
      guard let column = ColumnName(rawValue: name) else {
        throw Faults(
          .unknownName(
            key: "--columns", kind: "column", found: name,
            known: ColumnName.allCases.map(\.rawValue)), at: SourcePosition(file: "command line"))
      }
      columns.append(column)
    }
    return columns
  }
}
