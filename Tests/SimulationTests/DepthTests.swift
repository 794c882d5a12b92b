import Diagnostics
import Models
import Policies
import Programs
import Simulation
import Testing

/// What drafts, exits and corrections come to, by hand.
@Suite struct DepthTests {
  /// The bytes of an operation's only traffic.
  private func bytes(_ operation: Operation) -> Double {
    operation.traffic.count == 1 ? operation.traffic[0].bytes.base : -1
  }

  @Test func aDraftComputesItsTokensTogether() throws {
    var sample = DepthSample()
    sample.depth.draft = .init(tokens: 10, accepted: 2.5)
    let input = try #require(try sample.operation("attention.input"))
    // 256 x (256 + 2 x 128) weights in two bytes, read once; two flops for each of ten rows.
    #expect(bytes(input) == 262_144)
    #expect(input.flops.base == 2_621_440)
    #expect(input.kind == .matrixProduct)
    #expect(input.rows == 10)
    let attend = try #require(try sample.operation("attention.attend"))
    let plain = try #require(try DepthSample().operation("attention.attend"))
    #expect(attend.traffic == plain.traffic)
    let tenfold = 10 * plain.flops.each
    #expect(attend.flops.each == tenfold)
    // 256 x 1,000 weights and those of the last norm.
    let head = try #require(try sample.operation("head"))
    #expect(head.flops.base == 5_125_120)
  }

