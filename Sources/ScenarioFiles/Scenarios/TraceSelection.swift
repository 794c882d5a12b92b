import Diagnostics
import Foundation
import Models
import Policies
import Scenarios
import Traces

/// Loads or draws the traces that a scenario's sites name, and checks that they fit its model.
struct TraceSelection {
  let scenario: Scenario
  let model: Model
  let file: String

  struct Loaded {
    var pages: PageTrace?
    var experts: ExpertTrace?
    var neurons: NeuronTrace?
  }

  /// A site that takes everything needs no trace, so that of a dense variant is not read.
  /// - Parameter store: what was read and drawn before; takes what is new.
  func load(from store: inout TraceStore) throws(Faults) -> Loaded {
    var loaded = Loaded()
    if let reference = scenario.method.cache.trace, scenario.method.attention.selection != .all {
      loaded.pages = try pages(reference, &store)
    }
    if let reference = scenario.method.experts.trace {
      loaded.experts = try experts(reference, &store)
    }
    if let reference = scenario.method.neurons.trace, scenario.method.neurons.selection.isByTrace {
      loaded.neurons = try neurons(reference, &store)
    }
    return loaded
  }

  private func pages(
    _ reference: TraceReference, _ store: inout TraceStore
  ) throws(Faults) -> PageTrace {
    let trace = try read(reference, site: "cache", &store) { targets throws(TraceFault) in
      try targets.pages(reference)
    }
    guard let view = trace.pages else { throw lacks("attention pages", "cache.trace") }
    let layers = (0..<model.layerCount).filter { model.layer($0).attention.kvHeads > 0 }
    guard let first = layers.first else {
      throw misfit("cache.trace", "a trace of pages", "the model has no attention")
    }
    try fits(view.layers, layers.count, key: "cache.trace", what: "attention layers")
    try fits(
      view.kvHeads, model.layer(first).attention.kvHeads, key: "cache.trace", what: "KV heads")
    try reaches(view.steps, reference, key: "cache.trace")
    if case .pages(let keep, let page) = scenario.method.attention.selection {
      let picks = (keep + page - 1) / page
      guard picks <= view.picks else {
        throw misfit(
          "attention.select.keep", "\(picks) pages a head",
          "the trace records the best \(view.picks); keep at most \(view.picks * page) tokens")
      }
      if let mass = scenario.method.attention.mass,
        !view.hasMass
      {
        throw misfit(
          "attention.select.mass", "\(mass)",
          "the trace records no masses; name one that does, or leave it out")
      }
    }
    return view
  }

  private func experts(
    _ reference: TraceReference, _ store: inout TraceStore
  ) throws(Faults) -> ExpertTrace {
    let trace = try read(reference, site: "experts", &store) { targets throws(TraceFault) in
      try targets.experts(reference)
    }
    guard let view = trace.experts else { throw lacks("expert choices", "experts.trace") }
    let layers = (0..<model.layerCount).filter { model.layer($0).feedForward.isMixture }
    try fits(view.layers, layers.count, key: "experts.trace", what: "mixture layers")
    if let first = layers.first, case .experts(let shape) = model.layer(first).feedForward {
      try fits(view.expertCount, shape.count, key: "experts.trace", what: "experts a layer")
    }
    try reaches(view.steps, reference, key: "experts.trace")
    if let topK = scenario.method.experts.topK, topK > view.topK {
      throw misfit("experts.top-k", "\(topK)", "the trace records the best \(view.topK)")
    }
    return view
  }

  private func neurons(
    _ reference: TraceReference, _ store: inout TraceStore
  ) throws(Faults) -> NeuronTrace {
    let trace = try read(reference, site: "neurons", &store) { targets throws(TraceFault) in
      try targets.neurons(reference)
    }
    guard let view = trace.neurons else { throw lacks("active neurons", "neurons.trace") }
    let layers = (0..<model.layerCount).filter { model.layer($0).feedForward.isDense }
    try fits(view.layers, layers.count, key: "neurons.trace", what: "dense layers")
    if let first = layers.first, case .dense(let shape) = model.layer(first).feedForward {
      try fits(view.neurons, shape.intermediate, key: "neurons.trace", what: "neurons a layer")
    }
    try reaches(view.tokens, reference, key: "neurons.trace")
    return view
  }

  private func read(
    _ reference: TraceReference, site: String, _ store: inout TraceStore,
    _ target: (TraceTargets) throws(TraceFault) -> TraceRecipe.Target
  ) throws(Faults) -> Trace {
    switch reference.use {
    case .file(let name): return try store.file(path(name, "\(site).trace.file"))
    case .like(let name):
      let place = SourcePosition(file: file)
      let like = try path(name, "\(site).trace.like")
      let recipe: TraceRecipe
      do throws(TraceFault) {
        recipe = TraceRecipe(
          like: like, target: try target(TraceTargets(scenario: scenario, model: model)),
          seed: scenario.seed)
      } catch {
        throw Faults(error.problem, at: place)
      }
      return try store.drawing(recipe, at: place)
    }
  }

  /// A trace is named relative to the scenario's folder, to the current directory, or to the
  /// folder of all scenarios.
  private func path(_ name: String, _ key: String) throws(Faults) -> String {
    if name.hasPrefix("/") { return name }
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    let beside = folder.appendingPathComponent(name).path
    if FileManager.default.fileExists(atPath: beside) { return beside }
    if FileManager.default.fileExists(atPath: name) { return name }
    if let shipped = Assets.file("scenarios/\(name)") { return shipped }
    throw misfit(
      key, name, "no such file beside the scenario, in this folder or in the shipped scenarios/")
  }

  private func fits(_ found: Int, _ wanted: Int, key: String, what: String) throws(Faults) {
    guard found != wanted else { return }
    throw misfit(
      key, "\(found) \(what)",
      "the model has \(wanted); use 'like' to draw a trace of the model's dimensions")
  }

  private func reaches(_ steps: Int, _ reference: TraceReference, key: String) throws(Faults) {
    let ahead = scenario.method.depth.positions - 1
    let last = reference.firstStep + scenario.workload.generate + ahead
    guard last > steps else { return }
    throw misfit(
      key, "\(steps) steps",
      "the scenario plays steps \(reference.firstStep) to \(last - 1); generate fewer tokens or use "
        + "'like'")
  }

  private func lacks(_ what: String, _ key: String) -> Faults {
    misfit(key, "a trace without \(what)", "name a trace that recorded them")
  }

  private func misfit(_ key: String, _ found: String, _ mend: String) -> Faults {
    Faults(.conflict(key: key, found: found, mend: mend), at: SourcePosition(file: file))
  }
}

extension FeedForward {
  var isMixture: Bool {
    if case .experts = self { return true }
    return false
  }

  var isDense: Bool {
    if case .dense = self { return true }
    return false
  }
}
