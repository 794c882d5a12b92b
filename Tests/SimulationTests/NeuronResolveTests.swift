import Simulation
import Testing
import Traces

/// The walk of a neuron trace through the window, by hand.
@Suite struct NeuronResolveTests {
  /// A trace of layers of 8 neurons from the neurons of each token and layer.
  private func trace(_ tokens: [[[Int]]]) throws -> NeuronTrace {
    let layers = tokens[0].count
    let words = tokens.flatMap { token in
      token.map { $0.reduce(UInt64(0)) { $0 | 1 << UInt64($1) } }
    }
    let trace = try Trace(
      header: TraceHeader(
        model: "m", source: "s", domain: "d", licence: "l",
        neurons: .init(firstPosition: 0, layers: Array(0..<layers))),
      columns: [Column("neurons", .bits, shape: [tokens.count, layers, 8], copying: words)])
    return try #require(trace.neurons)
  }

  private func walk(
    _ trace: NeuronTrace, window: Int, heldShare: Double = 1
  ) -> NeuronResolve {
    NeuronResolve(
      trace, overPrediction: 1, window: window, heldShare: heldShare, steps: 0..<trace.tokens,
      seed: 1)
  }

  /// {0,1} {1,2} {0} {3}: in a window of two, {0} has been held since the first token. It holds the
  /// token at hand and the one before: 2, 3, 3 and 2 neurons.
  @Test(arguments: [
    (0, [2, 2, 1, 1], 2), (1, [2, 1, 1, 1], 2), (2, [2, 1, 0, 1], 3), (3, [2, 1, 0, 1], 3),
  ])
  func windowByHand(_ window: Int, _ read: [Int32], _ held: Int) throws {
    let found = walk(try trace([[[0, 1]], [[1, 2]], [[0]], [[3]]]), window: window)
    #expect(found.chosen.counts == [2, 2, 1, 1])
    #expect(found.read.counts == read)
    #expect(found.peakHeld == held || window == 3 && found.peakHeld == 4)
  }

  /// The same with room for 2 of 8 neurons, and for 1: then a token of two is forgotten at once.
  @Test(arguments: [(0.375, [2, 1, 0, 1], 3), (0.25, [2, 1, 1, 1], 2), (0.125, [2, 2, 1, 1], 2)])
  func memoryCutsTheWindow(_ share: Double, _ read: [Int32], _ held: Int) throws {
    let found = walk(
      try trace([[[0, 1]], [[1, 2]], [[0]], [[3]]]), window: 2, heldShare: share)
    #expect(found.read.counts == read)
    #expect(found.peakHeld == held)
  }

  /// Two layers share the room of 6: the second, which needs more, cuts its own window, and the
  /// first keeps its two tokens.
  @Test func layersShareTheMemory() throws {
    let found = walk(
      try trace([[[0], [0, 1]], [[1], [2, 3]], [[0], [0, 4, 5]], [[1], [2]]]), window: 2,
      heldShare: 0.375)
    // Held after each: 1+2, 2+4, 2+ (0,2,3,4,5 is one too many, so 0,4,5), 2+(0,2,4,5).
    #expect(found.read.counts == [1, 2, 1, 2, 0, 2, 0, 1])
    #expect(found.peakHeld == 6)
  }
}
