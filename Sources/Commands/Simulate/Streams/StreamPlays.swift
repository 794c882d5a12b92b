import Diagnostics
import ScenarioFiles
import Scenarios
import Serving

/// Streams to play, each distinct one once.
struct StreamPlays {
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

  var count: Int { runs.count }

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

extension ScenarioFile {
  /// Whether a variant's workload is a stream of requests.
  /// - Throws: `Faults` of the variant.
  func isOfStreams(_ variant: String) throws(Faults) -> Bool {
    try scenario(variant: variant).scenario.workload.requests != nil
  }
}
