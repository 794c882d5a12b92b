import Hardware
import Models
import Quantities
import Workloads

/// Everything that lowering a step needs: the machine, the model, the method and the work.
public struct Setting: Sendable {
  public var profile: Profile
  public let runtime: Runtime
  let parts: PartKernels
  let calls: LibraryUse
  public var model: Model
  public var weights: Precision
  public var kv: Precision
  public var activations: Precision
  public var workload: RequestShape
  public var method: MethodChoice
  /// The model that proposes tokens, where the method has one.
  public var draft: Model?
  /// Positions of a sequence that pass through the model together in a decode step.
  public var positions: Int
  /// Bytes of one routed expert by layer of the model, where a trace recorded them; else empty and
  /// the expert's elements at the weights' precision count.
  public var expertBytes: [Double]
  /// Bytes of everything else in a layer, where a trace recorded them; else empty.
  public var denseBytes: [Double]

  public init(
    profile: Profile, runtime: Runtime, model: Model, weights: Precision, kv: Precision,
    activations: Precision, workload: RequestShape, method: MethodChoice,
    draft: Model? = nil, expertBytes: [Double] = [], denseBytes: [Double] = []
  ) {
    self.profile = profile
    self.runtime = runtime
    parts = PartKernels(runtime)
    calls = LibraryUse(runtime)
    self.model = model
    self.weights = weights
    self.kv = kv
    self.activations = activations
    self.workload = workload
    self.method = method
    self.draft = draft
    positions = method.depth.positions
    self.expertBytes = expertBytes
    self.denseBytes = denseBytes
  }

  /// The tier that the runtime's compute unit computes from.
  public var nearTier: String {
    let units = profile.computeUnits
    let own = units.firstIndex { $0.name == runtime.unit } ?? units.startIndex
    return own < units.endIndex ? units[own].memory : ""
  }

  /// Cores of the runtime's compute unit.
  var cores: Int {
    let units = profile.computeUnits
    return (units.first { $0.name == runtime.unit } ?? units.first)?.cores.value ?? 1
  }

  /// Bits of a weight as the runtime holds it beside the processor over bits as it is stored, at
  /// least 1. Routed experts are held as they are stored.
  public var widening: Double {
    guard let wide = runtime.computesIn else { return 1 }
    return max(1, wide.bits / weights.bits)
  }

  /// Bytes of `elements` weights as the runtime holds them beside the processor.
  public func heldBytes(of elements: Double) -> Double {
    weights.bytes(of: elements).value * widening
  }

  /// Bytes of one routed expert at a layer.
  public func bytesOfExpert(layer: Int) -> Double {
    if !expertBytes.isEmpty { return expertBytes[layer] }
    guard case .experts(let experts) = model.layer(layer).feedForward else { return 0 }
    return storedBytes(of: experts.elementsPerExpert(hidden: model.hidden), .ffn)
  }

  /// Tokens in the context of the last generated token.
  public var longestContext: Int { promptPositions + workload.generate }

  /// The unit of the column `context`: tokens that one count stands for, so that a long context
  /// needs no more than 4,096 prices; contexts up to that are exact. It is a power of two, so that
  /// a shorter context, whose unit divides it, is never rounded up to more tokens.
  public var contextUnit: Int {
    var unit = 1
    while unit * 4096 < longestContext { unit *= 2 }
    return unit
  }

  /// Rank of the neuron predictor at a layer; nil without a predictor.
  public func predictorRank(layer: Int) -> Int? {
    guard case .predictor(let it) = method.neurons.selection else { return nil }
    return layer >= model.layerCount - it.lastLayers ? it.lastRank : it.rank
  }

  /// Recorded over computed bytes of a layer's weights without its routed experts.
  func weightScale(layer: Int) -> Double {
    guard !denseBytes.isEmpty, denseBytes[layer] > 0 else { return 1 }
    let all = model.layer(layer).matrices(hidden: model.hidden)
    let elements = all.filter { $0.role != .expert && $0.role != .norm }.elements
    return elements > 0 ? denseBytes[layer] / weights.bytes(of: elements).value : 1
  }
}
