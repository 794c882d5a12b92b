import Programs

/// A decode layer taken apart: what the tokens of a step decide, and what follows the context and the
/// amounts that a method reads of it.
public struct SplitLayer: Sendable {
  /// Stated work, which a layer begins with.
  public var stated: [Operation]
  /// Norm and projections, between the stated work and the reads.
  public var before: [Operation] = []
  /// Reads of KV with their selection and fetches.
  public var reads: [Operation]
  /// What follows the reads.
  public var after: [Operation] = []
}

/// Layers of a decode step, one of each class of equal ones.
public struct SplitStep: Sendable {
  public var streams: [Programs.Stream]
  /// Names of the columns that operations refer to by their indices.
  public var columns: [String]
  public var layers: [SplitLayer]
  /// For each layer of the model its place in `layers`.
  public var classOfLayer: [Int]
  public var readPlan: ReadPlan?
}

extension DecodeStep {
  /// One layer of each shape of the model, by the place of the shape, and the head, as `lower` has them.
  public static func shapes(_ setting: Setting) -> (layers: SplitStep, host: Block, head: Block) {
    var builder = StepBuilder(setting)
    if setting.runtime.hostPerStep.value.value > 0 { builder.addHostIssue() }
    let host = builder.closeBlock("host")
    var layers: [SplitLayer] = []
    for shape in setting.model.shapes.indices {
      let index = setting.model.shapeOfLayer.firstIndex(of: shape) ?? 0
      builder.addLayer(index)
      let (stated, reads) = (builder.statedCount, builder.reads)
      let all = builder.closeBlock("").operations
      layers.append(
        SplitLayer(
          stated: Array(all[..<stated]), before: Array(all[stated..<reads.lowerBound]),
          reads: Array(all[reads]), after: Array(all[reads.upperBound...])))
    }
    if setting.model.vocabulary > 0 { builder.addHead() }
    let head = builder.closeBlock("head")
    return (
      SplitStep(
        streams: builder.streams, columns: builder.columns, layers: layers,
        classOfLayer: setting.model.shapeOfLayer, readPlan: builder.readPlan), host, head
    )
  }

  /// The stated work and the reads alone: all that changes while the tokens of a step, the model and
  /// the machine stay the same.
  ///
  /// Dependencies on what is left out name other operations than in `lower`.
  /// - Parameter readPlan: the setting's.
  public static func changingParts(_ setting: Setting, _ readPlan: ReadPlan?) -> SplitStep {
    var builder = StepBuilder(setting, readPlan)
    let (classOfLayer, first) = builder.classes()
    var layers: [SplitLayer] = []
    layers.reserveCapacity(first.count)
    for index in first {
      builder.addOverheads(layer: index)
      let stated = builder.closeBlock("").operations
      let attention = setting.model.layer(index).attention
      if attention.kvHeads > 0 { builder.addKeyValueReads(attention, at: index) }
      layers.append(SplitLayer(stated: stated, reads: builder.closeBlock("").operations))
    }
    return SplitStep(
      streams: builder.streams, columns: builder.columns, layers: layers,
      classOfLayer: classOfLayer, readPlan: builder.readPlan)
  }
}

extension StepBuilder {
  /// For each layer its class, and of each class the first layer: equal are layers of one shape for
  /// which the same reads and the same works are stated.
  fileprivate func classes() -> (ofLayer: [Int], first: [Int]) {
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
