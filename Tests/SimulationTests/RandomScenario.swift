import Diagnostics
import EventKernel
import Models
import Policies
import Quantities
import Scenarios
import TestSupport
import Traces
import Workloads

/// Random small scenarios: dense and mixture models, everything resident or one site offloaded.
struct RandomScenario {
  enum Method: String, CaseIterable {
    case dense, streamed, keyValue, experts, neurons, depth, lookup
  }

  static let pageTokens = 16

  static func draw(_ random: inout SplitMix, _ method: Method) throws -> ResolvedScenario {
    let machine = RandomMachine(&random)
    let steps = 3 + random.below(5)
    let prompt = pageTokens * (20 + random.below(40))
    var choice = MethodChoice()
    let model = model(&random, method)
    var resolved = ResolvedScenario(
      scenario: Scenario(
        name: "random", variant: method.rawValue, hardware: machine.profile.name,
        runtime: machine.runtime.name, model: .inline,
        precision: PrecisionChoice(weights: .fp16, kv: .fp16, activations: .fp16),
        workload: RequestShape(prompt: prompt, generate: steps, batch: 1),
        method: choice, seed: random.next()),
      profile: machine.profile, runtime: machine.runtime, model: model, pages: nil, experts: nil,
      neurons: nil, places: KeyPlaces(file: "random"))
    let size = TraceSize(steps: steps, layers: model.layerCount, prompt: prompt)
    switch method {
    case .dense: break
    case .streamed: choice.weights.placements[.ffn] = placement(&random)
    case .keyValue:
      choice.attention = AttentionPolicy(
        selection: .pages(keep: 8 * pageTokens, page: pageTokens),
        score: random.oneIn(2) ? .pageMean : .none)
      choice.cache = CachePolicy(
        tier: random.pick(["ddr", "flash"]), resident: residency(&random, most: 24),
        transfer: random.pick(Transfer.allCases),
        onMiss: random.oneIn(4) ? .host : .fetch, prefetch: prefetch(&random))
      if choice.cache.tier == "flash" { choice.cache.onMiss = .fetch }
      resolved.pages = try size.pages(&random, heads: 2, picks: 8)
    case .experts:
      choice.experts = ExpertsPolicy(
        tier: random.pick(["ddr", "flash"]), resident: residency(&random, most: 12),
        transfer: random.pick(Transfer.allCases), onMiss: random.oneIn(4) ? .host : .fetch,
        overlap: random.pick(ExpertsPolicy.Overlap.allCases), prefetch: prefetch(&random),
        depth: 1 + random.below(16), movedPerByte: random.oneIn(2) ? 0 : 1.5,
        fusedGate: random.oneIn(2))
      if choice.experts.tier == "flash" { choice.experts.onMiss = .fetch }
      resolved.experts = try size.experts(&random, count: 16, topK: 3)
    case .neurons:
      choice.weights.placements[.ffn] = placement(&random)
      choice.neurons = NeuronsPolicy(
        selection: random.oneIn(2)
          ? .active
          : .predictor(.init(rank: 16, lastRank: 32, lastLayers: 1, overPrediction: 1.5)),
        window: random.below(4), bundle: random.pick(NeuronsPolicy.Bundle.allCases),
        depth: 1 + random.below(32), movedPerByte: random.oneIn(2) ? 0 : 1,
        compute: !random.oneIn(4))
      resolved.neurons = try size.neurons(&random, count: 256)
    case .depth: resolved.draft = depth(&random, &choice, layers: model.layerCount)
    case .lookup: choice.lookups = (0...random.below(2)).map { table(&random, place: $0) }
    }
    resolved.scenario.method = choice
    return resolved
  }

  /// A draft, an exit or both, and the model that proposes.
  private static func depth(
    _ random: inout SplitMix, _ choice: inout MethodChoice, layers: Int
  ) -> Model? {
    if random.oneIn(2) { choice.weights.placements[.ffn] = placement(&random) }
    let kind = random.below(3)
    if kind > 0 {
      choice.depth.exit = .init(
        meanLayers: 1 + random.uniform(0, Double(layers - 1)),
        predictor: random.oneIn(2) ? nil : .init(inputs: 12, width: 64, launches: 3),
        candidates: 4, refused: random.below(2))
    }
    guard kind < 2 else { return nil }
    let tokens = 1 + random.below(12)
    let proposes = random.oneIn(2)
    choice.depth.draft = .init(
      tokens: tokens, accepted: 1 + random.uniform(0, Double(tokens - 1)),
      model: proposes ? .inline : nil, passes: 1 + random.below(3), width: 1 + random.below(4))
    let neuron = DenseFeedForward(intermediate: 512, gated: true, activation: .silu)
    let layer = Layer(
      attention: .grouped(GroupedAttention(queryHeads: 4, kvHeads: 4, keyDimension: 64)),
      feedForward: .dense(neuron))
    return proposes
      ? Model(
        name: "draft", hidden: 256, vocabulary: 2000, tiedEmbeddings: true, layers: [layer]) : nil
  }

