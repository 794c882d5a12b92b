import Diagnostics
import ScenarioFiles
import Scenarios
import Serving

/// The variants of a scenario whose workload is a stream of requests, played one after another, with
/// the plays that its expectations ask for.
struct StreamBatch {
  /// The variants' reports in their order, and every expectation beside its prediction.
  struct Outcome {
    var reports: [StreamReport]
    var expectations: [ExpectationOutcome]
  }

  let title: String
  private let variants: [String]
  private var plays: StreamPlays
  private let expected: ExpectedPlays

  /// Nil where the first variant names no requests.
  /// - Throws: `Faults` of the scenario, or where only some variants name requests.
  init?(file name: String, settings: [String], variants chosen: [String]) throws(Faults) {
    let file = try ScenarioFile(contentsOf: name, settings: settings)
    let variants = chosen.isEmpty ? file.variants : chosen
    if let first = variants.first {
      guard try file.scenario(variant: first).scenario.workload.requests != nil else { return nil }
    }
    try ExpectationCheck.check(file.expectations)
    title = file.title.isEmpty ? file.name : file.title
    self.variants = variants
    var plays = try StreamPlays()
    for variant in variants {
      let place = plays.add(file, variant: variant, at: .none)
      try plays.check(place)
    }
    expected = ExpectedPlays(file, among: variants) { plays.add(file, variant: $0, at: $1) }
    self.plays = plays
  }

  /// Plays everything. Expectations of variants that do not run are left out.
  /// - Throws: `Faults` of a log, of a step that cannot be priced, or of an expectation's metric.
  mutating func play(progress: Progress) throws(Faults) -> Outcome {
    let reports = try plays.play(progress: progress)
    return Outcome(
      reports: Array(reports.prefix(variants.count)),
      expectations: try expected.outcomes { reports[$0] })
  }
}

/// Streams to play, each distinct one once.
private struct StreamPlays {
  private var runs: [Result<ServingRun, Faults>] = []
  /// What tells one from another: the variant and its changes.
  private var keys: [[String]] = []
  private let resolver: ScenarioResolver
  private var traces = TraceStore()
  private var requests = RequestStore()

  /// - Throws: `Faults` when the shipped folders are nowhere.
  init() throws(Faults) {
    resolver = ScenarioResolver(
      profiles: try Assets.folder("hardware-profiles"),
      models: try Assets.folder("scenarios/models"))
  }

  /// The place of a play; what is wrong with it is its result.
  mutating func add(_ file: ScenarioFile, variant: String, at overrides: Overrides) -> Int {
    let key = [variant, overrides.text]
    if let place = keys.firstIndex(of: key) { return place }
    keys.append(key)
    do throws(Faults) {
      let resolved = try resolver.resolve(
        try file.scenario(variant: variant, at: overrides), traces: &traces)
      do throws(Faults) {
        runs.append(.success(try ServingRun(resolved)))
      } catch {
        throw resolved.places.placed(
          error, unplaced: [resolved.profile.name, "the scenario"], fallback: "hardware")
      }
    } catch {
      runs.append(.failure(error))
    }
    return runs.count - 1
  }

  /// - Throws: what is already known to be wrong with a play.
  func check(_ place: Int) throws(Faults) { _ = try runs[place].get() }

  /// - Throws: `Faults` of a run, of a log, or of a step that cannot be priced.
  mutating func play(progress: Progress) throws(Faults) -> [StreamReport] {
    var reports: [StreamReport] = []
    for result in runs {
      let run = try result.get()
      do throws(Faults) {
        reports.append(try run.play(try requests.stream(of: run.resolved)))
      } catch {
        throw run.resolved.places.placed(
          error, unplaced: ["requests"], fallback: "workload.requests")
      }
      progress.advance(run.resolved.scenario.variant, of: runs.count)
    }
    return reports
  }
}
