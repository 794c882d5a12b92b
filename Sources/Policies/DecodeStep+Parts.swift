import Models
import Programs

/// A decode layer taken apart: what the tokens of a step decide, and what follows the context and the
/// amounts that a method reads of it.
public struct SplitLayer: Sendable {
  /// Norm and projections, between the stated work, which a layer begins with, and the reads.
  public var before: [Operation] = []
  /// What follows the reads.
  public var after: [Operation] = []
}

/// Layers of a decode step, one of each shape of the model.
public struct SplitStep: Sendable {
  public var streams: [Programs.Stream]
  /// Names of the columns that operations refer to by their indices.
  public var columns: [String]
  public var layers: [SplitLayer]
}

/// A part of a layer that follows the context.
public enum ChangingPart: Hashable, Sendable {
  /// The stated works of a layer.
  case stated(layer: Int)
  /// All that a layer reads of KV, where the method states nothing.
  case unstated(Attention, layer: Int)
  /// One kernel of the reads of a class, with what it needs from a far tier.
  case kernel(Int, ofClass: Int)
  /// What joins the results of a class's kernels.
  case merge(ofClass: Int)
}

/// Some operations of a layer, with the streams and the columns that they name by their indices.
public struct LoweredPart: Sendable {
  public var operations: [Operation]
  public var streams: [Programs.Stream]
  public var columns: [String]
}

extension DecodeStep {
  /// One layer of each shape of the model, by the place of the shape, and the head, as `lower` has them.
  public static func shapes(_ setting: Setting) -> (layers: SplitStep, host: Block, head: Block) {
    var builder = StepBuilder(setting)
    builder.addHostStart()
    let host = builder.closeBlock("host")
    var layers: [SplitLayer] = []
    for shape in setting.model.shapes.indices {
      let index = setting.model.shapeOfLayer.firstIndex(of: shape) ?? 0
      builder.addLayer(index)
      let (stated, reads) = (builder.statedCount, builder.reads)
      let all = builder.closeBlock("").operations
      layers.append(
        SplitLayer(
          before: Array(all[stated..<reads.lowerBound]), after: Array(all[reads.upperBound...])))
    }
    if setting.model.vocabulary > 0 { builder.addHead() }
    let head = builder.closeBlock("head")
    return (
      SplitStep(streams: builder.streams, columns: builder.columns, layers: layers), host, head
    )
  }

  /// A part by itself, which with those around it makes up what `lower` has of a layer.
  ///
  /// Dependencies on what is left out name other operations than in `lower`.
  /// - Parameter readPlan: the setting's.
  public static func part(
    _ part: ChangingPart, _ setting: Setting, _ readPlan: ReadPlan?
  ) -> LoweredPart {
    var builder = StepBuilder(setting, readPlan)
    let classes = readPlan?.classes ?? []
    switch part {
    case .stated(let layer): builder.addOverheads(layer: layer)
    case .unstated(let attention, let layer):
      builder.addKeyValueReads(attention, at: layer)
    case .kernel(let kernel, let place):
      builder.addRead(classes[place].kernels[kernel], of: classes[place], at: place)
    case .merge(let place): builder.addReadMerge(of: classes[place])
    }
    return LoweredPart(
      operations: builder.closeBlock("").operations, streams: builder.streams,
      columns: builder.columns)
  }

  /// For each layer its class, and of each class the first layer: equal are layers of one shape for
  /// which the same reads and the same works are stated.
  /// - Parameter readPlan: the setting's.
  public static func classes(
    _ setting: Setting, _ readPlan: ReadPlan?
  ) -> (ofLayer: [Int], first: [Int]) {
    var ofLayer: [Int] = []
    var first: [Int] = []
    let model = setting.model
    ofLayer.reserveCapacity(model.layerCount)
    let isStated = setting.method.overheads.contains { $0.layers != .all }
    func isLike(_ a: Int, _ b: Int) -> Bool {
      model.shapeOfLayer[a] == model.shapeOfLayer[b]
        && readPlan?.classOfLayer[a] == readPlan?.classOfLayer[b]
        && (!isStated || setting.statedWork(layer: a) == setting.statedWork(layer: b))
    }
    for index in 0..<model.layerCount {
      if index > 0, isLike(index, index - 1) {
        ofLayer.append(ofLayer[index - 1])
      } else if let place = first.firstIndex(where: { isLike(index, $0) }) {
        ofLayer.append(place)
      } else {
        ofLayer.append(first.count)
        first.append(index)
      }
    }
    return (ofLayer, first)
  }
}
