import Diagnostics
import Hardware
import NumericalMethods
import Simulation
import Traces

/// Plays the recordings that drove measured steps, and holds time and fetches of every step against
/// them.
public struct ReplayChecker: Sendable {
  /// Finds the profile of a device by what tables call it.
  private let profile: @Sendable (String) -> Profile?
  private let runtime: @Sendable (String) throws(Faults) -> Runtime
  /// Finds a recording by what tables call it; nil where there is none.
  private let recording: @Sendable (String) throws(Faults) -> Trace?

  public init(
    profile: @escaping @Sendable (String) -> Profile?,
    runtime: @escaping @Sendable (String) throws(Faults) -> Runtime,
    recording: @escaping @Sendable (String) throws(Faults) -> Trace?
  ) {
    self.profile = profile
    self.runtime = runtime
    self.recording = recording
  }

  /// Adds a section to `report` for each table and family.
  /// - Throws: `Faults` when a recording cannot be read or a step cannot be priced.
  public func check(_ tables: [MeasurementTable], into report: inout CheckReport) throws {
    for (file, table) in tables.enumerated() where !table.replays.isEmpty {
      var traces: [String: Trace] = [:]
      var sections: [Section] = []
      for replay in table.replays {
        guard let profile = profile(replay.device) else {
          report.skipped[
            "no profile for the device '\(replay.device)'; name one with --profile",
            default: 0] += replay.rowCount
          continue
        }
        guard let trace = try traces[replay.recording] ?? recording(replay.recording) else {
          report.skipped[
            "no recording '\(replay.recording)'; name its folder with --traces", default: 0] +=
            replay.rowCount
          continue
        }
        traces[replay.recording] = trace
        do {
          let played = try play(replay, profile, trace, file: file)
          let known = sections.firstIndex {
            $0.family == played.family && $0.device == played.device
          }
          if let known {
            sections[known].rows += played.rows
            sections[known].isExact = sections[known].isExact && played.isExact
          } else {
            sections.append(played)
          }
        } catch let misfit as ReplayScenario.Misfit {
          report.skipped[misfit.reason, default: 0] += replay.rowCount
        }
      }
      for section in sections { report.sections.append(try section.checked()) }
    }
  }

  private struct Section {
    var family: String
    var device: String
    var rows: [Checker.Row]
    var isExact: Bool

    func checked() throws -> Checker.Section {
      Checker.Section(
        family: family, kernel: "playback", device: device, origin: device, isInherited: false,
        missesExact: isExact, rows: rows, summary: try ErrorSummary(rows.map(\.error)),
        roofline: try ErrorSummary(rows.map { $0.roofline / $0.measured - 1 }))
    }
  }

  private func play(
    _ replay: MeasuredReplay, _ profile: Profile, _ trace: Trace, file: Int
  ) throws -> Section {
    let resolved = try ReplayScenario(
      replay: replay, profile: profile, runtime: runtime(replay.runtime), trace: trace
    ).resolved()
    let simulator = try Simulator(resolved)
    let times = try simulator.run(.playback).report.playback?.each ?? []
    let counts = simulator.preparation.sizes.columns[replay.column]
    var section = Section(family: replay.family, device: profile.name, rows: [], isExact: true)
    for (index, (step, time)) in zip(replay.steps, times).enumerated() {
      let fetched = counts.map {
        $0.counts[index * $0.layers..<(index + 1) * $0.layers].map(Int.init)
      }
      section.isExact = section.isExact && fetched == step.fetched
      // Reads alone were timed, and there were none.
      if step.seconds == 0 && time == 0 { continue }
      section.rows.append(
        Checker.Row(
          file: file, line: step.line, call: nil, measured: step.seconds,
          predicted: Double(time) * 1e-12, roofline: simulator.priced.roofline(step: index),
          isArithmeticBound: false, twin: nil, isSparse: false))
    }
    return section
  }
}
