import Diagnostics
import Foundation
import Quantities
import Simulation
import Timelines

/// The first operations of a playback as Chrome trace events.
struct TimelineExport {
  let result: ScenarioResult
  init(_ result: ScenarioResult) { self.result = result }

  func text() -> String {
    let priced = result.simulator.priced
    let trace = ChromeTrace(
      process: "\(result.run.report.scenario) \(result.run.report.variant)",
      tracks: priced.program.streams.map(\.name))
    let origins = priced.origins()
    let slices = (result.run.played?.intervals ?? []).map { interval in
      let origin = origins[Int(interval.activity)]
      let operation = priced.operation(at: origin)
      return ChromeTrace.Slice(
        name: operation.name, category: operation.site.rawValue, track: operation.stream,
        start: interval.start, end: interval.end, step: Int(interval.round),
        layer: origin.layer)
    }
    return trace.text(slices)
  }
}

/// The time of every step, with what the trace decided in it: totals of each column, and the misses
/// of every layer.
struct StepExport {
  let result: ScenarioResult
  init(_ result: ScenarioResult) { self.result = result }

  func text() -> String {
    let sizes = result.simulator.preparation.sizes
    let columns = sizes.columns.keys.filter { $0 != "context" }.sorted().compactMap {
      sizes.columns[$0]
    }
    var out = "step,time_seconds"
    for column in columns { out += ",\(column.name),\(column.name).by_layer" }
    out += "\n"
    let first = result.simulator.preparation.firstStep
    for (step, picoseconds) in (result.run.report.playback?.each ?? []).enumerated() {
      out += "\(first + step),\(Decimal.fixed(Double(picoseconds) * 1e-12, decimals: 12))"
      for column in columns {
        let row = column.counts[step * column.layers..<(step + 1) * column.layers]
        let sum = row.reduce(0) { $0 + Int($1) }
        out += ",\(sum),\(row.map { "\($0)" }.joined(separator: " "))"
      }
      out += "\n"
    }
    return out
  }
}

/// Output files: whole or not at all.
enum OutputText {
  /// `out.csv` for variant `a` of several is `out-a.csv`.
  static func name(_ file: String, variant: String?) -> String {
    guard let variant else { return file }
    let url = URL(fileURLWithPath: file)
    let ending = url.pathExtension
    let stem = url.deletingPathExtension().path
    return ending.isEmpty ? "\(stem)-\(variant)" : "\(stem)-\(variant).\(ending)"
  }

  /// Writes beside the target and renames, so that no partial file is ever left in its place.
  /// - Throws: `Faults` when the folder cannot be written.
  static func write(_ text: String, to file: String) throws(Faults) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw Faults(
        .conflict(
          key: "the output", found: file,
          mend: "it cannot be written (\(error.localizedDescription)); name a file in a folder "
            + "that is there"),
        at: SourcePosition(file: file))
    }
  }
}
