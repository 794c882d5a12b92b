import ArgumentParser
import Diagnostics
import Foundation

/// Runs `body`; faults of the input go to standard error, one line each, and end with exit code 65.
func reportingFaults(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let faults as Faults {
    for fault in faults.faults {
      FileHandle.standardError.write(Data("\(Diagnostic.line(fault))\n".utf8))
    }
    throw ExitCode(65)
  }
}