  /// 40 tokens in steps of 2.5 are 16 steps, each later by 2.5 tokens of context.
  @Test func aStepYieldsItsTokens() throws {
    var sample = DepthSample()
    sample.depth.draft = .init(tokens: 10, accepted: 2.5)
    let program = try sample.simulator().preparation.program
    #expect(program.steps == 16)
    let context = try #require(program.columns.first { $0.name == "context" })
    let seen = (0..<16).map { Int(context.counts[$0 * 4]) }
    let first = Array(seen.prefix(5))
    #expect(first == [101, 103, 106, 108, 111])
    for engine in [Simulator.Engines.analytic, .playback] {
      let found = try sample.metrics(engine)
      let (step, tpot) = (try #require(found["step.time"]), try #require(found["tpot"]))
      #expect(isNear(step, 2.5 * tpot))
      let throughput = try #require(found["throughput"])
      #expect(isNear(throughput * tpot, 1))
      // What the sites take a token adds up to the token on one stream.
      let model = try #require(found["model.time_per_token"])
      let attention = try #require(found["attention.time_per_token"])
      #expect(isNear(model + attention, tpot, within: 1e-6))
    }
  }

  @Test func draftPassesArePricedAsTheirOwnModels() throws {
    var sample = DepthSample()
    sample.depth.draft = .init(tokens: 4, accepted: 2, model: .inline, passes: 3, width: 2)
    sample.draft = DepthSample.model(layers: 1, hidden: 128, ffn: 256, vocabulary: 1000)
    let program = try sample.simulator().preparation.program
    let names = program.order.map { program.blocks[$0.block].name }
    let first = Array(names.prefix(3))
    #expect(first == ["host", "draft.layer-0", "draft.head"])
    // The host, three passes of a layer and a head, then four layers and the head.
    #expect(names.count == 12)
    let up = try #require(try sample.operation("draft.ffn.up"))
    #expect(up.flops.base == 131_072)
    #expect(up.site == .depth)
    let hosts = program.blocks.filter { $0.name == "host" }
    #expect(hosts.count == 1)
    // The draft's own weights, with and without its ends, and two KV heads of 64 for 140 tokens.
    let plan = try sample.simulator().preparation.memory
    func draft(_ plan: MemoryPlan) -> Double {
      plan.items.first { $0.what == "draft model" }?.bytes.value ?? 0
    }
    let ends = 256_256.0
    sample.depth.draft?.sharesEnds = true
    let shared = try sample.simulator().preparation.memory
    let saved = draft(plan) - draft(shared)
    #expect(saved == ends)
    let kept = plan.items.first { $0.what == "KV of the draft model" }
    #expect(kept?.bytes.value == 71_680)
  }

  /// Four heads of 256 x 256 and 256 x 1,000 weights, over three positions.
  @Test func headsGuessFurtherTokens() throws {
    var sample = DepthSample()
    sample.depth.draft = .init(tokens: 3, accepted: 2, heads: 4)
    let head = try #require(try sample.operation("draft.head-4"))
    #expect(head.flops.base == 1_536_000)
    #expect(head.site == .depth)
    let items = try sample.simulator().preparation.memory.items
    let held = try #require(items.first { $0.what == "draft heads" })
    #expect(held.bytes.value == 2_572_288)
  }

  /// A pass through 2.5 of four layers: two always, the third in every second step.
  @Test func anExitRunsItsMeanLayers() throws {
    var sample = DepthSample()
    sample.depth.exit = .init(meanLayers: 2.5)
    let program = try sample.simulator().preparation.program
    #expect(program.order.count == 5)
    let run = try #require(program.columns.first { $0.name == "exit.run" })
    let thirdLayer: [Int32] = [2, 6, 10, 14].map { run.counts[$0] }
    #expect(thirdLayer == [0, 1, 0, 1])
    var times: [Double] = []
    for layers in [2, 3] {
      var whole = DepthSample()
      whole.layers = layers
      times.append(try #require(try whole.metrics()["tpot"]))
    }
    for engine in [Simulator.Engines.analytic, .playback] {
      let tpot = try #require(try sample.metrics(engine)["tpot"])
      let mean = (times[0] + times[1]) / 2
      #expect(isNear(tpot, mean, within: 2e-3))
    }
  }

  @Test func predictorsStandWhereTheyAreVisited() throws {
    var sample = DepthSample()
    sample.depth.exit = .init(
      meanLayers: 3, predictor: .init(inputs: 12, width: 512, every: 2, launches: 6),
      candidates: 4, refused: 1)
    let program = try sample.simulator().preparation.program
    let has = program.order.map { use in
      program.blocks[use.block].operations.contains { $0.name == "exit.predict" }
    }
    #expect(has == [false, false, true, false, false])
    let predict = try #require(try sample.operation("exit.predict"))
    // 12 x 512 and 512 weights in two bytes.
    #expect(bytes(predict) == 13312)
    let columns = try #require(try sample.operation("exit.candidates"))
    #expect(bytes(columns) == 2048)
    let refused = try #require(try sample.operation("exit.head-1"))
    #expect(bytes(refused) == 512_512)
    let found = try sample.metrics()
    // Six launches of 2 us, and next to no bytes.
    let features = try #require(found["exit.features.time"])
    #expect(isNear(features, 12e-6, within: 1e-2))
  }

  /// Three sparse passes and a whole one over four tokens, of which 3.5 stay. A stated trace is of
  /// tokens, so corrections go with choices that need none.
  @Test func correctionsAreRefusedWhereTheyMeanNothing() throws {
    var sample = DepthSample()
    sample.depth.correct = .init(every: 4, accepted: 3.5)
    #expect(throws: Faults.self) { try sample.simulator() }
    sample.depth.correct = nil
    sample.depth.exit = .init(meanLayers: 5)
    #expect(throws: Faults.self) { try sample.simulator() }
    sample.depth.exit = nil
    sample.depth.draft = .init(tokens: 4, accepted: 2)
    let drafted = try #require(try sample.metrics()["tpot"])
    #expect(drafted > 0)
  }

  /// A draft that accepts nothing more than the token itself costs what its passes cost.
  @Test(arguments: [1, 8, 64]) func moreTokensNeverCostLess(_ tokens: Int) throws {
    var sample = DepthSample()
    sample.depth.draft = .init(tokens: tokens, accepted: 1)
    let plain = try #require(try DepthSample().metrics()["tpot"])
    let drafted = try #require(try sample.metrics()["tpot"])
    let least = plain * (1 - 1e-9)
    #expect(drafted >= least)
    if tokens == 1 { #expect(isNear(drafted, plain)) }
  }
}
