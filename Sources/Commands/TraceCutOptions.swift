import ArgumentParser
import Diagnostics
import Traces

/// Which part of a trace a verb writes.
struct TraceCutOptions: ParsableArguments {
  @Option(help: "The columns to keep, separated by commas.")
  var columns: NameList?
  @Option(help: "The steps to keep, as a:b (a up to b - 1).")
  var steps: StepRange?
  @Option(help: "The best so many pages of each row.")
  var top: Int?

  /// - Throws: `Faults` for a name that no column has.
  func keptColumns() throws(Faults) -> [ColumnName]? {
    guard let names = columns?.names else { return nil }
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
