import Diagnostics
import Models
import Policies
import Quantities

/// What lies in each tier at the fullest moment.
public struct MemoryPlan: Sendable {
  public struct Item: Sendable {
    public var tier: String
    public var what: String
    public var bytes: Bytes
  }
  public private(set) var items: [Item] = []

  /// - Throws: `Faults` when a tier holds more than its capacity, naming the largest item.
  init(setting: Setting, sizes: ResolvedSizes, file: String) throws(Faults) {
    self.init(weightsOf: setting, sizes)
    try placeWork(setting, sizes, ReadPlan(setting), file: file)
  }

  private init() {}

  /// Nothing anywhere.
  static let empty = MemoryPlan()

  /// The weights alone, which no context changes.
  init(weightsOf setting: Setting, _ sizes: ResolvedSizes) { placeWeights(setting, sizes) }

  /// Adds KV and activations, and holds what every tier has then against its capacity.
  /// - Throws: `Faults` as `init(setting:sizes:file:)` does.
  mutating func placeWork(
    _ setting: Setting, _ sizes: ResolvedSizes, _ plan: ReadPlan?, file: String
  ) throws(Faults) {
    if setting.workload.training == nil {
      placeKV(setting, sizes, plan)
      placeDepth(setting)
      placeLookups(setting)
      placeHostLayers(setting)
      let width = Double(setting.model.hidden) * Double(setting.rows)
      add(setting.nearTier, "activations", setting.activations.bytes(of: 4 * width).value)
    } else {
      placeTraining(setting)
    }
    for tier in setting.profile.tiers {
      let used = peak(tier.name)
      // Devices that compute in turn hold the model together.
      let devices = tier.name == setting.nearTier ? Double(setting.method.weights.devices) : 1
      guard used > tier.capacity.value * devices else { continue }
      let largest = items.filter { $0.tier == tier.name }.max { $0.bytes < $1.bytes }
      throw Faults(
        .conflict(
          key: "memory.\(tier.name)", found: "\(used)",
          mend: "\(setting.profile.name) has \(tier.capacity.value); the largest part is "
            + "\(largest?.what ?? "") (\(largest?.bytes ?? .zero)): place it farther away, lower "
            + "its precision or shorten the context"), at: SourcePosition(file: file))
    }
  }

  /// Bytes in a tier at the fullest moment.
  public func peak(_ tier: String) -> Bytes {
    items.reduce(Bytes.zero) { $1.tier == tier ? $0 + $1.bytes : $0 }
  }

  /// What lies in a tier so far, in another amount.
  mutating func scale(_ tier: String, by share: Double) {
    for place in items.indices where items[place].tier == tier {
      items[place].bytes = items[place].bytes * share
    }
  }

  /// Adds bytes to an item of a tier, which is made where it is new.
  /// - Returns: its place, or -1 for no bytes.
  @discardableResult
  mutating func add(_ tier: String, _ what: String, _ bytes: Double) -> Int {
    guard bytes > 0 else { return -1 }
    if let index = items.firstIndex(where: { $0.tier == tier && $0.what == what }) {
      items[index].bytes += Bytes(bytes)
      return index
    }
    items.append(Item(tier: tier, what: what, bytes: Bytes(bytes)))
    return items.count - 1
  }

  /// Adds bytes to the item at a place that `add` gave for as many.
  mutating func add(_ bytes: Double, to place: Int) {
    if place >= 0 { items[place].bytes += Bytes(bytes) }
  }

  /// Takes a share of an item to another tier.
  mutating func move(_ what: String, share: Double, from tier: String, to other: String) {
    guard let index = items.firstIndex(where: { $0.tier == tier && $0.what == what }) else {
      return
    }
    let moved = items[index].bytes.value * share
    items[index].bytes = Bytes(items[index].bytes.value - moved)
    add(other, what, moved)
  }

  private mutating func placeWeights(_ setting: Setting, _ sizes: ResolvedSizes) {
    let model = setting.model
    let near = setting.nearTier
    var attention = 0.0
    var dense = 0.0
    var experts = 0.0
    var predictors = 0.0
    for index in 0..<model.layerCount {
      let layer = model.layer(index)
      let matrices = layer.matrices(hidden: model.hidden)
      let feed = matrices.filter { $0.role == .feedForward }
      let rest = matrices.filter { $0.role != .feedForward && $0.role != .expert }
      attention += setting.storedBytes(of: rest)
      dense += setting.storedBytes(of: feed)
      if case .experts(let shape) = layer.feedForward {
        experts += setting.bytesOfExpert(layer: index) * Double(shape.count)
      }
      if case .dense(let shape) = layer.feedForward, let rank = setting.predictorRank(layer: index)
      {
        predictors += setting.heldBytes(
          of: Double(rank * (model.hidden + shape.intermediate)), .ffn)
      }
    }
    place(.attention, "attention weights", attention, setting)
    place(
      .embeddings, "embeddings and head",
      setting.storedBytes(of: model.outerParameters, .embeddings), setting)
    add(near, "predictors", predictors)
    placeDense(dense, setting, sizes)
    placeExperts(experts, setting, sizes)
  }

  private mutating func place(
    _ part: WeightsPolicy.Part, _ what: String, _ bytes: Double, _ setting: Setting
  ) {
    let held = bytes * setting.widening(part)
    guard let placement = setting.method.weights.placements[part] else {
      add(setting.nearTier, what, held)
      return
    }
    add(placement.tier, what, bytes)
    add(setting.nearTier, what, held * placement.residentShare)
    // While one layer computes, the next one's missing weights lie beside it.
    let layers = Double(max(1, part == .embeddings ? 1 : setting.model.layerCount))
    add(
      setting.nearTier, "streaming buffer",
      held * (1 - placement.residentShare) / layers * Double(1 + placement.prefetchLayers))
  }

  private mutating func placeDense(_ bytes: Double, _ setting: Setting, _ sizes: ResolvedSizes) {
    guard setting.method.neurons.selection.isByTrace,
      let placement = setting.method.weights.placements[.ffn]
    else {
      place(.ffn, "FFN weights", bytes, setting)
      return
    }
    add(placement.tier, "FFN weights", bytes)
    let neurons = Preparation.denseLayers(setting.model).reduce(0.0) { sum, layer in
      guard case .dense(let shape) = setting.model.layer(layer).feedForward else { return sum }
      return sum + Double(shape.intermediate)
    }
    let each = neurons > 0 ? bytes * setting.widening(.ffn) / neurons : 0
    add(setting.nearTier, "neuron window", each * Double(sizes.neuronsHeld))
  }

  private mutating func placeExperts(_ bytes: Double, _ setting: Setting, _ sizes: ResolvedSizes) {
    guard bytes > 0 else { return }
    guard let tier = setting.method.experts.tier, tier != setting.nearTier else {
      add(setting.nearTier, "experts", bytes)
      return
    }
    add(tier, "experts", bytes)
    let layers = Preparation.mixtureLayers(setting.model)
    let largest = layers.map { setting.bytesOfExpert(layer: $0) }.max() ?? 0
    if let resident = setting.method.experts.resident {
      switch resident.budget {
      case .bytes(let budget):
        add(resident.tier, "expert cache", max(budget.value, sizes.experts?.peakBytes ?? 0))
      case .entries(let count):
        let caches = resident.scope == .global ? 1 : layers.count
        add(resident.tier, "expert cache", Double(count) * Double(caches) * largest)
      }
    }
    let atOnce = sizes.columns["experts.active"].map { Double($0.largest) } ?? 0
    add(setting.nearTier, "experts in use", atOnce * largest)
  }
}
