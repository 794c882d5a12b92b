import Diagnostics
import ScenarioFiles
import Scenarios
import Simulation

/// One variant, run.
struct ScenarioResult: Sendable {
  var simulator: Simulator
  var run: Simulator.Run
}

/// The variants of one scenario file, run side by side, with the runs that its expectations ask for.
struct ScenarioBatch {
  let file: ScenarioFile
  let engines: Simulator.Engines
  let recordLimit: Int
  private let variants: [String]
  private var plays: PlayList
  private var expected: ExpectedPlays

  init(
    file: String, settings: [String], variants: [String], engines: Simulator.Engines,
    recordLimit: Int
  ) throws(Faults) {
    let file = try ScenarioFile(contentsOf: file, settings: settings)
    try ExpectationCheck.check(file.expectations)
    self.file = file
    self.engines = engines
    self.recordLimit = recordLimit
    self.variants = variants.isEmpty ? file.variants : variants
    var plays = try PlayList()
    for variant in self.variants {
      let place = plays.add(file, variant: variant)
      try plays.check(place)
    }
    expected = ExpectedPlays(file, among: self.variants) {
      plays.add(file, variant: $0, at: $1)
    }
    self.plays = plays
  }

  var title: String { file.title.isEmpty ? file.name : file.title }

  /// The variants' results in their order, and every expectation beside its prediction.
  struct Outcome {
    var results: [ScenarioResult]
    var expectations: [ExpectationOutcome]
  }

  /// Runs everything on `threads` threads. Expectations of variants that do not run are left out.
  func run(threads: Int, progress: Progress) throws(Faults) -> Outcome {
    let played = plays.run(
      engines, threads: threads, recordLimit: recordLimit, recorded: variants.count,
      progress: progress)
    var results: [ScenarioResult] = []
    for result in played.prefix(variants.count) { results.append(try result.get()) }
    return Outcome(
      results: results,
      expectations: try expected.outcomes { place throws(Faults) in
        try played[place].get().run.report
      })
  }
}

/// The runs that the expectations of one file are held against.
struct ExpectedPlays {
  private var places: [(entry: ExpectationEntry, run: Int, base: Int?)] = []

  /// - Parameters:
  ///   - variants: those whose expectations count.
  ///   - add: the place of the run of a variant with changes.
  init(
    _ file: ScenarioFile, among variants: [String], add: (String, Overrides) -> Int
  ) {
    for entry in file.expectations where variants.contains(entry.variant) {
      if let against = entry.against, !variants.contains(against) { continue }
      let run = add(entry.variant, entry.overrides)
      let base = entry.against.map { add($0, entry.overrides) }
      places.append((entry, run, base))
    }
  }

  /// - Throws: `Faults` of a run, of a metric that it does not have, or of a value's unit.
  func outcomes(
    _ played: (Int) throws(Faults) -> any MetricSource
  ) throws(Faults) -> [ExpectationOutcome] {
    var outcomes: [ExpectationOutcome] = []
    for (entry, run, base) in places {
      let report = try played(run)
      var other: (any MetricSource)?
      if let base { other = try played(base) }
      outcomes.append(try ExpectationCheck.outcome(entry, report, against: other))
    }
    return outcomes
  }
}
