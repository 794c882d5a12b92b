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
    if let first = variants.first, try !file.isOfStreams(first) { return nil }
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
