import Diagnostics
import Foundation
import Hardware
import Models
import Policies
import Scenarios
import Traces

/// Finds what a scenario names: profile, runtime, model and traces.
public struct ScenarioResolver: Sendable {
  let profiles: String
  let models: String
  private let known: KnownProfiles
  private let donors: DonorProfiles

  /// - Parameters:
  ///   - profiles: folder of hardware profiles, with `runtimes/` in it.
  ///   - models: folder of bundled model configurations.
  public init(profiles: String, models: String) {
    self.profiles = profiles
    self.models = models
    known = KnownProfiles(ProfileLibrary(folder: profiles))
    donors = DonorProfiles(known.library)
  }

  /// - Throws: `Faults` when a name is unknown, a file is faulty or a trace does not fit the model.
  public func resolve(_ reading: ScenarioReading) throws(Faults) -> ResolvedScenario {
    var traces = TraceStore()
    return try resolve(reading, traces: &traces)
  }

  /// The same for one of several variants, which share the traces that they have in common.
  /// - Parameter store: what the variants before have read and drawn.
  public func resolve(
    _ reading: ScenarioReading, traces store: inout TraceStore
  ) throws(Faults) -> ResolvedScenario {
    do throws(Faults) {
      return try found(reading, &store)
    } catch {
      throw reading.places.placed(error)
    }
  }

  private func found(
    _ reading: ScenarioReading, _ store: inout TraceStore
  ) throws(Faults) -> ResolvedScenario {
    let scenario = reading.scenario
    let place = SourcePosition(file: reading.file)
    let profile = try profile(scenario.hardware, at: place).with(scenario.figures, at: place)
    let runtime = try RuntimeFile.runtime(
      scenario.runtime, folder: "\(profiles)/runtimes", at: place)
    try check(profile, runs: runtime, at: place)
    let model = try SpreadModel.share(
      of: scenario.method.weights.reshaped(try model(reading)), scenario, profile: profile,
      runtime: runtime, at: place)
    let traces = try TraceSelection(
      scenario: scenario, model: model, file: reading.file
    ).load(from: &store)
    var resolved = ResolvedScenario(
      scenario: scenario, profile: profile, donors: donors(of: profile),
      runtime: runtime, model: model, draft: try draft(reading),
      pages: traces.pages, experts: traces.experts, neurons: traces.neurons, places: reading.places)
    if let name = scenario.workload.requests?.apart?.hardware {
      let other = try self.profile(name, key: "workload.apart.hardware", at: place)
      try check(other, runs: runtime, at: place)
      resolved.promptServer = .init(profile: other, donors: donors(of: other))
    }
    return resolved
  }

  private func donors(
    of profile: Profile
  ) -> @Sendable () throws(Faults) -> [Profile] {
    { [donors] () throws(Faults) in try donors.profiles(but: profile.name) }
  }

  private func check(
    _ profile: Profile, runs runtime: Runtime, at place: SourcePosition
  ) throws(Faults) {
    guard profile.computeUnit(runtime.unit) == nil else { return }
    throw Faults(
      .conflict(
        key: "runtime", found: runtime.name,
        mend: "it runs on a \(runtime.unit), which \(profile.name) has not; it has "
          + (profile.computeUnits.isEmpty
            ? "no compute unit" : profile.computeUnits.map(\.name).joined(separator: ", "))),
      at: place)
  }

  private func profile(
    _ name: String, key: String = "hardware", at place: SourcePosition
  ) throws(Faults) -> Profile {
    let library = known.library
    if !name.contains("/"), !name.hasSuffix(".yaml"), library.file(of: name) == nil {
      throw Faults(
        .unknownName(key: key, kind: "profile", found: name, known: library.names()),
        at: place)
    }
    return try known.profile(name)
  }

  private func model(_ reading: ScenarioReading) throws(Faults) -> Model {
    switch reading.scenario.model {
    case .named(let name):
      return try ModelLibrary(folder: models).model(name, at: SourcePosition(file: reading.file))
    case .inline:
      guard let map = reading.inlineModel?.map() else { throw Faults(reading.faults) }
      let model =
        map.contains("recording")
        ? RecordedLayers.read(map)
        : map.contains("convolutions") ? ModelConfig.convolutions(map) : ModelConfig.inline(map)
      guard let model else { throw Faults(map.faults.all) }
      return model
    }
  }
}

extension ScenarioResolver {
  /// The model that proposes tokens, where the method has one.
  private func draft(_ reading: ScenarioReading) throws(Faults) -> Model? {
    switch reading.scenario.method.depth.draft?.model {
    case nil: return nil
    case .named(let name):
      return try ModelLibrary(folder: models).model(name, at: SourcePosition(file: reading.file))
    case .inline:
      guard let map = reading.inlineDraft?.map() else { throw Faults(reading.faults) }
      guard let model = ModelConfig.inline(map) else { throw Faults(map.faults.all) }
      return model
    }
  }
}

extension ScenarioReading {
  /// The faults that its values have collected.
  var faults: [Fault] {
    let all = inlineModel?.faults.all ?? []
    return all.isEmpty
      ? [Fault(.missingKey("model", expected: "a model"), at: position)] : all
  }
}
