import Diagnostics
import Hardware
import Models
import Policies
import Quantities
import Scenarios
import Traces
import Workloads

/// A measured replay as the scenario that plays the same recording.
struct ReplayScenario {
  let replay: MeasuredReplay
  let profile: Profile
  let runtime: Runtime
  let trace: Trace

  /// Why a replay cannot be played; a row is skipped only for a stated reason.
  struct Misfit: Error {
    var reason: String
  }

  func resolved() throws(Misfit) -> ResolvedScenario {
    switch replay.shape {
    case .pages(let shape): try pages(shape)
    case .experts(let shape): try experts(shape)
    case .neurons(let shape): try neurons(shape)
    case .storedExperts(let shape): try storedExperts(shape)
    case .storedPages(let shape): try storedPages(shape)
    }
  }

  private func pages(_ shape: PageReplayShape) throws(Misfit) -> ResolvedScenario {
    try hasPages(layers: shape.layers, kvHeads: shape.kvHeads, picks: shape.picks)
    let attention = Self.heads(
      shape.queryHeads, kvHeads: shape.kvHeads, tokenBytes: shape.pageBytes / shape.pageTokens)
    var method = MethodChoice()
    let keep = shape.picks * shape.pageTokens
    method.attention = AttentionPolicy(selection: .pages(keep: keep, page: shape.pageTokens))
    method.cache = CachePolicy(
      tier: try hostMemory(),
      resident: Residency(
        tier: nearTier, budget: .entries(shape.cachedPages), scope: .perHead),
      transfer: .gatherKernel, trace: reference)
    var layer = Layer(attention: .grouped(attention), feedForward: .none, normCount: 0)
    layer.products = [Matrix("weights", .attention, rows: max(1, shape.weightBytes / 2))]
    return scenario(
      layer, layers: shape.layers, hidden: 1, prompt: keep, precision: .bf16, method: method)
  }

  private func experts(_ shape: ExpertReplayShape) throws(Misfit) -> ResolvedScenario {
    guard let view = trace.experts else { throw lacks("experts") }
    try fits(
      view.layers == shape.layers && view.expertCount == shape.experts && view.topK >= shape.topK,
      "layers or experts")
    try reaches(view.steps)
    var method = MethodChoice()
    method.experts = ExpertsPolicy(
      tier: try hostMemory(),
      resident: Residency(
        tier: nearTier, budget: .entries(shape.cachedExperts), evict: .endOfBatch),
      transfer: .copyEngine, topK: shape.topK, trace: reference)
    let block = DenseFeedForward(intermediate: shape.inner, gated: true, activation: .silu)
    var layer = Layer(
      attention: .none,
      feedForward: .experts(
        ExpertFeedForward(count: shape.experts, topK: shape.topK, expert: block)), normCount: 0)
    layer.products = [Matrix("dense", .attention, rows: max(1, shape.denseBytes / 2))]
    return scenario(
      layer, layers: shape.layers, hidden: shape.hidden, prompt: 1, precision: .bf16,
      method: method)
  }

  private func neurons(_ shape: NeuronReplayShape) throws(Misfit) -> ResolvedScenario {
    guard let view = trace.neurons else { throw lacks("neurons") }
    try fits(view.layers == replay.steps.first?.fetched.count, "layers")
    try reaches(view.tokens)
    let flash = try storage()
    var method = MethodChoice()
    method.weights.placements[.ffn] = .init(
      tier: flash, residentShare: 0, chunk: Bytes(1_048_576), depth: shape.threads,
      prefetchLayers: 0)
    method.neurons = NeuronsPolicy(
      selection: .active, window: shape.window, bundle: .rowColumn, depth: shape.threads,
      compute: false, trace: reference)
    let block = DenseFeedForward(intermediate: view.neurons, gated: false, activation: .relu)
    // A bundle is a row and a column of 2-byte numbers.
    return scenario(
      Layer(attention: .none, feedForward: .dense(block), normCount: 0), layers: view.layers,
      hidden: max(1, shape.bundleBytes / 4), prompt: 1, precision: .fp16, method: method)
  }

