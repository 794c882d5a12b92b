import Quantities

extension Model {
  /// The embedding table: `vocabulary hidden`, plus a learned position table.
  public var embeddingMatrices: [Matrix] {
    var list = [Matrix("embedding", .embedding, rows: vocabulary, columns: hidden)]
    if positions > 0 {
      list.append(Matrix("positions", .embedding, rows: positions, columns: hidden))
    }
    return list
  }

  /// What one pass of the LM head multiplies with, tied or not: the final norm and
  /// `vocabulary hidden`.
  public var headMatrices: [Matrix] {
    var list = [
      Matrix("final_norm", .norm, rows: hidden * finalNorm.vectors),
      Matrix("head", .head, rows: vocabulary, columns: hidden),
    ]
    if headBias { list.append(Matrix("head_bias", .head, rows: vocabulary)) }
    return list
  }

  /// Whether its layers are convolutions; a token is then an image.
  public var isConvolutional: Bool { shapes.contains { $0.convolution != nil } }

  /// Numbers of the embedding table (and positions).
  public var embeddingParameters: Double { embeddingMatrices.elements }
  /// Numbers that one pass of the LM head reads.
  public var headParameters: Double { headMatrices.elements }

  /// Numbers of the embedding table, the final norm and the LM head, a table that is both once; 0
  /// for a recording of layers.
  public var outerParameters: Double {
    guard vocabulary > 0 else { return 0 }
    let shared = tiedEmbeddings ? Double(vocabulary) * Double(hidden) : 0
    return embeddingParameters + headParameters - shared
  }

  /// All weights: layers, embedding table, final norm, and the LM head unless it is the table.
  public var parameterCount: Double {
    let shared = tiedEmbeddings ? Double(vocabulary) * Double(hidden) : 0
    return sumOverLayers { $0.matrices(hidden: hidden).elements } + embeddingParameters
      + headParameters - shared
  }

  /// Weights that one token is multiplied with: attention, the routed experts it uses, shared
  /// experts, one pass of the LM head; not the embedding table, of which it reads a row.
  public var activeParameterCount: Double {
    sumOverLayers { $0.matrices(hidden: hidden).activeElements } + headParameters
  }

  /// Bytes of all weights at one precision.
  public func weightBytes(_ precision: Precision) -> Bytes { precision.bytes(of: parameterCount) }

  /// Bytes that a newly computed token writes to the KV cache over all layers.
  public func kvBytesWritten(_ precision: Precision) -> Bytes {
    precision.bytes(of: sumOverLayers { $0.attention.kvElementsWritten })
  }

  /// Bytes that one more token adds to the KV cache over all layers once windows are full.
  public func kvBytesPerToken(_ precision: Precision) -> Bytes {
    precision.bytes(of: sumOverLayers { $0.attention.kvElementsPerToken })
  }

  /// Bytes of the KV cache of one request of `context` tokens over all layers.
  public func kvBytes(context: Int, _ precision: Precision) -> Bytes {
    precision.bytes(of: sumOverLayers { $0.attention.kvElements(context: context) })
  }

  /// Numbers of fixed-size recurrent state of one request over all layers.
  public var stateElements: Double { sumOverLayers { $0.attention.stateElements } }

  /// A sum over layers that looks at each shape once.
  public func sumOverLayers(_ amount: (Layer) -> Double) -> Double {
    zip(shapes, layersOfShape).reduce(0) { $0 + amount($1.0) * Double($1.1) }
  }
}