  private static func table(_ random: inout SplitMix, place: Int) -> LookupTable {
    let tier = random.pick(["hbm", "ddr", "flash"])
    return LookupTable(
      name: "table-\(place)", layers: [.places(place...1)], rows: 1 + random.below(64),
      row: Bytes(Double(64 * (1 + random.below(20)))), table: Bytes(1e8), tier: tier,
      transfer: random.pick(Transfer.allCases), depth: 1 + random.below(32),
      prefetchLayers: random.below(3), zipf: random.pick([0, 0.8, 1.2]),
      hot: random.oneIn(3) ? 0.1 : 0, launches: 1 + random.below(3))
  }

  private static func placement(_ random: inout SplitMix) -> WeightsPolicy.Placement {
    .init(
      tier: random.pick(["ddr", "flash"]), residentShare: random.uniform(0, 0.9),
      chunk: Bytes(262_144), depth: 1 + random.below(32), prefetchLayers: random.below(3))
  }

  private static func prefetch(_ random: inout SplitMix) -> Prefetch? {
    guard random.oneIn(3) else { return nil }
    return Prefetch(by: random.pick([.previousLayer, .previousStep]), layers: 1)
  }

  private static func residency(_ random: inout SplitMix, most: Int) -> Residency? {
    guard !random.oneIn(8) else { return nil }
    let replace = random.pick(CacheRules.Replacement.allCases)
    return Residency(
      tier: "hbm", budget: .entries(2 + random.below(most)), replace: replace,
      evict: random.pick(CacheRules.Eviction.allCases),
      scope: random.pick(Residency.Scope.allCases), start: random.pick(Residency.Start.allCases),
      window: 1 + random.below(3))
  }

  private static func model(_ random: inout SplitMix, _ method: Method) -> Model {
    let hidden = 256 * (1 + random.below(8))
    let mixture = method == .experts || (method != .neurons && random.oneIn(3))
    let gated = random.oneIn(2)
    let neuron = DenseFeedForward(intermediate: 256, gated: gated, activation: .relu)
    let wide = DenseFeedForward(
      intermediate: method == .neurons ? 256 : 4 * hidden, gated: gated, activation: .relu)
    let layer = Layer(
      attention: .grouped(GroupedAttention(queryHeads: 8, kvHeads: 2, keyDimension: 64)),
      feedForward: mixture
        ? .experts(
          ExpertFeedForward(
            count: 16, topK: 3, expert: neuron, sharedCount: random.oneIn(2) ? 1 : 0,
            shared: random.oneIn(2) ? neuron : nil)) : .dense(wide),
      normCount: random.oneIn(4) ? 0 : 2)
    return Model(
      name: "random", hidden: hidden, vocabulary: method != .depth && random.oneIn(3) ? 0 : 2000,
      tiedEmbeddings: false, layers: Array(repeating: layer, count: 2 + random.below(3)))
  }
}

/// Traces drawn in memory: skewed choices, half of them those of the step before.
struct TraceSize {
  var steps: Int
  var layers: Int
  var prompt: Int

  private var header: TraceHeader {
    TraceHeader(model: "random", source: "test", domain: "none", licence: "none")
  }

  func pages(_ random: inout SplitMix, heads: Int, picks: Int) throws -> PageTrace? {
    var about = header
    about.pages = .init(
      pageTokens: RandomScenario.pageTokens, firstPosition: prompt, layers: Array(0..<layers))
    let most = prompt / RandomScenario.pageTokens
    let ids = choices(&random, rows: layers * heads, picks: picks, below: most).map(UInt16.init)
    let column = Column(
      ColumnName.pages.rawValue, .u16, shape: [steps, layers, heads, picks], copying: ids)
    return try Trace(header: about, columns: [column]).pages
  }

  func experts(_ random: inout SplitMix, count: Int, topK: Int) throws -> ExpertTrace? {
    var about = header
    about.experts = .init(expertCount: count, layers: Array(0..<layers))
    let ids = choices(&random, rows: layers, picks: topK, below: count).map(UInt8.init)
    let column = Column(
      ColumnName.experts.rawValue, .u8, shape: [steps, layers, topK], copying: ids)
    return try Trace(header: about, columns: [column]).experts
  }

  func neurons(_ random: inout SplitMix, count: Int) throws -> NeuronTrace? {
    var about = header
    about.neurons = .init(firstPosition: 0, layers: Array(0..<layers))
    var words: [UInt64] = []
    for _ in 0..<steps * layers * (count / 64) { words.append(random.next() & random.next()) }
    let column = Column(
      ColumnName.neurons.rawValue, .bits, shape: [steps, layers, count], copying: words)
    return try Trace(header: about, columns: [column]).neurons
  }

  private func choices(
    _ random: inout SplitMix, rows: Int, picks: Int, below count: Int
  ) -> [Int] {
    var last = [[Int]](repeating: [], count: rows)
    var all: [Int] = []
    for _ in 0..<steps {
      for row in 0..<rows {
        var chosen = last[row].filter { _ in random.oneIn(2) }
        while chosen.count < picks {
          let id = random.below(random.oneIn(2) ? count : max(picks, count / 4))
          if !chosen.contains(id) { chosen.append(id) }
        }
        last[row] = chosen
        all += chosen
      }
    }
    return all
  }
}