  private func storedExperts(
    _ shape: StoredExpertReplayShape
  ) throws(Misfit) -> ResolvedScenario {
    guard let view = trace.experts else { throw lacks("experts") }
    try fits(view.topK >= shape.topK, "fewer experts a token")
    try reaches(view.steps)
    var method = MethodChoice()
    method.experts = ExpertsPolicy(
      tier: try storage(),
      resident: Residency(
        tier: nearTier, budget: .entries(shape.cachedExperts), evict: .endOfBatch),
      depth: shape.depth, topK: shape.topK, trace: reference)
    method.experts.compute = false
    let hidden = 512
    let block = DenseFeedForward(
      intermediate: max(1, shape.matrixBytes / hidden / 2), gated: true, activation: .silu)
    let experts = ExpertFeedForward(count: view.expertCount, topK: shape.topK, expert: block)
    return scenario(
      Layer(attention: .none, feedForward: .experts(experts), normCount: 0), layers: view.layers,
      hidden: hidden, prompt: 1, precision: .fp16, method: method)
  }

  private func storedPages(_ shape: StoredPageReplayShape) throws(Misfit) -> ResolvedScenario {
    try hasPages(layers: shape.layers, kvHeads: shape.kvHeads, picks: shape.picks)
    let attention = Self.heads(
      shape.kvHeads, kvHeads: shape.kvHeads, tokenBytes: shape.pageBytes / shape.pageTokens)
    var method = MethodChoice()
    let keep = shape.picks * shape.pageTokens
    method.attention = AttentionPolicy(selection: .pages(keep: keep, page: shape.pageTokens))
    method.attention.compute = false
    method.cache = CachePolicy(
      tier: try storage(),
      resident: Residency(
        tier: nearTier, budget: .entries(shape.cachedPages), evict: .endOfBatch, scope: .perHead),
      trace: reference)
    return scenario(
      Layer(attention: .grouped(attention), feedForward: .none, normCount: 0),
      layers: shape.layers, hidden: 1, prompt: keep, precision: .fp16, method: method)
  }

  private func hasPages(layers: Int, kvHeads: Int, picks: Int) throws(Misfit) {
    guard let view = trace.pages else { throw lacks("pages") }
    try fits(view.layers == layers && view.kvHeads == kvHeads, "layers or KV heads")
    try fits(view.picks >= picks, "fewer pages a head")
    try reaches(view.steps)
  }

  /// Attention without projections; a key and a value of a head in 16 bits take `tokenBytes`.
  private static func heads(_ queries: Int, kvHeads: Int, tokenBytes: Int) -> GroupedAttention {
    var attention = GroupedAttention(
      queryHeads: queries, kvHeads: kvHeads, keyDimension: max(1, tokenBytes / 4))
    attention.projected = false
    return attention
  }

  private func storage() throws(Misfit) -> String {
    guard let flash = profile.tiers.first(where: { $0.kind == .storage })?.name else {
      throw Misfit(reason: "\(profile.name) has no storage to read from")
    }
    return flash
  }

  private var reference: TraceReference {
    TraceReference(use: .file(replay.recording), firstStep: replay.firstStep)
  }

  private var nearTier: String { profile.computeUnit(runtime.unit)?.memory ?? "" }

  private func hostMemory() throws(Misfit) -> String {
    let near = nearTier
    let link = profile.links.first { $0.near == near && profile.tier($0.far)?.kind == .memory }
    guard let link else {
      throw Misfit(reason: "\(profile.name) has no host memory to fetch from")
    }
    return link.far
  }

  private func lacks(_ what: String) -> Misfit {
    Misfit(reason: "the recording '\(replay.recording)' holds no \(what)")
  }

  private func fits(_ holds: Bool, _ what: String) throws(Misfit) {
    guard holds else {
      throw Misfit(reason: "the recording '\(replay.recording)' has other \(what) than the table")
    }
  }

  private func reaches(_ steps: Int) throws(Misfit) {
    guard replay.firstStep + replay.steps.count <= steps else {
      throw Misfit(reason: "the recording '\(replay.recording)' ends before the table does")
    }
  }

  private func scenario(
    _ layer: Layer, layers: Int, hidden: Int, prompt: Int, precision: Precision,
    method: MethodChoice
  ) -> ResolvedScenario {
    let model = Model(
      name: replay.family, hidden: hidden, vocabulary: 0, tiedEmbeddings: false,
      layers: Array(repeating: layer, count: layers))
    let scenario = Scenario(
      name: replay.family, variant: "", hardware: profile.name, runtime: runtime.name,
      model: .inline,
      precision: PrecisionChoice(weights: precision, kv: precision, activations: precision),
      workload: RequestShape(prompt: prompt, generate: replay.steps.count, batch: 1),
      method: method, seed: 0)
    return ResolvedScenario(
      scenario: scenario, profile: profile, runtime: runtime, model: model, pages: trace.pages,
      experts: trace.experts, neurons: trace.neurons,
      places: KeyPlaces(file: replay.recording))
  }
}
