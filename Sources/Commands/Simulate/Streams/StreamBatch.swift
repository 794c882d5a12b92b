import Diagnostics
import Foundation
import ScenarioFiles
import Scenarios
import Serving
import Workloads

/// The variants of a scenario whose workload is a stream of requests, played one after another.
struct StreamBatch {
  let title: String
  private let runs: [ServingRun]
  private var logs: [String: RequestStream] = [:]

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
      do throws(Faults) {
        reports.append(try run.play(try stream(of: run)))
      } catch {
        throw places.placed(error, unplaced: ["requests"], fallback: "workload.requests")
      }
      progress.advance(run.resolved.scenario.variant, of: runs.count)
    }
    return reports
  }

  private mutating func stream(of run: ServingRun) throws(Faults) -> RequestStream {
    let traffic = run.traffic
    let file = try path(traffic.file, beside: run.resolved.file)
    var stream: RequestStream
    if let known = logs[file] {
      stream = known
    } else {
      guard case .stream(let read, _) = try RequestFile.read(file) else {
        throw Faults(
          .conflict(
            key: "workload.requests", found: traffic.file,
            mend: "it has no arrivals; name a log whose rows are requests"),
          at: SourcePosition(file: run.resolved.file))
      }
      stream = read
      logs[file] = read
    }
    if let first = traffic.first { stream = stream.prefix(first) }
    stream = try stream.starting()
    if let rate = traffic.rate { stream = try stream.scaled(to: rate) }
    return stream
  }

  /// A log is named relative to the scenario's folder, to the current directory, or to the folder of
  /// all scenarios.
  private func path(_ name: String, beside scenario: String) throws(Faults) -> String {
    if name.hasPrefix("/") { return name }
    let beside = URL(fileURLWithPath: scenario).deletingLastPathComponent()
      .appendingPathComponent(name).path
    for file in [beside, name] where FileManager.default.fileExists(atPath: file) { return file }
    if let shipped = Assets.file("scenarios/\(name)") { return shipped }
    throw Faults(
      .conflict(
        key: "workload.requests", found: name,
        mend: "no such file beside the scenario, in this folder or in the shipped scenarios/"),
      at: SourcePosition(file: scenario))
  }
}
