import Policies
import Programs
import Simulation
import Testing

/// What a prompt's policies make of its operations, by hand: two sequences of 2,048 tokens, 8 query
/// heads of 128 over 2 KV heads, so 2 x 8 x 256 x 2 = 8,192 flops a pair and 2,048 B of KV a token.
@Suite struct PromptTests {
  static let perPair = 8192.0
  static let perToken = 2048.0
  /// Causal tiles of 64 x 64 of 2,048 tokens.
  static let tiles = 32.0 * 33 / 2

  @Test func denseByDefault() throws {
    let dense = try #require(try PromptSample.operation("prompt.attend", ""))
    #expect(dense.flops.base == Self.perPair * 1024 * 2048)
    #expect(dense.traffic.map(\.bytes.base) == [Self.perToken * 2048])
    let stated = try PromptSample.operations("prompt: {}")
    #expect(try PromptSample.operations("") == stated)
  }

  @Test func blocksOfHalfTheHeads() throws {
    let text = """
      prompt: {attention: [{heads: 0.5, select: {by: block, block: 64 tokens, density: 0.25}}]}
      """
    let blocks = try #require(try PromptSample.operation("prompt.attend.block", text))
    #expect(blocks.flops.base == Self.perPair / 2 * (Self.tiles / 4) * 4096)
    #expect(blocks.traffic.map(\.bytes.base) == [Self.perToken * 2048 / 2])
    let rest = try #require(try PromptSample.operation("prompt.attend", text))
    #expect(rest.flops.base == Self.perPair / 2 * 1024 * 2048)
    guard case .constant(.attentionPrefill(let call)) = blocks.call else {
      Issue.record("no call")
      return
    }
    #expect(call.heads == 4 && call.kvHeads == 1 && call.block == 64 && call.columns == 64)
    #expect(call.density == 0.25)
  }

