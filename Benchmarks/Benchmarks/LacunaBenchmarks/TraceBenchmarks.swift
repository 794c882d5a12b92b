import ScenarioFiles
import Traces

/// Statistics and synthesis of traces.
func traceBenchmarks() {
  rateBenchmark("stack distances", unit: "accesses") {
    guard let trace = try recorded("relu-a-python").neurons else {
      throw UnexpectedWork(what: "the trace has no neurons")
    }
    return (0..<trace.layers).map { layer in
      var touches: [Int] = []
      for token in 0..<trace.tokens {
        trace.forEachActive(token: token, layer: layer) { touches.append($0) }
      }
      return Stream(universe: trace.neurons, touches: touches)
    }
  } work: { streams in
    var accesses = 0
    for stream in streams {
      let curve = MissRatioCurve.of(stream.touches, universe: stream.universe)
      try expect(curve.accesses == stream.touches.count, "accesses were lost")
      try expect(curve.misses(entries: stream.universe) == curve.coldMisses, "a full cache missed")
      accesses += curve.accesses
    }
    return accesses
  }
  rateBenchmark("synthesise neurons", unit: "touches") {
    try recorded("relu-a-python")
  } work: { like in
    let drawn = try TraceSynthesis.neurons(
      like: like, as: NeuronTarget(layers: 12, neurons: 16384, tokens: 512), seed: 1)
    guard let view = drawn.neurons else { return 0 }
    return (0..<12).reduce(0) { sum, layer in
      (0..<512).reduce(sum) { $0 + view.activeCount(token: $1, layer: layer) }
    }
  }
  rateBenchmark("synthesise pages", unit: "touches") {
    try recorded("attention-a-python")
  } work: { like in
    let target = PageTarget(
      layers: 32, kvHeads: 8, picks: 32, steps: 256, pageTokens: 64, context: 131_072)
    let drawn = try TraceSynthesis.pages(like: like, as: target, seed: 1)
    return drawn.pages.map { $0.steps * $0.layers * $0.kvHeads * $0.picks } ?? 0
  }
  rateBenchmark("synthesise experts", unit: "touches") {
    try recorded("experts-b-python")
  } work: { like in
    let drawn = try TraceSynthesis.experts(
      like: like, as: ExpertTarget(layers: 48, experts: 128, topK: 8, steps: 1024), seed: 1)
    return drawn.experts.map { $0.tokens * $0.layers * $0.topK } ?? 0
  }
}

/// What one layer touched, in order.
private struct Stream {
  var universe: Int
  var touches: [Int]
}

private func recorded(_ name: String) throws -> Trace {
  try TraceReader.read("\(try Assets.folder("scenarios"))/traces/\(name).ltrace")
}
