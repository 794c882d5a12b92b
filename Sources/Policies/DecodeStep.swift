import Models
import Programs

/// A decode step with its columns still to be filled: what lowering yields.
public struct LoweredStep: Sendable {
  public var streams: [Programs.Stream]
  public var blocks: [Block]
  public var order: [BlockUse]
  /// Names of the columns in the order of their indices; each spans all layers of the model.
  public var columns: [String]

  public init(
    streams: [Programs.Stream], blocks: [Block], order: [BlockUse], columns: [String]
  ) {
    self.streams = streams
    self.blocks = blocks
    self.order = order
    self.columns = columns
  }
}

/// Lowers one decode step: every layer's sites add their operations; equal layers share a block.
public enum DecodeStep {
  public static func lower(_ setting: Setting) -> LoweredStep {
    setting.method.depth.takesPasses ? DepthRound.lower(setting) : lowerPass(setting)
  }

  /// What of the host comes before a pass: its work before a step, the moment from which it launches, or
  /// nothing, where the pass follows another of the step.
  enum Start { case step, launches, none }

  /// One pass through the model.
  static func lowerPass(_ setting: Setting, start: Start = .step) -> LoweredStep {
    var builder = StepBuilder(setting)
    builder.tokens = setting.rows
    let exit = ExitPlan(setting)
    var blocks: [Block] = []
    var order: [BlockUse] = []
    var known: [BlockKey: Int] = [:]
    var last: (key: BlockKey, block: Int)?
    order.reserveCapacity(setting.model.layerCount + 2)
    builder.add(start)
    if builder.hasOperations {
      blocks.append(builder.closeBlock("host"))
      order.append(BlockUse(block: 0, layer: 0))
    }
    let isUniform = builder.readPlan == nil && !setting.variesByLayer
    for index in 0..<exit.layers {
      // Most models differ by layer in nothing but the shape, which is cheaper to see than a key.
      if isUniform, index > 0, let block = last?.block,
        setting.model.shapeOfLayer[index] == setting.model.shapeOfLayer[index - 1]
      {
        order.append(BlockUse(block: block, layer: index))
        continue
      }
      let key = BlockKey(
        shape: setting.model.shapeOfLayer[index],
        reads: builder.readPlan?.classOfLayer[index], rank: setting.predictorRank(layer: index),
        expertBytes: setting.expertBytes.isEmpty ? 0 : setting.expertBytes[index],
        denseBytes: setting.denseBytes.isEmpty ? 0 : setting.denseBytes[index],
        overheads: setting.method.overheads.isEmpty ? 0 : setting.statedWork(layer: index),
        lookups: setting.method.lookups.isEmpty ? [] : setting.lookups(layer: index),
        exit: exit.mark(index), isOnHost: setting.isOnHost(index))
      // Many layers are like the one before, which is cheaper to see than to look up.
      if let block = last?.key == key ? last?.block : known[key] {
        last = (key, block)
        order.append(BlockUse(block: block, layer: index))
        continue
      }
      builder.run(onHost: key.isOnHost)
      builder.addLayer(index)
      if key.exit & 1 != 0 { builder.addExitPredictor() }
      known[key] = blocks.count
      last = (key, blocks.count)
      order.append(BlockUse(block: blocks.count, layer: index))
      var block = builder.closeBlock("layer-\(index)")
      if setting.method.weights.hostLayers != nil { block = block.afterTheOneBefore() }
      blocks.append(key.exit & 2 != 0 ? builder.inPart(block) : block)
    }
    builder.run(onHost: false)
    if setting.model.vocabulary > 0 {
      builder.addExitColumns()
      builder.addRefusedHeads()
      builder.addHead()
      order.append(BlockUse(block: blocks.count, layer: 0))
      let head = builder.closeBlock("head")
      blocks.append(setting.method.weights.hostLayers == nil ? head : head.afterTheOneBefore())
    }
    return LoweredStep(
      streams: builder.streams, blocks: blocks, order: order, columns: builder.columns)
  }

  /// The host's work before a step, as a pass of its own.
  static func lowerStart(_ setting: Setting) -> LoweredStep {
    var builder = StepBuilder(setting)
    builder.add(.step)
    let host = builder.closeBlock("host")
    let isEmpty = host.operations.isEmpty
    return LoweredStep(
      streams: builder.streams, blocks: isEmpty ? [] : [host],
      order: isEmpty ? [] : [BlockUse(block: 0, layer: 0)], columns: builder.columns)
  }

  /// What makes two layers cost the same: their shape, and what was recorded or chosen by layer.
  private struct BlockKey: Hashable {
    var shape: Int
    var reads: Int?
    var rank: Int?
    var expertBytes: Double
    var denseBytes: Double
    /// Which of the stated works are for the layer, a bit each.
    var overheads: UInt64
    /// Tables that are read, and how far ahead each.
    var lookups: [Int]
    var exit: Int
    var isOnHost: Bool
  }
}

extension Setting {
  /// Whether layers of one shape may differ in what was recorded or chosen for each.
  fileprivate var variesByLayer: Bool {
    if case .predictor = method.neurons.selection { return true }
    return !expertBytes.isEmpty || !denseBytes.isEmpty || !method.overheads.isEmpty
      || !method.lookups.isEmpty || method.depth.exit != nil || method.weights.hostLayers != nil
  }
}

extension StepBuilder {
  mutating func add(_ start: DecodeStep.Start) {
    switch start {
    case .step: addHostStart()
    case .launches where issuesLaunches:
      addLaunchStart(after: [Dependency(on: "", blocksBack: 1)])
    case .launches, .none: break
    }
  }

  mutating func addLayer(_ index: Int) {
    let layer = setting.model.layer(index)
    weightScale = setting.weightScale(layer: index)
    defer { weightScale = 1 }
    if let convolution = layer.convolution { return addConvolution(convolution) }
    addOverheads(layer: index)
    statedCount = operations.count
    addLookups(layer: index)
    addAttention(layer, at: index)
    addAttentionReduce(layer.attention)
    addExpertGather(layer.feedForward)
    switch layer.feedForward {
    case .dense(let shape): addDense(shape, layer: layer, index: index)
    case .experts(let shape): addExperts(shape, layer: layer, index: index)
    case .none: break
    }
    addFeedForwardReduce(layer.feedForward)
  }

  mutating func addHead() {
    let elements = setting.model.headParameters
    part = .embeddings
    let arrived = streamWeights(.embeddings, bytes: setting.storedBytes(of: elements, part))
    addFinalNorm()
    addDraftHeads()
    addProduct("head", elements: elements, inputs: setting.model.hidden, after: arrived)
    addLogitGather()
  }
}
