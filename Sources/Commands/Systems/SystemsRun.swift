import Diagnostics
import ScenarioFiles
import Scenarios
import Simulation

/// Scenarios of published systems, run and held against what is published of them.
struct SystemsRun {
  let files: SystemFiles
  private(set) var rows: [SystemRow] = []
  private(set) var unmatched: [SilentRow] = []
  private(set) var unspoken: [SilentRow] = []
  private(set) var missing = 0
  private(set) var missingRatios = 0
  let runs: Int

  /// - Parameters:
  ///   - claims: further expectations, with the table that turns them into runs.
  /// - Throws: the faults of all scenarios at once; what is wrong with a claim's run makes the claim
  ///   unmatched instead.
  init(
    _ files: SystemFiles, claims: (list: [Claim], table: ClaimTable)?, engines: Simulator.Engines,
    threads: Int, progress: Progress
  ) throws(Faults) {
    self.files = files
    var plays = try PlayList()
    var expected: [ExpectedPlays] = []
    var streams: [StreamPlays?] = []
    for file in files.files {
      var own = try Self.streams(of: file)
      expected.append(
        ExpectedPlays(file, among: file.variants) { variant, overrides in
          own?.add(file, variant: variant, at: overrides)
            ?? plays.add(file, variant: variant, at: overrides)
        })
      streams.append(own)
    }
    var asked = claims.map { ClaimPlays($0.list, table: $0.table, files: files, in: &plays) }
    runs = plays.count + streams.reduce(0) { $0 + ($1?.count ?? 0) }
    let played = plays.run(engines, threads: threads, progress: progress)
    var faults: [Fault] = []
    for (place, (file, expected)) in zip(files.files, expected).enumerated() {
      do throws(Faults) {
        let reports = try streams[place]?.play(progress: progress)
        let outcomes = try expected.outcomes { place throws(Faults) in
          if let reports { return reports[place] }
          return try played[place].get().run.report
        }
        rows += outcomes.map { Self.row($0, of: file) }
      } catch {
        faults += error.faults
      }
      unspoken += file.unspoken.map {
        SilentRow(system: file.system, id: $0.id, metric: $0.metric, why: $0.note)
      }
    }
    guard faults.isEmpty else { throw Faults(faults) }
    guard asked != nil else { return }
    take(asked?.rows(played) ?? [])
    unmatched = asked?.unmatched ?? []
    let known = Set(unspoken.map(\.id) + rows.map(\.id))
    unspoken += (asked?.unspoken ?? []).filter { !known.contains($0.id) }
    missing = asked?.missing ?? 0
    missingRatios = asked?.missingRatios ?? 0
  }

  /// Where the plays of a file of streams are collected; nil of single requests.
  private static func streams(of file: ScenarioFile) throws(Faults) -> StreamPlays? {
    do throws(Faults) {
      guard let first = file.variants.first, try file.isOfStreams(first) else { return nil }
    } catch {
      // What is wrong with a variant is told with its run.
      return nil
    }
    return try StreamPlays()
  }

  /// Adds the rows of claims. One that a scenario expects too takes the place of that, so that what
  /// the table maps is seen; whether it counts, and why it is off, stays as the scenario says.
  private mutating func take(_ claimed: [SystemRow]) {
    let places = Dictionary(
      rows.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { old, _ in old })
    for var row in claimed {
      if let place = places[row.id] {
        row.counts = rows[place].counts
        row.note = rows[place].note
        rows[place] = row
      } else {
        rows.append(row)
      }
    }
  }

  private static func row(_ outcome: ExpectationOutcome, of file: ScenarioFile) -> SystemRow {
    let expectation = outcome.expectation
    return SystemRow(
      system: file.system, id: expectation.id, metric: expectation.metric,
      kind: expectation.against == nil ? .value : .ratio, published: expectation.value,
      predicted: outcome.predicted,
      texts: (outcome.unit.text(expectation.value), outcome.unit.text(outcome.predicted)),
      confidence: expectation.confidence,
      counts: expectation.use == .check, note: expectation.note)
  }

  /// Rows that count and are firm, those that are told apart, and those that do not count.
  var firm: [SystemRow] { rows.filter { $0.counts && !$0.isApart } }
  var apart: [SystemRow] { rows.filter { $0.counts && $0.isApart } }
  var totals: SystemTotals {
    SystemTotals(firm, missing: missing, missingRatios: missingRatios)
  }
}
