import Diagnostics
import Models
import Policies
import Programs
import Scenarios

/// Holds what `depth` and `lookup` state against the model and the other sites.
struct DepthCheck {
  /// The most layers, of all its passes together, that one step runs.
  private static let layerLimit = 20_000.0
  private let setting: Setting
  private let resolved: ResolvedScenario

  init(_ setting: Setting, _ resolved: ResolvedScenario) {
    self.setting = setting
    self.resolved = resolved
  }

  /// - Throws: `Faults` with everything that does not fit.
  func run() throws(Faults) {
    var faults: [Fault] = []
    func refuse(_ key: String, _ found: String, _ mend: String) {
      faults.append(
        Fault(
          .conflict(key: key, found: found, mend: mend),
          at: SourcePosition(file: resolved.file)))
    }
    let method = setting.method
    let depth = method.depth
    let layers = setting.model.layerCount
    if setting.positions > 1 {
      let key = depth.draft == nil ? "depth.correct" : "depth.draft"
      let selects = method.attention.selection != .all || method.statesReads
      if selects {
        refuse(
          key, "given with a selection at attention or cache",
          "a selection is for one query of a sequence; leave one of them out")
      }
      let isTraced = resolved.pages != nil || resolved.experts != nil
      if isTraced || (depth.correct != nil && resolved.neurons != nil) {
        refuse(
          key, "given with a trace",
          "a trace tells one token a step; state experts.union, or leave one of them out")
      }
    }
    if depth.correct != nil, setting.method.neurons.selection == .all {
      refuse(
        "depth.correct", "given with neurons.select: all",
        "there is nothing to correct; choose neurons, or leave it out")
    }
    if let exit = depth.exit {
      if exit.meanLayers > Double(layers) {
        refuse("depth.exit.mean-layers", "\(exit.meanLayers)", "the model has \(layers) layers")
      }
      if setting.model.vocabulary == 0 {
        refuse(
          "depth.exit", "a recording of kernels", "it has no head to leave for; leave it out")
      }
    }
    let passes = Double(depth.correct?.every ?? 1) * Double(layers)
    let drafted = Double(depth.draft?.passes ?? 0) * Double(setting.draft?.layerCount ?? 0)
    if passes + drafted > Self.layerLimit {
      refuse(
        depth.correct == nil ? "depth.draft.passes" : "depth.correct.every",
        "a step of \(Int(passes + drafted)) layers",
        "a step may run \(Int(Self.layerLimit)); take fewer passes")
    }
    if let draft = setting.draft {
      let isPlain = (0..<draft.layerCount).allSatisfy { draft.layer($0).feedForward.isPlain }
      if !isPlain || draft.vocabulary == 0 {
        refuse(
          "depth.draft.model", draft.name, "a draft model is a dense one with a head")
      }
    }
    if method.weights.hostLayers != nil {
      if setting.host == nil {
        refuse(
          "weights.host-layers", setting.profile.name, "it has no host beside the runtime's unit")
      }
      if !method.weights.placements.isEmpty || method.cache.tier != nil
        || method.experts.tier != nil || !method.lookups.isEmpty
      {
        refuse(
          "weights.host-layers", "given with a far tier",
          "the host computes where its layers lie; leave one of them out")
      }
    }
    for (place, table) in method.lookups.enumerated() where table.readers(of: layers) == 0 {
      refuse("lookup[\(place)].layers", "none of the model's", "the model has \(layers) layers")
    }
    try Faults.throwIfAny(faults)
  }
}

extension FeedForward {
  /// Whether every token runs all of it.
  fileprivate var isPlain: Bool {
    if case .experts = self { return false }
    return true
  }
}

extension SizeResolver {
  /// The counts of the layer that runs in a part of the steps: those of every column where it runs,
  /// and else zero.
  func fillPartialLayer(_ sizes: inout ResolvedSizes) {
    guard setting.partialLayer != nil else { return }
    let (steps, layers) = (setting.steps, setting.model.layerCount)
    let runs = (0..<steps).map { setting.partialLayerRuns($0) }
    for (name, column) in sizes.columns {
      var counts = column.counts
      for step in 0..<steps where !runs[step] {
        for layer in 0..<layers { counts[step * layers + layer] = 0 }
      }
      let masked = Setting.partialColumn(name)
      sizes.columns[masked] = CountColumn(name: masked, layers: layers, counts: counts)
    }
    let each = runs.flatMap { [Int32](repeating: $0 ? 1 : 0, count: layers) }
    sizes.columns[Setting.partialRun] = CountColumn(
      name: Setting.partialRun, layers: layers, counts: each)
  }
}
