import Diagnostics
import Models
import Policies
import Programs
import Simulation
import Testing

/// What drafts, exits and corrections come to, by hand.
@Suite struct DepthTests {
  @Test func aDraftComputesItsTokensTogether() throws {
    var sample = DepthSample()
    sample.depth.draft = .init(tokens: 10, accepted: 2.5)
    let input = try #require(try sample.operation("attention.input"))
    // 256 x (256 + 2 x 128) weights in two bytes, read once; two flops for each of ten rows.
    #expect(input.traffic.map(\.bytes.base) == [256 * 512 * 2])
    #expect(input.flops.base == 2 * 10 * 256 * 512)
    #expect(input.kind == .matrixProduct && input.rows == 10)
    let attend = try #require(try sample.operation("attention.attend"))
    let plain = try #require(try DepthSample().operation("attention.attend"))
    #expect(attend.traffic == plain.traffic)
    #expect(attend.flops.each == 10 * plain.flops.each)
    let head = try #require(try sample.operation("head"))
    #expect(head.flops.base == 2 * 10 * 256 * 1000)
  }

  /// 40 tokens in steps of 2.5 are 16 steps, each later by 2.5 tokens of context.
  @Test func aStepYieldsItsTokens() throws {
    var sample = DepthSample()
    sample.depth.draft = .init(tokens: 10, accepted: 2.5)
    let program = try sample.simulator().preparation.program
    #expect(program.steps == 16)
    let context = try #require(program.columns.first { $0.name == "context" })
    let seen = (0..<16).map { Int(context.counts[$0 * 4]) }
    #expect(seen.prefix(5) == [101, 103, 106, 108, 111])
    for engine in [Simulator.Engines.analytic, .playback] {
      let found = try sample.metrics(engine)
      let (step, tpot) = (try #require(found["step.time"]), try #require(found["tpot"]))
      #expect(abs(step / (2.5 * tpot) - 1) < 1e-9)
      #expect(abs(try #require(found["throughput"]) * tpot - 1) < 1e-9)
      // What the sites take a token adds up to the token on one stream.
      let sites = ["model", "attention"].map { found["\($0).time_per_token"] ?? 0 }
      #expect(abs(sites.reduce(0, +) / tpot - 1) < 1e-6)
    }
  }

  @Test func draftPassesArePricedAsTheirOwnModels() throws {
    var sample = DepthSample()
    sample.depth.draft = .init(tokens: 4, accepted: 2, model: .inline, passes: 3, width: 2)
    sample.draft = DepthSample.model(layers: 1, hidden: 128, ffn: 256, vocabulary: 1000)
    let program = try sample.simulator().preparation.program
    let names = program.order.map { program.blocks[$0.block].name }
    #expect(names.prefix(3) == ["draft.layer-0", "draft.head", "draft.layer-0"])
    #expect(names.count == 3 * 2 + 1 + 4 + 1)
    let up = try #require(try sample.operation("draft.ffn.up"))
    #expect(up.flops.base == 2 * 2 * 128 * 256 && up.site == .depth)
    #expect(program.blocks.filter { $0.name == "host" }.count == 1)
    // The draft's own weights, with and without its ends, and two KV heads of 64 for 140 tokens.
    let plan = try sample.simulator().preparation.memory
    func draft(_ plan: MemoryPlan) -> Double {
      plan.items.first { $0.what == "draft model" }?.bytes.value ?? 0
    }
    let ends = 2.0 * 128 * 1000
    let whole = draft(plan)
    sample.depth.draft?.sharesEnds = true
    #expect(whole - draft(try sample.simulator().preparation.memory) == ends)
    #expect(
      plan.items.contains { $0.what == "KV of the draft model" && $0.bytes.value == 140 * 512 })
  }

  /// A pass through 2.5 of four layers: two always, the third in every second step.
  @Test func anExitRunsItsMeanLayers() throws {
    var sample = DepthSample()
    sample.depth.exit = .init(meanLayers: 2.5)
    let program = try sample.simulator().preparation.program
    #expect(program.order.count == 1 + 3 + 1)
    let run = try #require(program.columns.first { $0.name == "exit.run" })
    #expect((0..<4).map { run.counts[$0 * 4 + 2] } == [0, 1, 0, 1])
    var times: [Double] = []
    for layers in [2, 3] {
      var whole = DepthSample()
      whole.layers = layers
      times.append(try #require(try whole.metrics()["tpot"]))
    }
    for engine in [Simulator.Engines.analytic, .playback] {
      let tpot = try #require(try sample.metrics(engine)["tpot"])
      #expect(abs(tpot / (times[0] / 2 + times[1] / 2) - 1) < 2e-3)
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
    #expect(predict.traffic.map(\.bytes.base) == [2 * (12 * 512 + 512)])
    let columns = try #require(try sample.operation("exit.candidates"))
    #expect(columns.traffic.map(\.bytes.base) == [2 * 4 * 256])
    let refused = try #require(try sample.operation("exit.head-1"))
    #expect(refused.traffic.map(\.bytes.base) == [2 * 256 * 1000])
    let found = try sample.metrics()
    // Six launches of 2 us, and next to no bytes.
    #expect(abs(try #require(found["exit.features.time"]) / 12e-6 - 1) < 1e-2)
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
    #expect(try sample.metrics()["tpot"] ?? 0 > 0)
  }

  /// A draft that accepts nothing more than the token itself costs what its passes cost.
  @Test(arguments: [1, 8, 64]) func moreTokensNeverCostLess(_ tokens: Int) throws {
    var sample = DepthSample()
    sample.depth.draft = .init(tokens: tokens, accepted: 1)
    let plain = try #require(try DepthSample().metrics()["tpot"])
    let drafted = try #require(try sample.metrics()["tpot"])
    #expect(drafted >= plain * (1 - 1e-9))
    if tokens == 1 { #expect(abs(drafted / plain - 1) < 1e-9) }
  }
}
