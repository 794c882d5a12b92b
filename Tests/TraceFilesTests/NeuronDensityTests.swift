import Testing

@testable import Traces

/// Neurons drawn at another density and to a stated working set, held against recordings.
@Suite struct NeuronDensityTests {
  /// The repeat laws of each recorded layer, and what the layer itself shows.
  static func fits(_ trace: Trace) throws -> (fits: [RepeatFit], layers: [StreamStatistics]) {
    let view = try #require(trace.neurons)
    let fits = (0..<view.layers).map { layer in
      RepeatFit(universe: view.neurons, steps: view.tokens, classes: 64) { touch in
        for token in 0..<view.tokens {
          view.forEachActive(token: token, layer: layer) { touch($0, token) }
        }
      }
    }
    return (fits, view.statistics(windows: 16))
  }

  static func share(_ layer: StreamStatistics, window: Int) throws -> Double {
    try #require(layer.workingSet(window: window)) / Double(layer.universe)
  }

  /// Each of 12 recorded layers, drawn at the density of each other one (2.8 to 10.5 %), is held
  /// against that other one. Layers differ in more than density, so single pairs are off by more.
  @Test func oddsCarryOverToOtherDensities() throws {
    let (fits, layers) = try Self.fits(try committed("relu-a-python"))
    var (error, bias, unchanged) = (0.0, 0.0, 0.0)
    var pairs = 0.0
    for (from, fit) in fits.enumerated() {
      for (to, layer) in layers.enumerated() where from != to {
        let due = try Self.share(layer, window: 5)
        let law = LayerLaw(fit, count: 768, density: layer.density)
        let off = law.workingSet(window: 5) / due - 1
        error += abs(off)
        bias += off
        // What scaling the counts alone would say.
        let scale = layer.density / layers[from].density
        let plain = try Self.share(layers[from], window: 5) * scale
        unchanged += abs(plain / due - 1)
        pairs += 1
      }
    }
    (error, bias, unchanged) = (error / pairs, bias / pairs, unchanged / pairs)
    print("working sets of 5 at other densities: off by \(error), \(bias); scaled \(unchanged)")
    #expect(error <= 0.065)
    #expect(abs(bias) <= 0.03)
    #expect(error < unchanged)
  }

  /// Published of OPT-1.3b (Bulut421/activation-sparsity-predictability, MIT): neurons that fire at
  /// a token and in the 4, 8, 16 and 32 tokens before. The density and the first are put in, from
  /// another model's recording; the longer ones come out.
  @Test(arguments: [
    (layer: 20, density: 0.068, sets: [0.1778, 0.272, 0.3808, 0.4847], within: 0.06),
    (layer: 12, density: 0.0453, sets: [0.1149, 0.1843, 0.2822, 0.4083], within: 0.16),
  ])
  func oneWorkingSetGivesTheLongerOnes(
    layer: Int, density: Double, sets: [Double], within: Double
  ) throws {
    let (fits, _) = try Self.fits(try committed("relu-a-python"))
    func share(_ skew: Double, _ window: Int) -> Double {
      fits.reduce(0) {
        $0 + LayerLaw($1, count: 512, density: density, skew: skew).workingSet(window: window)
      } / Double(fits.count)
    }
    let skew = MonotoneRoot.find(from: 0, to: 8, tolerance: 1e-5) { sets[0] - share($0, 4) }
    for (window, due) in zip([4, 8, 16, 32], sets) {
      let found = share(skew, window)
      print("OPT-1.3b layer \(layer), \(window) tokens: published \(due), drawn \(found)")
      #expect(abs(found / due - 1) <= within, "\(window) tokens")
    }
  }

  /// Drawn traces have the density and the working set that were asked for, within what bursts make
  /// of 256 tokens.
  @Test(arguments: [
    (density: 0.099, window: 5, share: 0.24), (density: 0.15, window: 4, share: 0.33),
    (density: 0.03, window: 8, share: 0.1), (density: 0.06, window: 16, share: 0.4),
  ])
  func drawnTracesMeetTheStatedWorkingSet(density: Double, window: Int, share: Double) throws {
    let drawn = try TraceSynthesis.neurons(
      like: try committed("relu-a-python"),
      as: NeuronTarget(
        layers: 6, neurons: 4000, tokens: 256, density: density,
        workingSet: .init(window: window, share: share)), seed: 1)
    let layers = try #require(drawn.neurons).statistics(windows: 16)
    let count = Double(layers.count)
    let found = try layers.reduce(0) { try $0 + Self.share($1, window: window) } / count
    let mean = layers.reduce(0) { $0 + $1.density } / count
    print("asked \(density) and \(share) in \(window), drawn \(mean) and \(found)")
    #expect(abs(mean / density - 1) <= 0.01)
    #expect(abs(found / share - 1) <= 0.02)
  }

  /// Three named for each of 3.3 % that fires are 9.9 % of all neurons, the same bits as 9.9 %.
  @Test func namedNeuronsAreADenserTrace() throws {
    let like = try committed("relu-a-python")
    func draw(_ density: Double, named: Double) throws -> [UInt8] {
      let target = NeuronTarget(
        layers: 2, neurons: 640, tokens: 64, density: density, namedPerFiring: named)
      let trace = try TraceSynthesis.neurons(like: like, as: target, seed: 1)
      return Array(try #require(trace.column(.neurons)).bytes)
    }
    #expect(try draw(0.125, named: 1) == draw(0.0625, named: 2))
    #expect(try draw(0.0625, named: 1) != draw(0.0625, named: 2))
  }

  /// What cannot be drawn names what could be.
  @Test(arguments: [
    (NeuronTarget.WorkingSet(window: 4, share: 0.9), 0.1, 1.0, "working-set.share"),
    (NeuronTarget.WorkingSet(window: 4, share: 0.09), 0.1, 1.0, "working-set.share"),
    (NeuronTarget.WorkingSet(window: 4, share: .nan), 0.1, 1.0, "working-set.share"),
    (NeuronTarget.WorkingSet(window: 1, share: 0.1), 0.1, 1.0, "working-set.window"),
    (NeuronTarget.WorkingSet(window: 66, share: 0.5), 0.1, 1.0, "working-set.window"),
    (nil, 0.4, 3.0, "density"),
  ])
  func refused(
    _ set: NeuronTarget.WorkingSet?, _ density: Double, _ named: Double, _ key: String
  ) throws {
    let like = try committed("relu-a-python")
    let fault = #expect(throws: TraceFault.self) {
      try TraceSynthesis.neurons(
        like: like,
        as: NeuronTarget(
          layers: 12, neurons: 3072, tokens: 16, density: density, namedPerFiring: named,
          workingSet: set), seed: 1)
    }
    let found = try #require(fault?.problem.key)
    #expect(found.hasSuffix(key), "\(found)")
  }
}