  @Test func layersAndHeadsMix() throws {
    let text = """
      prompt:
        attention:
          - {layers: 0.5, heads: 0.25, select: {by: window, sink: 64 tokens, recent: 256 tokens}}
          - {layers: 2-3, select: {by: token, query-block: 64 tokens, keep: 256 tokens}}
          - {layers: 0.5, heads: 0.25, select: {by: block, block: 128 tokens, density: 0.5}}
      """
    let setting = try PromptSample.simulator(text).preparation.setting
    let step = PrefillStep.lower(setting)
    #expect(step.order.map(\.block) == [0, 0, 1, 1, 2])
    let names = step.blocks.map { block in
      block.operations.map(\.name).filter { $0.contains("attend") }
    }
    #expect(
      names == [
        ["prompt.attend.window", "prompt.attend.block", "prompt.attend"],
        ["prompt.attend.token"], [],
      ])
  }

  @Test func skippedValues() throws {
    let text = """
      prompt: {attention: {select: {by: block, block: 64 tokens, density: 0.25, skips: values}}}
      """
    let skipping = try #require(try PromptSample.operation("prompt.attend.block", text))
    #expect(skipping.flops.base == Self.perPair * 1024 * 2048 * 0.625)
  }

  @Test func cachedTokensAreSeenAndNotComputed() throws {
    let text = "prompt: {cached: {tokens: 1024 tokens}}"
    let attend = try #require(try PromptSample.operation("prompt.attend", text))
    #expect(attend.flops.base == Self.perPair * (1024 * 1024 + 1024 * 512))
    #expect(attend.traffic.map(\.bytes.base) == [Self.perToken * 2048])
    let ffn = try #require(try PromptSample.operation("prompt.ffn", text))
    #expect(ffn.flops.base == 2 * 3 * 1024 * 4096 * 2048)
  }

  @Test func cachedTokensComeFromTheirTier() throws {
    let simulator = try PromptSample.simulator(
      "prompt: {cached: {tokens: 1024 tokens, tier: ddr}}", hardware: "nvidia-h200-server")
    let step = PrefillStep.lower(simulator.preparation.setting)
    let fetch = try #require(
      step.blocks[0].operations.first { $0.name == "prompt.cached.fetch" })
    #expect(fetch.traffic.first?.bytes.base == Self.perToken * 1024)
    let attend = try #require(step.blocks[0].operations.first { $0.name == "prompt.attend" })
    #expect(attend.after.map(\.operation) == ["prompt.cached.fetch"])
  }

  @Test func contextsDoNotSeeEachOther() throws {
    let text = "prompt: {contexts: 4, question: 256 tokens}"
    let apart = try #require(try PromptSample.operation("prompt.attend", text))
    #expect(apart.flops.base == Self.perPair * 4 * 448 * 224)
    let question = try #require(try PromptSample.operation("prompt.attend.after", text))
    #expect(question.flops.base == Self.perPair * (256 * 1792 + 256 * 128))
    // With the contexts' KV at hand only the question is computed.
    let cached = "prompt: {contexts: 4, question: 256 tokens, cached: {tokens: 1792 tokens}}"
    let alone = try PromptSample.operations(cached).filter { $0.name.contains("attend") }
    #expect(alone.map(\.flops.base) == [Self.perPair * (256 * 1792 + 256 * 128)])
  }

  @Test func compressedPositions() throws {
    let text = "prompt: {compress: {every: 16 tokens}, question: 256 tokens}"
    let simulator = try PromptSample.simulator(text)
    // (2048 - 256) / 16 + 256
    #expect(simulator.preparation.setting.promptPositions == 368)
    #expect(simulator.preparation.setting.longestContext == 372)
    let attend = try #require(try PromptSample.operation("prompt.attend", text))
    #expect(attend.flops.base == Self.perPair * 184 * 368)
    let column = simulator.preparation.program.columns.first { $0.name == "context" }
    #expect(column?.counts.first == 369)
  }

  @Test func chunksSeeWhatCameBefore() throws {
    let text = "prompt: {chunk: 768 tokens}"
    let step = PrefillStep.lower(try PromptSample.simulator(text).preparation.setting)
    #expect(step.order.map(\.block) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3])
    let attended = step.blocks.flatMap(\.operations).filter { $0.name == "prompt.attend" }
    #expect(
      attended.map(\.flops.base)
        == [
          Self.perPair * 768 * 384, Self.perPair * (768 * 768 + 768 * 384),
          Self.perPair * (512 * 1536 + 512 * 256),
        ])
    // The pairs are those of the whole prompt.
    let dense = try #require(try PromptSample.operation("prompt.attend", ""))
    #expect(attended.reduce(0) { $0 + $1.flops.base } == dense.flops.base)
  }

  /// The clock falls under all chunks as it does under one long call.
  @Test(arguments: [512, 768, 2048])
  func chunksOfAttentionAreNeverCheaperThanTheWhole(chunk: Int) throws {
    func time(_ text: String) throws -> Double {
      let prompt = ["workload.prompt=262144", "workload.generate=1", "workload.batch=1"]
      return try #require(
        try PromptSample.metric("prompt.attention.time", text, runtime: "pytorch-flash", prompt))
    }
    let whole = try time("")
    #expect(try time("prompt: {chunk: \(chunk) tokens}") >= whole)
  }

  /// An amount that holds every key selects nothing; a density is a kernel that walks them all.
  @Test func amountsOfAllKeysRunTheDenseKernel() throws {
    func names(_ select: String) throws -> [String] {
      try PromptSample.operations("prompt: {attention: {select: {by: block, \(select)}}}")
        .map(\.name).filter { $0.hasPrefix("prompt.attend") }
    }
    #expect(try Set(names("block: 64 tokens, keep: 2048 tokens")) == ["prompt.attend"])
    #expect(try Set(names("block: 64 tokens, keep: 2047 tokens")) == ["prompt.attend.block"])
    #expect(try Set(names("block: 64 tokens, density: 1")) == ["prompt.attend.block"])
  }

  @Test(arguments: [("mask", true, 128), ("list", false, 128), ("dense", false, 0)])
  func theKernelWalksWhatIsStated(walk: String, isMask: Bool, block: Int) throws {
    let select = "select: {by: block, block: 128 tokens, density: 0.25, walk: \(walk)}"
    let operation = try #require(
      try PromptSample.operation("prompt.attend.block", "prompt: {attention: {\(select)}}"))
    guard case .attentionPrefill(let call) = operation.call?.example else {
      Issue.record("no call")
      return
    }
    #expect(call.walksMask == isMask)
    #expect(call.block == block)
    #expect(abs(call.density - 0.25) < 0.01)
  }

  @Test func prunedTokens() throws {
    let text = """
      prompt:
        tokens:
          - {layers: 2-3, keep: 0.5}
          - {layers: 1, keep: 0.25, parts: attention}
      """
    let step = PrefillStep.lower(try PromptSample.simulator(text).preparation.setting)
    let attended = step.blocks.flatMap(\.operations).filter { $0.name == "prompt.attend" }
    let all = Self.perPair * 1024 * 2048
    #expect(attended.map(\.flops.base) == [all, all / 16, all / 4])
    let products = step.blocks.flatMap(\.operations).filter { $0.name == "prompt.ffn" }
    #expect(products.map { $0.flops.base / products[0].flops.base } == [1, 1, 0.5])
  }

  @Test(arguments: ["vllm", "pytorch-eager"])
  func lessIsNeverSlower(_ runtime: String) throws {
    var resolved = try PromptSample.resolved(
      "", runtime: runtime, settings: ["workload.prompt=16384"])
    let forms: [(Double) -> PromptSelection.Form] = [
      { .blocks(queries: 128, keys: 128, .density($0)) },
      { .blocks(queries: 64, keys: 64, .keys(TokenAmount(share: $0))) },
      { .tokens(queries: 64, .keys(TokenAmount(share: $0))) },
      { .window(sink: 64, recent: Int($0 * 16384), block: 128) },
    ]
    for (place, form) in forms.enumerated() {
      for skipsValues in [false, true] {
        var last = 0.0
        // An amount of keys that takes in all runs the dense kernel, which is another.
        for density in [0.01, 0.05, 0.1, 0.3, 0.6, 0.9, 1] where density < 1 || !(1...2 ~= place) {
          resolved.scenario.method.prompt.attention = [
            PromptSelection(form: form(density), skipsValues: skipsValues)
          ]
          let report = try Simulator(resolved).run(.analytic).report
          let time = try #require(report.metric("ttft"))
          #expect(time >= last, "\(runtime) \(place) \(skipsValues) \(density)")
          last = time
        }
      }
    }
  }

  @Test func bothEnginesAgree() throws {
    let text = """
      prompt:
        chunk: 512 tokens
        attention: [{heads: 0.5, select: {by: block, block: 64 tokens, density: 0.25}}]
      overheads:
        - {name: estimate, phase: prompt, scores: {queries: 64 tokens, width: 128}, launches: 3}
      """
    let times = try [.analytic, .playback].map {
      try #require(try PromptSample.metric("ttft", text, runtime: "vllm", [], $0))
    }
    #expect(abs(times[0] / times[1] - 1) < 1e-6)
  }

  @Test func partsOfThePromptAddUp() throws {
    let report = try PromptSample.simulator("").run(.analytic).report
    let parts = report.metrics.filter { $0.name.hasPrefix("prompt.") }
    #expect(
      parts.map(\.name) == [
        "prompt.model.time", "prompt.attention.time", "prompt.attention.norm.time",
        "prompt.projections.time", "prompt.attend.time", "prompt.ffn.norm.time", "prompt.ffn.time",
        "prompt.head.time", "prompt.layer_products.time",
      ])
    // Of four layers.
    #expect(abs((parts[3].value + parts[6].value) / (4 * parts[8].value) - 1) < 1e-9)
    let ttft = try #require(report.metric("ttft"))
    #expect(abs((parts[0].value + parts[1].value) / ttft - 1) < 1e-9)
    let tpot = try #require(report.metric("tpot"))
    #expect(abs((report.metric("request.time") ?? 0) / (ttft + 4 * tpot) - 1) < 1e-9)
    #expect(abs((report.metric("request.throughput") ?? 0) * (ttft + 4 * tpot) - 8) < 1e-9)
  }

  @Test func recordingsHaveAPromptWhereOneIsStated() throws {
    let model = """
      {recording: r, layers: 1, hidden: 1024, \
      attention: {heads: 8, kv-heads: 2, head-dimension: 128}}
      """
    let without = try PromptSample.simulator("", model: model).run(.both).report
    #expect(without.metric("ttft") == nil)
    let stated = try PromptSample.simulator("prompt: {}", model: model).run(.both).report
    #expect(stated.metric("ttft") == stated.metric("prompt.attend.time"))
    #expect((stated.metric("ttft") ?? 0) > 0)
  }
}
