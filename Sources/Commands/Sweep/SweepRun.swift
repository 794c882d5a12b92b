import ArgumentParser
import Diagnostics
import Exploration
import Foundation
import ResultStores
import Scenarios
import Simulation

/// `lacuna sweep SCENARIO`: plays every point of the varied keys and keeps the results.
struct SweepRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Play every point of the varied keys.",
    discussion: """
      A key is varied over a list (1,2,4), a range (1..8:1), a range of factors (1GB..64GB*2) or so
      many values evenly spaced in their logarithm (256..65536@9). Any key of --set may be varied,
      and variant.

      EXAMPLE:
        lacuna sweep scenarios/systems/quest.yaml --variant sparse \\
          --vary hardware=nvidia-rtx-4090,nvidia-l40s --vary workload.batch=1..8:1 \\
          --vary attention.reads.attend.tokens.keep="256 tokens..4096 tokens*2" \\
          --pareto tpot,memory.vram.peak --out quest.csv
        lacuna sweep scenarios/systems/quest.yaml --variant sparse --sample one-at-a-time \\
          --vary workload.prompt=1024..32768*2 --vary workload.batch=1,2,4
        lacuna sweep s.yaml --vary workload.batch=1..64:1 --shard 2/7 --out parts
        lacuna sweep merge parts --out results.sqlite

      A sweep that was killed goes on where it was when the same command is given again.
      """)

  @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml"]))
  var scenario: String
  @Option(help: "A key and its values: workload.batch=1,2,4; may be given several times.")
  var vary: [String] = []
  @Option(help: "Change a key of every point; may be given several times.")
  var set: [String] = []
  @Option(help: "The variant to change; by default the first.")
  var variant: String?
  @Option(help: "grid, sobol:N, latin:N or one-at-a-time, which shows elasticities.")
  var sample = "grid"
  @Option(help: "Seed of latin samples.")
  var seed: UInt64 = 1
  @Option(help: "Metrics of each point, set apart by commas; by default those that matter.")
  var metric: [String] = []
  @Option(help: "analytic or playback.")
  var engine = Report.Engine.analytic
  @Option(help: "Show the points that no other beats: tpot,memory.hbm.peak; METRIC:max turns one.")
  var pareto: String?
  @Option(help: "Replay so many of the best points in playback.")
  var best = 0
  @Option(help: "What best means: a metric, METRIC:max or METRIC:min.")
  var by = "tpot"
  @Option(help: "Write all points to a file that ends in .csv, .jsonl or .sqlite.")
  var out: String?
  @Option(help: "Draw latency by workload.rate, with its knees, as SVG into a folder.")
  var plots: String?
  @Option(help: "Play part i of n, and leave the parts in the folder --out for sweep merge.")
  var shard: String?
  @Option(help: "Threads; by default one for each core.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Flag(help: "Print no progress.")
  var quiet = false

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads must be 1 or more.") }
    guard best >= 0, best <= 1000 else { throw ValidationError("--best must be 0 to 1000.") }
    guard shard == nil || out != nil else {
      throw ValidationError("--shard needs --out, the folder of the parts.")
    }
    guard shard == nil || (pareto == nil && best == 0 && plots == nil) else {
      throw ValidationError("--pareto, --best and --plots need all points; leave out --shard.")
    }
  }

  func run() throws {
    try reportingFaults {
      var axes: [Axis] = []
      for text in vary { axes.append(try Axis(parsing: text)) }
      let design = try Design(axes: axes, sampling: try sampling(), seed: seed)
      let objectives = try pareto.map(objectives) ?? []
      let goal = best > 0 ? try Objective(parsing: by, option: "--by") : nil
      let wanted = objectives.map(\.metric) + (goal.map { [$0.metric] } ?? [])
      let definition = try SweepDefinition(
        scenario: scenario, settings: set, variant: variant, design: design,
        metrics: try metrics(), needed: wanted, engine: engine)
      try run(definition, objectives, goal)
    }
  }

  private func run(
    _ definition: SweepDefinition, _ objectives: [Objective], _ goal: Objective?
  ) throws {
    if let plots, !definition.isOfStreams || LatencyCurves(definition.design.axes) == nil {
      throw Faults(
        .conflict(
          key: "--plots", found: plots,
          mend: "vary \(LatencyCurves.key) of a scenario with workload.requests"),
        at: SourcePosition(file: "--plots"))
    }
    let shard = try self.shard.map { text throws(Faults) in try Shard(parsing: text) }
    let format = try out.flatMap { file throws(Faults) in
      shard == nil ? try ResultFormat(file: file) : nil
    }
    let target = SweepTarget(out: out, isShard: shard != nil)
    let line = Progress(quiet: quiet)
    defer { line.finish() }
    let folder = try PartFolder(
      target.folder,
      manifest: SweepManifest(
        definition: definition.text, firstRow: try SweepWorkers.firstRow(definition),
        columns: definition.columns, points: definition.design.count,
        chunkLength: definition.chunks.length))
    try SweepWorkers(
      definition: definition, folder: folder, threads: threads, progress: SweepProgress(line)
    ).run(shard ?? .whole)
    guard shard == nil else { return }
    let summary = try SweepSummary(definition, folder, objectives, goal, count: best)
    if let out, let format { try folder.join(into: out, format) }
    try folder.remove()
    line.finish()
    if let plots { try summary.draw(to: plots) }
    print(try summary.text(), terminator: "")
  }

  private func sampling() throws(Faults) -> Design.Sampling {
    let parts = sample.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let count = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    switch (parts[0], parts.count) {
    case ("grid", 1): return .grid
    case ("one-at-a-time", 1): return .oneAtATime
    case ("sobol", 2) where count > 0: return .sobol(count)
    case ("latin", 2) where count > 0 && count <= Int(UInt32.max): return .latin(count)
    default:
      throw Faults(
        .outOfRange(
          key: "--sample", found: sample, allowed: "grid, sobol:N, latin:N or one-at-a-time"),
        at: SourcePosition(file: "--sample"))
    }
  }

  private func objectives(_ text: String) throws -> [Objective] {
    var objectives: [Objective] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      objectives.append(try Objective(parsing: String(part), option: "--pareto"))
    }
    return objectives
  }

  /// The metrics that were asked for.
  private func metrics() throws(Faults) -> [String] {
    var names: [String] = []
    for name in metric.flatMap({ $0.split(separator: ",").map(String.init) })
    where !names.contains(name) {
      guard Metric.unit(ofForm: name) != nil else {
        throw Faults(
          .unknownName(
            key: "--metric", kind: "metric", found: name, known: Metric.fixed.map(\.name)),
          at: SourcePosition(file: "--metric"))
      }
      names.append(name)
    }
    return names
  }
}

extension Report.Engine: ExpressibleByArgument {}

/// Where a sweep collects its parts.
private struct SweepTarget {
  let folder: String

  /// The named folder of a shard; beside a file, a folder of its name; without a file a folder of
  /// this run, which nothing is left of.
  init(out: String?, isShard: Bool) {
    if let out {
      folder = isShard ? out : "\(out).parts"
    } else {
      folder =
        FileManager.default.temporaryDirectory
        .appendingPathComponent("lacuna-sweep-\(UUID().uuidString)").path
    }
  }
}
