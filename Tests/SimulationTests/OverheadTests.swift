import Policies
import Programs
import Simulation
import Testing

/// What stated works come to, by hand; the sizes are those of `PromptTests`.
@Suite struct OverheadTests {
  static func prompt(_ work: String) throws -> Operation {
    let text = "overheads: [{name: it, phase: prompt, \(work)}]"
    return try #require(try PromptSample.operation("prompt.it", text))
  }

  static func decode(_ work: String, name: String = "stated.it") throws -> Operation {
    let text = "overheads: [{name: it, phase: decode, \(work)}]"
    let blocks = try PromptSample.simulator(text).preparation.program.blocks
    return try #require(blocks.flatMap(\.operations).first { $0.name == name })
  }

  @Test func scoresOfTheLastQueries() throws {
    // 2 sequences x 8 heads x 64 queries x 2,048 keys x 2 x 128.
    let few = try Self.prompt("scores: {queries: 64 tokens, width: 128}, launches: 3")
    let flops: Double = 16 * 64 * 2048 * 256
    #expect(few.flops.base == flops)
    // Keys and queries in two bytes a number.
    #expect(few.traffic.map(\.bytes.base) == [16 * (2048 + 64) * 256])
    #expect(few.launches.base == 3)
    let written = try Self.prompt("scores: {queries: 64 tokens, width: 128, writes: true}")
    let scores: Double = 16 * 64 * 2048 * 2
    #expect(written.traffic.map(\.bytes.base) == [16 * (2048 + 64) * 256 + scores])
  }

  @Test func scoresOfAllPairsAreCausal() throws {
    let all = try Self.prompt("scores: {width: 16, heads: kv}")
    let flops: Double = 4 * 1024 * 2048 * 32
    #expect(all.flops.base == flops)
    // 16 sequences' heads; query i scores i / 16 keys.
    let strided = try Self.prompt("scores: {keys: {every: 16 tokens}, width: 128}")
    let sum: Double = 2048 * 2049 / 2 / 16
    #expect(abs(strided.flops.base / (16 * sum * 256) - 1) < 1e-12)
    let pooled = try Self.prompt(
      "scores: {queries: {every: 64 tokens}, keys: {every: 64 tokens}, width: 16, heads: one}")
    #expect(pooled.flops.base == 2 * 32 * 32 * 32)
  }

  @Test func productsTopKAndMoves() throws {
    let gate = try Self.prompt("product: {rows: {every: 64 tokens}, inputs: 1024, outputs: 256}")
    let flops: Double = 2 * 32 * 2 * 1024 * 256
    #expect(gate.flops.base == flops)
    let (rows, weights): (Double, Double) = (64 * 1280, 1024 * 256)
    #expect(gate.traffic.map(\.bytes.base) == [2 * (rows + weights)])
    let top = try Self.prompt("top-k: {rows: 32 tokens, of: {every: 64 tokens}, keep: 8}")
    let chosenFrom: Double = 2 * 2 * 32 * 32
    #expect(top.traffic.map(\.bytes.base) == [2 * chosenFrom])
    let moved = try Self.prompt("move: {tokens: all, bytes-per-token: 4096 B}")
    #expect(moved.kind == .elementwise)
    let bytes: Double = 2 * 2048 * 4096
    #expect(moved.traffic.map(\.bytes.base) == [2 * bytes])
  }

  @Test func productsOfTokensBeforeCompression() throws {
    let text = """
      prompt: {compress: {every: 16 tokens}, question: 256 tokens}
      overheads: [{name: it, phase: prompt, product: {rows: prompt, inputs: 1024, outputs: 64}}]
      """
    let encoder = try #require(try PromptSample.operation("prompt.it", text))
    let flops: Double = 2 * 2048 * 2 * 1024 * 64
    #expect(encoder.flops.base == flops)
  }

  @Test func launchesAlone() throws {
    let bare = try Self.prompt("site: model, launches: 5")
    #expect(bare.launches.base == 5 && bare.site == .model && bare.flops == .zero)
  }

  /// Of the second of two passes over 1,024 tokens each, all 2,048 are moved, for both sequences.
  @Test func movesOfSeenTokens() throws {
    let text = """
      prompt: {chunk: 1024 tokens}
      overheads: [{name: it, phase: prompt, move: {tokens: all, bytes-per-token: 64 B, seen: true}}]
      """
    let moves = try PromptSample.operations(text).filter { $0.name == "prompt.it" }
    let bytes: Set<Double> = [2 * 2 * 1024 * 64, 2 * 2 * 2048 * 64]
    #expect(Set(moves.map { $0.traffic[0].bytes.base }) == bytes)
  }

