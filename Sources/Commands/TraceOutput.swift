import ArgumentParser
import Diagnostics
import Foundation
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

/// The end of a verb on bad input: each fault on its line of standard error, exit code 65.
enum Refusal {
  static func reported(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let faults as Faults {
      for fault in faults.faults {
        FileHandle.standardError.write(Data((Diagnostic.line(fault) + "\n").utf8))
      }
      throw ExitCode(65)
    }
  }
}
