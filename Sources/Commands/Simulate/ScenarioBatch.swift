import Diagnostics
import Dispatch
import Foundation
import ScenarioFiles
import Scenarios
import Simulation

/// One variant, run.
struct ScenarioResult: Sendable {
  var simulator: Simulator
  var run: Simulator.Run
}

/// The variants of one scenario file, run side by side, each by itself deterministic.
struct ScenarioBatch {
  let file: ScenarioFile
  let engines: Simulator.Engines
  let recordLimit: Int
  private let resolved: [ResolvedScenario]

  init(
    file: String, settings: [String], variants: [String], engines: Simulator.Engines,
    recordLimit: Int
  ) throws(Faults) {
    self.file = try ScenarioFile(contentsOf: file, settings: settings)
    try ExpectationCheck.check(self.file.expectations)
    self.engines = engines
    self.recordLimit = recordLimit
    let resolver = ScenarioResolver(
      profiles: try Assets.folder("hardware-profiles"),
      models: try Assets.folder("scenarios/models"))
    var resolved: [ResolvedScenario] = []
    var traces = TraceStore()
    for variant in variants.isEmpty ? self.file.variants : variants {
      let reading = try self.file.scenario(variant: variant)
      resolved.append(try resolver.resolve(reading, traces: &traces))
    }
    self.resolved = resolved
  }

  var title: String { file.title.isEmpty ? file.name : file.title }

  /// Runs all variants on `threads` threads; the results are in the order of the variants.
  func run(threads: Int, progress: Progress) throws(Faults) -> [ScenarioResult] {
    let slots = Slots(count: resolved.count)
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = threads
    for (index, scenario) in resolved.enumerated() {
      queue.addOperation { [engines, recordLimit] in
        slots.set(index, Self.result(scenario, engines, recordLimit))
        progress.advance(scenario.scenario.variant, of: slots.count)
      }
    }
    queue.waitUntilAllOperationsAreFinished()
    progress.finish()
    var results: [ScenarioResult] = []
    for slot in slots.all { results.append(try slot.get()) }
    return results
  }

  private static func result(
    _ scenario: ResolvedScenario, _ engines: Simulator.Engines, _ recordLimit: Int
  ) -> Result<ScenarioResult, Faults> {
    do throws(Faults) {
      let simulator = try Simulator(scenario)
      return .success(
        ScenarioResult(
          simulator: simulator, run: try simulator.run(engines, recordLimit: recordLimit)))
    } catch {
      return .failure(error)
    }
  }

  /// Holds the results against the scenario's expectations; those of variants that did not run are
  /// left out.
  func compare(_ results: [ScenarioResult]) throws(Faults) -> [ExpectationOutcome] {
    try ExpectationCheck(results: results.map(\.run.report)).outcomes(file.expectations)
  }
}

/// Results that several threads fill in, each its own place.
private final class Slots: @unchecked Sendable {
  // Unchecked: every access holds the lock.
  private let lock = NSLock()
  private var values: [Result<ScenarioResult, Faults>?]
  let count: Int

  init(count: Int) {
    self.count = count
    values = Array(repeating: nil, count: count)
  }

  func set(_ index: Int, _ value: Result<ScenarioResult, Faults>) {
    lock.lock()
    defer { lock.unlock() }
    values[index] = value
  }

  var all: [Result<ScenarioResult, Faults>] {
    lock.lock()
    defer { lock.unlock() }
    return values.compactMap { $0 }
  }
}
