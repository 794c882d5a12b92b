/// A small model of random weights as a safetensors file: 3 layers, 70 neurons, 5 experts.
public enum TinyModelSample {
  public static let config = """
    {"vocab": 256, "d": 8, "layers": 3, "heads": 4, "kv": 2, "hd": 4, \
    "ffn": ["relu", "moe", "relu"], "inter": 70, "experts": 5, "topk": 2, "einter": 6}
    """

  private static var shapes: [(name: String, shape: [Int])] {
    var list: [(name: String, shape: [Int])] = []
    for layer in 0..<3 {
      list.append(("n1.\(layer).w", [8]))
      list.append(("n2.\(layer).w", [8]))
      list.append(("att.\(layer).q.weight", [16, 8]))
      list.append(("att.\(layer).k.weight", [8, 8]))
      list.append(("att.\(layer).v.weight", [8, 8]))
      list.append(("att.\(layer).o.weight", [8, 16]))
      if layer == 1 {
        list.append(("ffn.1.gate.weight", [5, 8]))
        list.append(("ffn.1.up", [5, 8, 6]))
        list.append(("ffn.1.down", [5, 6, 8]))
      } else {
        list.append(("ffn.\(layer).up.weight", [70, 8]))
        list.append(("ffn.\(layer).down.weight", [8, 70]))
      }
    }
    return list + [("emb.weight", [256, 8]), ("nf.w", [8])]
  }

  /// The model with weights of `weight`, or random ones.
  public static func file(_ weight: ((String, Int) -> Float)? = nil) -> SafetensorsSample {
    var random = SplitMix(state: 11)
    func drawn(_ name: String) -> Float {
      name.hasPrefix("n") ? 1 : Float(random.uniform(-1, 1))
    }
    var sample = SafetensorsSample(metadata: ["config": config], tensors: [])
    for (name, shape) in shapes {
      var values: [Float] = []
      for index in 0..<shape.reduce(1, *) { values.append(weight?(name, index) ?? drawn(name)) }
      sample.tensors.append((name, "F32", shape, SafetensorsSample.float32(values)))
    }
    return sample
  }

  /// Bytes to read with it.
  public static let prompt: [UInt8] = (0..<100).map { index in
    UInt8((index * 37 + index / 7) % 251)
  }
}
