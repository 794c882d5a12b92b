import Diagnostics
import Policies

/// Holds a part of what a scenario states against its model, machine and workload, after names were
/// found and before anything is lowered.
protocol SettingCheck {
  var setting: Setting { get }
  /// The scenario's file, which faults are reported at.
  var file: String { get }

  /// Everything that does not fit; empty where all does.
  func faults() -> [Fault]
}

extension SettingCheck {
  /// - Throws: `Faults` with everything that does not fit.
  func run() throws(Faults) { try Faults.throwIfAny(faults()) }

  func conflict(_ key: String, _ found: String, _ mend: String) -> Fault {
    Fault(.conflict(key: key, found: found, mend: mend), at: SourcePosition(file: file))
  }

  func unknown(_ key: String, _ kind: String, _ found: String, known: [String]) -> Fault {
    Fault(
      .unknownName(key: key, kind: kind, found: found, known: known),
      at: SourcePosition(file: file))
  }
}
