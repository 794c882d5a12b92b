import Models
import Programs

/// A decode step with its columns still to be filled: what lowering yields.
public struct LoweredStep: Sendable {
  public var streams: [Programs.Stream]
  public var blocks: [Block]
  public var order: [BlockUse]
  /// Names of the columns in the order of their indices; each spans all layers of the model.
  public var columns: [String]
}

/// Lowers one decode step: every layer's sites add their operations; equal layers share a block.
public enum DecodeStep {
  public static func lower(_ setting: Setting) -> LoweredStep {
    var builder = StepBuilder(setting)
    var blocks: [Block] = []
    var order: [BlockUse] = []
    var known: [BlockKey: Int] = [:]
    var last: (key: BlockKey, block: Int)?
    order.reserveCapacity(setting.model.layerCount + 2)
    if setting.runtime.hostPerStep.value.value > 0 {
      builder.addHostIssue()
      blocks.append(builder.closeBlock("host"))
      order.append(BlockUse(block: 0, layer: 0))
    }
    for index in 0..<setting.model.layerCount {
      let key = BlockKey(
        shape: setting.model.shapeOfLayer[index],
        reads: builder.readPlan?.classOfLayer[index], rank: setting.predictorRank(layer: index),
        expertBytes: setting.expertBytes.isEmpty ? 0 : setting.expertBytes[index],
        denseBytes: setting.denseBytes.isEmpty ? 0 : setting.denseBytes[index],
        overheads: setting.method.overheads.isEmpty ? 0 : setting.statedWork(layer: index))
      // Most layers are like the one before, which is cheaper to see than to look up.
      if let block = last?.key == key ? last?.block : known[key] {
        last = (key, block)
        order.append(BlockUse(block: block, layer: index))
        continue
      }
      builder.addLayer(index)
      known[key] = blocks.count
      last = (key, blocks.count)
      order.append(BlockUse(block: blocks.count, layer: index))
      blocks.append(builder.closeBlock("layer-\(index)"))
    }
    if setting.model.vocabulary > 0 {
      builder.addHead()
      order.append(BlockUse(block: blocks.count, layer: 0))
      blocks.append(builder.closeBlock("head"))
    }
    return LoweredStep(
      streams: builder.streams, blocks: blocks, order: order, columns: builder.columns)
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
  }
}

extension StepBuilder {
  mutating func addLayer(_ index: Int) {
    let layer = setting.model.layer(index)
    weightScale = setting.weightScale(layer: index)
    defer { weightScale = 1 }
    addOverheads(layer: index)
    statedCount = operations.count
    addAttention(layer, at: index)
    switch layer.feedForward {
    case .dense(let shape): addDense(shape, layer: layer, index: index)
    case .experts(let shape): addExperts(shape, layer: layer, index: index)
    case .none: break
    }
  }

  mutating func addHead() {
    let elements = setting.model.headParameters
    let arrived = streamWeights(.embeddings, bytes: setting.weights.bytes(of: elements).value)
    addFinalNorm()
    addProduct("head", elements: elements, inputs: setting.model.hidden, after: arrived)
  }

  mutating func addHostIssue() {
    add(
      Operation(
        name: "host.step", site: .model, kind: .hostIssue, stream: main, traffic: []))
  }
}
