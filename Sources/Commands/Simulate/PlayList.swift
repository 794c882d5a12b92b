import Diagnostics
import Dispatch
import Foundation
import ScenarioFiles
import Scenarios
import Simulation

/// The runs that variants, expectations and claims ask for, each distinct one once.
struct PlayList {
  /// What tells one run from another.
  private struct Key: Hashable {
    var file: String
    var variant: String
    var changes: String
  }

  private var places: [Key: Int] = [:]
  private var resolved: [Result<ResolvedScenario, Faults>] = []
  private var names: [String] = []
  private let resolver: ScenarioResolver
  private var traces = TraceStore()

  /// - Throws: `Faults` when the shipped folders are nowhere.
  init() throws(Faults) {
    resolver = ScenarioResolver(
      profiles: try Assets.folder("hardware-profiles"),
      models: try Assets.folder("scenarios/models"))
  }

  var count: Int { resolved.count }

  /// The place of a run in the results; what is wrong with it is its result.
  mutating func add(_ file: ScenarioFile, variant: String, at overrides: Overrides = .none) -> Int {
    let key = Key(file: file.file, variant: variant, changes: overrides.text)
    if let place = places[key] { return place }
    let place = resolved.count
    places[key] = place
    names.append("\(file.name) \(variant)")
    do throws(Faults) {
      let reading = try file.scenario(variant: variant, at: overrides)
      resolved.append(.success(try resolver.resolve(reading, traces: &traces)))
    } catch {
      resolved.append(.failure(error))
    }
    return place
  }

  /// - Throws: what is already known to be wrong with a run.
  func check(_ place: Int) throws(Faults) { _ = try resolved[place].get() }

  /// Runs all of them on `threads` threads, each by itself deterministic.
  /// - Parameter recordLimit: operations kept for a timeline of each of the first `recorded` runs.
  func run(
    _ engines: Simulator.Engines, threads: Int, recordLimit: Int = 0, recorded: Int = 0,
    progress: Progress
  ) -> [Result<ScenarioResult, Faults>] {
    let slots = Slots(count: resolved.count)
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = threads
    for (index, scenario) in resolved.enumerated() {
      queue.addOperation { [names] in
        slots.set(index, Self.result(scenario, engines, index < recorded ? recordLimit : 0))
        progress.advance(names[index], of: slots.count)
      }
    }
    queue.waitUntilAllOperationsAreFinished()
    progress.finish()
    return slots.all
  }

  private static func result(
    _ scenario: Result<ResolvedScenario, Faults>, _ engines: Simulator.Engines, _ recordLimit: Int
  ) -> Result<ScenarioResult, Faults> {
    do throws(Faults) {
      let simulator = try Simulator(try scenario.get())
      return .success(
        ScenarioResult(
          simulator: simulator, run: try simulator.run(engines, recordLimit: recordLimit)))
    } catch {
      return .failure(error)
    }
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
