/// A small model of random weights as a safetensors file: 3 layers, 70 neurons, 5 experts.
public enum TinyModelSample {
  public static let config =
    "{\"vocab\": 256, \"d\": 8, \"layers\": 3, \"heads\": 4, \"kv\": 2, \"hd\": 4, "
    + "\"ffn\": [\"relu\", \"moe\", \"relu\"], \"inter\": 70, \"experts\": 5, \"topk\": 2, "
    + "\"einter\": 6}"

  private static let shapes: [(name: String, shape: [Int])] =
    (0..<3).flatMap { layer in
      [
        ("n1.\(layer).w", [8]), ("n2.\(layer).w", [8]), ("att.\(layer).q.weight", [16, 8]),
        ("att.\(layer).k.weight", [8, 8]), ("att.\(layer).v.weight", [8, 8]),
        ("att.\(layer).o.weight", [8, 16]),
      ]
        + (layer == 1
          ? [
            ("ffn.1.gate.weight", [5, 8]), ("ffn.1.up", [5, 8, 6]), ("ffn.1.down", [5, 6, 8]),
          ]
          : [("ffn.\(layer).up.weight", [70, 8]), ("ffn.\(layer).down.weight", [8, 70])])
    } + [("emb.weight", [256, 8]), ("nf.w", [8])]

  /// The model with weights of `weight`, or random ones.
  public static func file(_ weight: ((String, Int) -> Float)? = nil) -> SafetensorsSample {
    var random = SplitMix(state: 11)
    return SafetensorsSample(
      metadata: ["config": config],
      tensors: shapes.map { name, shape in
        let values = (0..<shape.reduce(1, *)).map { index in
          weight?(name, index)
            ?? (name.hasPrefix("n") ? 1 : Float(random.uniform(-1, 1)))
        }
        return (name, "F32", shape, SafetensorsSample.float32(values))
      })
  }

  /// Bytes to read with it.
  public static let prompt = (0..<100).map { UInt8(($0 * 37 + $0 / 7) % 251) }
}
