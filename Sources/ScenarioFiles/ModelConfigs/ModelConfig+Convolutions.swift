import Diagnostics
import Models

extension ModelConfig {
  /// Reads an inline `model:` map with `convolutions`: a network of convolutions one after another,
  /// each on what the one before wrote. Windows at the edge reach beyond it, so that a result has as
  /// many positions a side as the input over the stride, rounded up. Returns nil when the map has
  /// faults.
  static func convolutions(_ map: MapReader) -> Model? {
    let before = map.faults.all.count
    let name = map.required("name", "the network's name")?.text()
    var channels = map.required("channels", "channels of an image")?.integer(in: 1...65536) ?? 1
    var side = map.required("side", "positions of an image's side")?.integer(in: 1...65536) ?? 1
    let list = map.required("convolutions", "the layers from the input on")
    let items = list?.list("a list of layers") ?? []
    if let list, !(1...4096).contains(items.count) {
      list.refuse(
        .outOfRange(key: list.name, found: "\(items.count) layers", allowed: "1 to 4096 layers"))
    }
    var layers: [Convolution] = []
    for (place, item) in items.prefix(4096).enumerated() {
      guard
        let layer = convolution(item, place: place, channels: channels, side: side)
      else { continue }
      (channels, side) = (layer.outputs, layer.outputSide)
      layers.append(layer)
    }
    map.finish()
    guard map.faults.all.count == before, let name else { return nil }
    return Model(
      name: name, hidden: layers.map(\.outputs).max() ?? 1, vocabulary: 0, tiedEmbeddings: false,
      layers: layers.map { convolution in
        var layer = Layer(attention: .none, feedForward: .none, normCount: 0)
        layer.convolution = convolution
        return layer
      })
  }

  /// One layer; `pooled` sees the mean of all positions.
  private static func convolution(
    _ item: Value, place: Int, channels: Int, side: Int
  ) -> Convolution? {
    guard let map = item.map("a map with outputs and kernel") else { return nil }
    let depthwise = map.value("depthwise").map { $0.boolean() ?? false } ?? false
    let pooled = map.value("pooled").map { $0.boolean() ?? false } ?? false
    let outputs =
      depthwise
      ? channels : map.required("outputs", "channels of the result")?.integer(in: 1...65536)
    let kernel = map.value("kernel").map { $0.integer(in: 1...255) } ?? 1
    let stride = map.value("stride").map { $0.integer(in: 1...255) } ?? 1
    map.finish()
    guard let outputs, let kernel, let stride else { return nil }
    let input = pooled ? 1 : side
    return Convolution(
      name: "layer-\(place)", inputs: channels, outputs: outputs, kernel: kernel,
      depthwise: depthwise, inputSide: input, outputSide: (input + stride - 1) / stride)
  }
}
