import ArgumentParser
import Diagnostics
import Foundation
import ScenarioFiles
import Scenarios
import Simulation

extension Simulator.Engines: ExpressibleByArgument {}

/// `lacuna simulate`: plays a scenario's variants and prints what they cost.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Predict latency, memory, traffic and energy of a scenario.",
    discussion: """
      EXAMPLE:
        cd scenarios/examples/trace-driven
        lacuna simulate kv.yaml --set workload.generate=64
        lacuna simulate moe.yaml --variant cache-16 --breakdown
        lacuna simulate flash.yaml --timeline flash.json --steps flash.csv
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

  @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml"]))
  var scenario: String
  @Option(help: "Run this variant only; may be given several times.")
  var variant: [String] = []
  @Option(help: "Change a key: cache.resident.budget=1GB; may be given several times.")
  var set: [String] = []
  @Option(help: "analytic, playback or both.")
  var engine = Simulator.Engines.both
  @Option(help: "table, json or csv.")
  var format = Format.table
  @Flag(help: "Show time by site, resource and operation, and memory by tier.")
  var breakdown = false
  @Option(help: "Write Chrome trace events of the first steps, which ui.perfetto.dev opens.")
  var timeline: String?
  @Option(help: "Write the time and the counts of every step as CSV.")
  var steps: String?
  @Option(help: "Write a JSON line for each request of a stream.")
  var requestsOut: String?
  @Option(help: "Draw timelines of a stream's batch and KV as SVG into a folder.")
  var plots: String?
  @Option(help: "Threads for the variants.")
  var threads = 2
  @Flag(help: "Print no progress.")
  var quiet = false

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads must be 1 or more.") }
    guard engine != .analytic || (timeline == nil && steps == nil) else {
      throw ValidationError("--timeline and --steps need playback; leave out --engine analytic.")
    }
  }

  func run() throws {
    var missed = false
    try reportingFaults {
      let progress = Progress(quiet: quiet || format != .table)
      defer { progress.finish() }
      if var streams = try StreamBatch(file: scenario, settings: set, variants: variant) {
        missed = try play(&streams, progress: progress)
        return
      }
      guard requestsOut == nil, plots == nil else {
        throw ValidationError("--requests-out and --plots need a scenario with workload.requests.")
      }
      let batch = try ScenarioBatch(
        file: scenario, settings: set, variants: variant, engines: engine,
        recordLimit: timeline == nil ? 0 : 200_000)
      let outcome = try batch.run(threads: threads, progress: progress)
      let (results, outcomes) = (outcome.results, outcome.expectations)
      try write(results)
      let output = SimulateOutput(
        title: batch.title, results: results, outcomes: outcomes, breakdown: breakdown)
      switch format {
      case .table: print(try output.text(), terminator: "")
      case .json: print(try output.json(), terminator: "")
      case .csv: print(try output.csv(), terminator: "")
      }
      missed = outcomes.contains { $0.verdict == .missed }
    }
    if missed { throw ExitCode(1) }
  }

  /// - Returns: whether an expectation was missed.
  private func play(_ streams: inout StreamBatch, progress: Progress) throws -> Bool {
    guard timeline == nil, steps == nil else {
      throw ValidationError("--timeline and --steps are of single requests; use --requests-out.")
    }
    let outcome = try streams.play(progress: progress)
    let reports = outcome.reports
    progress.finish()
    if let requestsOut {
      for report in reports {
        try OutputText.write(
          StreamOutput.lines(report),
          to: OutputText.name(requestsOut, variant: reports.count > 1 ? report.variant : nil))
      }
    }
    if let plots { try StreamPlots(reports).write(to: plots) }
    let output = StreamOutput(
      title: streams.title, reports: reports, outcomes: outcome.expectations)
    switch format {
    case .table: print(try output.text(), terminator: "")
    case .json: print(try output.json(), terminator: "")
    case .csv: print(try output.csv(), terminator: "")
    }
    return outcome.expectations.contains { $0.verdict == .missed }
  }

  /// Writes all files that were asked for, or leaves none of them.
  private func write(_ results: [ScenarioResult]) throws {
    var written: [String] = []
    do {
      for result in results {
        let suffix = results.count > 1 ? result.run.report.variant : nil
        if let timeline {
          let file = OutputText.name(timeline, variant: suffix)
          try OutputText.write(TimelineExport(result).text(), to: file)
          written.append(file)
        }
        if let steps {
          let file = OutputText.name(steps, variant: suffix)
          try OutputText.write(StepExport(result).text(), to: file)
          written.append(file)
        }
      }
    } catch {
      for file in written { try FileManager.default.removeItem(atPath: file) }
      throw error
    }
  }
}
