import Diagnostics
import ScenarioFiles
import Scenarios
import Serving

/// The variants of a scenario whose workload is a stream of requests, played one after another.
struct StreamBatch {
  let title: String
  private let runs: [ServingRun]
  private var requests = RequestStore()

  /// Nil where the first variant names no requests.
  /// - Throws: `Faults` of the scenario, or where only some variants name requests.
  init?(file name: String, settings: [String], variants chosen: [String]) throws(Faults) {
    let file = try ScenarioFile(contentsOf: name, settings: settings)
    let variants = chosen.isEmpty ? file.variants : chosen
    var readings: [ScenarioReading] = []
    for variant in variants {
      let reading = try file.scenario(variant: variant)
      if readings.isEmpty, reading.scenario.workload.requests == nil { return nil }
      readings.append(reading)
    }
    guard file.expectations.isEmpty else {
      throw Faults(
        .conflict(
          key: "expect", found: "\(file.expectations.count) values",
          mend: "expectations are of single requests; leave them out beside workload.requests"),
        at: SourcePosition(file: name))
    }
    title = file.title.isEmpty ? file.name : file.title
    let resolver = ScenarioResolver(
      profiles: try Assets.folder("hardware-profiles"),
      models: try Assets.folder("scenarios/models"))
    var traces = TraceStore()
    var runs: [ServingRun] = []
    for reading in readings {
      let resolved = try resolver.resolve(reading, traces: &traces)
      do throws(Faults) {
        runs.append(try ServingRun(resolved))
      } catch {
        throw resolved.places.placed(
          error, unplaced: [resolved.profile.name, "the scenario"], fallback: "hardware")
      }
    }
    self.runs = runs
  }

  /// - Throws: `Faults` of a log, or of a step that cannot be priced.
  mutating func play(progress: Progress) throws(Faults) -> [StreamReport] {
    var reports: [StreamReport] = []
    for run in runs {
      let places = run.resolved.places
      let stream = try requests.stream(of: run.resolved)
      do throws(Faults) {
        reports.append(try run.play(stream))
      } catch {
        throw places.placed(error, unplaced: ["requests"], fallback: "workload.requests")
      }
      progress.advance(run.resolved.scenario.variant, of: runs.count)
    }
    return reports
  }
}
