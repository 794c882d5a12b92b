extension Model {
  /// What one device holds of a model whose layers are cut across devices: its part of the heads, the
  /// neurons, the vocabulary and the experts; norms and the residual stream are whole everywhere.
  ///
  /// KV heads fewer than devices are repeated. Experts that are dealt out stay whole; each device's own
  /// tokens meet as many of its experts as the tokens of all devices do of all of them, in the mean.
  /// - Parameters:
  ///   - tensor: devices that share every matrix, 1 or more.
  ///   - experts: devices that experts are dealt out to, 1 or more.
  /// - Returns: nil where something cannot be cut evenly.
  public func share(tensor: Int, experts: Int) -> Model? {
    guard tensor > 1 || experts > 1 else { return self }
    var layers: [Layer] = []
    layers.reserveCapacity(layerCount)
    for shape in shapes {
      guard let share = shape.share(tensor: tensor, experts: experts) else { return nil }
      layers.append(share)
    }
    var model = Model(like: self, hidden: hidden, layers: shapeOfLayer.map { layers[$0] })
    model.vocabulary = (vocabulary + tensor - 1) / tensor
    return model
  }
}

extension Layer {
  fileprivate func share(tensor: Int, experts: Int) -> Layer? {
    var layer = self
    guard products.isEmpty, convolution == nil else { return nil }
    if tensor > 1 {
      switch attention {
      case .grouped(var it):
        guard it.queryHeads % tensor == 0, it.kvHeads % tensor == 0 || tensor % it.kvHeads == 0
        else { return nil }
        it.queryHeads /= tensor
        it.kvHeads = max(1, it.kvHeads / tensor)
        layer.attention = .grouped(it)
      case .none: break
      case .latent, .compressed, .recurrent: return nil
      }
    }
    switch feedForward {
    case .dense(let it):
      guard let part = it.share(tensor) else { return nil }
      layer.feedForward = .dense(part)
    case .experts(var it):
      guard it.count % experts == 0, it.count / experts >= it.topK else { return nil }
      it.count /= experts
      if experts == 1 {
        guard let part = it.expert.share(tensor) else { return nil }
        it.expert = part
      }
      if let shared = it.shared {
        guard let part = shared.share(tensor) else { return nil }
        it.shared = part
      }
      layer.feedForward = .experts(it)
    case .none: break
    }
    return layer
  }
}

extension DenseFeedForward {
  fileprivate func share(_ devices: Int) -> DenseFeedForward? {
    guard intermediate % devices == 0 else { return nil }
    var part = self
    part.intermediate /= devices
    return part
  }
}