  /// Moved number by number, 132 cores of an H200 take 9.3 GB/s each: 2 x 2,048 tokens of 1 MB, read and
  /// written, in four layers.
  @Test func movesByNumber() throws {
    let text = "overheads: [{name: it, phase: prompt, move: {tokens: all, bytes-per-token: 1 MB"
    func seconds(_ rest: String) throws -> Double {
      let metrics = try PromptSample.simulator(
        text + rest, runtime: "pytorch-flash", hardware: "nvidia-h200-server"
      ).run(.analytic).report
      return try #require(metrics.metric("prompt.it.time"))
    }
    let bytes = 4.0 * 2 * 2 * 2048 * 1e6
    let slow = try seconds(", by-number: true}}]")
    #expect(abs(slow / (bytes / (132 * 9.3e9)) - 1) < 0.01)
    #expect(try seconds("}}]") < slow / 3)
    let words = try Self.prompt("move: {tokens: all, bytes-per-token: 64 B, by-number: true}")
    #expect(words.kind == .elementwise)
  }

  /// Each launch walks 300 loads, at most the prompt's 2,048.
  @Test func chainsOfLoads() throws {
    let chain = try Self.prompt("chain: {of: {keep: 300 tokens}}, launches: 4")
    #expect(chain.kind == .chain && chain.rows == 300 && chain.launches.base == 4)
    #expect(try Self.prompt("chain: {of: {keep: 9000 tokens}}").rows == 2048)
  }

  /// Where the device is busy, launches ahead of it cost it what its kernels take, 100 a layer of four,
  /// but for the first layer, where the host is not ahead yet; those that wait add what the host takes,
  /// 16 us each.
  @Test func launchesThatWaitAddToTheTime() throws {
    let long = ["workload.prompt=200000", "workload.batch=1"]
    func seconds(_ work: String) throws -> Double {
      let text = work.isEmpty ? "" : "overheads: [{name: it, phase: prompt, launches: 100\(work)}]"
      let time = try PromptSample.metric("ttft", text, runtime: "pytorch-flash", long, .playback)
      return try #require(time)
    }
    let none = try seconds("")
    let host = 4 * 100 * 16e-6
    #expect(try seconds(", waits: false") - none < host / 2)
    let added = try seconds(", waits: true") - none
    #expect(added > host && added < 1.5 * host)
  }

  @Test func decodeGrowsWithTheContext() throws {
    // The unit of the column is one token; keys of 64 B over a context of n tokens, every fourth step.
    let read = try Self.decode("read: {tokens: all, bytes-per-token: 64 B}, every-steps: 4")
    #expect(read.traffic.map(\.bytes) == [Affine(each: 2 * 64 / 4)])
    #expect(read.launches.base == 0.25)
    let fixed = try Self.decode("read: {tokens: 512 tokens, bytes-per-token: 64 B}")
    #expect(fixed.traffic.map(\.bytes) == [Affine(base: 2 * 512 * 64)])
    #expect(fixed.column == nil)
    let scores = try Self.decode("scores: {keys: {every: 16 tokens}, width: 128, heads: kv}")
    #expect(scores.flops.each == 4 / 16 * 256 && abs(scores.flops.base) < 1e-6)
  }

  /// 512 tokens and one in 16, of 2,049 to 2,052: 640.125 in the mean, 64 B each, two sequences.
  @Test func readsFromAnotherTierCrossTheLink() throws {
    let text = """
      overheads:
        - name: it
          phase: decode
          read: {tokens: {keep: 512 tokens, every: 16 tokens}, bytes-per-token: 64 B, tier: ddr}
      """
    let simulator = try PromptSample.simulator(text, hardware: "nvidia-h200-server")
    let operations = simulator.preparation.program.blocks.flatMap(\.operations)
    let fetch = try #require(operations.first { $0.name == "stated.it.fetch" })
    let bytes = try #require(fetch.traffic.first).bytes(2050.5)
    #expect(abs(bytes / (2 * 64 * (512 + 2050.5 / 16)) - 1) < 1e-9)
    let read = try #require(operations.first { $0.name == "stated.it" })
    #expect(read.after.map(\.operation) == ["stated.it.fetch"])
  }

  @Test func decodeOfSomeLayers() throws {
    let text = "overheads: [{name: it, phase: decode, layers: 2-3, launches: 2}]"
    let program = try PromptSample.simulator(text).preparation.program
    let has = program.order.map { use in
      program.blocks[use.block].operations.contains { $0.name == "stated.it" }
    }
    #expect(has == [false, false, true, true, false])
  }

  @Test func overheadsMakeAMethodLoseAtShortContext() throws {
    let method = """
      prompt: {attention: {select: {by: block, block: 128 tokens, density: 0.1}}}
      overheads:
        - name: estimate
          phase: prompt
          scores: {queries: 64 tokens, width: 128, writes: true}
          launches: 40
      """
    var resolved = try PromptSample.resolved(method, runtime: "vllm")
    let choice = resolved.scenario.method
    func ratio(_ prompt: Int) throws -> Double {
      resolved.scenario.workload.prompt = prompt
      let times = try [MethodChoice(), choice].map { method in
        resolved.scenario.method = method
        return try #require(try Simulator(resolved).run(.analytic).report.metric("ttft"))
      }
      return times[0] / times[1]
    }
    #expect(try ratio(1024) < 1)
    #expect(try ratio(131072) > 2)
  }
}
