import Diagnostics
import Models
import Policies
import Programs
import Scenarios

/// Holds what `depth` and `lookup` state against the model and the other sites.
struct DepthCheck: SettingCheck {
  /// The most layers, of all its passes together, that one step runs.
  private static let layerLimit = 20_000.0
  let setting: Setting
  let resolved: ResolvedScenario

  var file: String { resolved.file }

  /// Everything that does not fit.
  func faults() -> [Fault] {
    positions() + exits() + passes() + hostLayers() + tables()
  }

  private var depth: DepthPolicy { setting.method.depth }
  private var layers: Int { setting.model.layerCount }

  private func positions() -> [Fault] {
    let method = setting.method
    var faults: [Fault] = []
    if setting.positions > 1 {
      let key = depth.draft == nil ? "depth.correct" : "depth.draft"
      if method.attention.selection != .all || method.statesReads {
        faults.append(
          conflict(
            key, "given with a selection at attention or cache",
            "a selection is for one query of a sequence; leave one of them out"))
      }
      let isTraced = resolved.pages != nil || resolved.experts != nil
      if isTraced || (depth.correct != nil && resolved.neurons != nil) {
        faults.append(
          conflict(
            key, "given with a trace",
            "a trace tells one token a step; state experts.union, or leave one of them out"))
      }
    }
    if depth.correct != nil, method.neurons.selection == .all {
      faults.append(
        conflict(
          "depth.correct", "given with neurons.select: all",
          "there is nothing to correct; choose neurons, or leave it out"))
    }
    return faults
  }

  private func exits() -> [Fault] {
    guard let exit = depth.exit else { return [] }
    var faults: [Fault] = []
    if exit.meanLayers > Double(layers) {
      faults.append(
        conflict(
          "depth.exit.mean-layers", "\(exit.meanLayers)", "the model has \(layers) layers"))
    }
    if setting.model.vocabulary == 0 {
      faults.append(
        conflict(
          "depth.exit", "a recording of kernels", "it has no head to leave for; leave it out"))
    }
    return faults
  }

  private func passes() -> [Fault] {
    var faults: [Fault] = []
    let passes = Double(depth.correct?.every ?? 1) * Double(layers)
    let drafted = Double(depth.draft?.passes ?? 0) * Double(setting.draft?.layerCount ?? 0)
    if passes + drafted > Self.layerLimit {
      faults.append(
        conflict(
          depth.correct == nil ? "depth.draft.passes" : "depth.correct.every",
          "a step of \(Int(passes + drafted)) layers",
          "a step may run \(Int(Self.layerLimit)); take fewer passes"))
    }
    if let draft = setting.draft {
      let isPlain = (0..<draft.layerCount).allSatisfy { draft.layer($0).feedForward.isPlain }
      if !isPlain || draft.vocabulary == 0 {
        faults.append(
          conflict("depth.draft.model", draft.name, "a draft model is a dense one with a head"))
      }
    }
    return faults
  }

  private func hostLayers() -> [Fault] {
    let method = setting.method
    guard method.weights.hostLayers != nil else { return [] }
    var faults: [Fault] = []
    if setting.host == nil {
      faults.append(
        conflict(
          "weights.host-layers", setting.profile.name, "it has no host beside the runtime's unit"))
    }
    if !method.weights.placements.isEmpty || method.cache.tier != nil
      || method.experts.tier != nil || !method.lookups.isEmpty
    {
      faults.append(
        conflict(
          "weights.host-layers", "given with a far tier",
          "the host computes where its layers lie; leave one of them out"))
    }
    return faults
  }

  private func tables() -> [Fault] {
    setting.method.lookups.enumerated().filter { $0.element.readers(of: layers) == 0 }.map {
      conflict(
        "lookup[\($0.offset)].layers", "none of the model's", "the model has \(layers) layers")
    }
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
