import Quantities

/// The shape of a transformer: what a step computes and what its weights weigh.
///
/// Counts leave out multi-token-prediction heads, vision and audio towers. Read next: `Layer`,
/// `Attention`, `FeedForward`, `Matrix`.
public struct Model: Sendable, Hashable {
  /// The name a scenario uses: `facebook/opt-6.7b`.
  public var name: String
  /// Width of the residual stream.
  public var hidden: Int
  /// Rows of the embedding table and of the LM head.
  public var vocabulary: Int
  /// The LM head is the embedding table.
  public var tiedEmbeddings: Bool
  /// The distinct layer shapes, in order of first use.
  public private(set) var shapes: [Layer]
  /// For each layer, the index of its shape in `shapes`.
  public private(set) var shapeOfLayer: [Int]
  public var finalNorm: Norm
  /// Rows of a learned position table; 0 for rotary or no positions.
  public var positions = 0
  /// The LM head has a bias.
  public var headBias = false
  /// Tokens that the model was made for; nil where the file does not say.
  public var maximumContext: Int?

  /// Finds equal layers among `layers`, which are given from the bottom up.
  public init(
    name: String, hidden: Int, vocabulary: Int, tiedEmbeddings: Bool, layers: [Layer],
    finalNorm: Norm = .scale
  ) {
    self.name = name
    self.hidden = hidden
    self.vocabulary = vocabulary
    self.tiedEmbeddings = tiedEmbeddings
    self.finalNorm = finalNorm
    var indices: [Layer: Int] = [:]
    shapes = []
    shapeOfLayer = []
    for layer in layers {
      if let index = indices[layer] {
        shapeOfLayer.append(index)
      } else {
        indices[layer] = shapes.count
        shapeOfLayer.append(shapes.count)
        shapes.append(layer)
      }
    }
  }

  /// Another shape of a model: its vocabulary and what belongs to the whole stay.
  public init(like model: Model, hidden: Int, layers: [Layer]) {
    self.init(
      name: model.name, hidden: hidden, vocabulary: model.vocabulary,
      tiedEmbeddings: model.tiedEmbeddings, layers: layers, finalNorm: model.finalNorm)
    positions = model.positions
    headBias = model.headBias
    maximumContext = model.maximumContext
  }

  public var layerCount: Int { shapeOfLayer.count }
  /// The layer at `index`, counted from 0 at the bottom.
  /// - Precondition: `index` is below `layerCount`.
  public func layer(_ index: Int) -> Layer { shapes[shapeOfLayer[index]] }
  /// How many layers have each shape, in the order of `shapes`.
  public var layersOfShape: [Int] {
    shapeOfLayer.reduce(into: Array(repeating: 0, count: shapes.count)) { $0[$1] += 1 }
  }
}
