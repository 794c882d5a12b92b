import Diagnostics
import ScenarioFiles
import Scenarios
import Simulation
import TestSupport
import Testing
import Workloads

@testable import Serving

/// Tables of step prices against the programs that they are made of.
struct StepPriceTests {
  private func resolved() throws -> ResolvedScenario {
    let file = try ScenarioFile(
      contentsOf: Checkout.path("scenarios/examples/azure-conversation.yaml"))
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    return try resolver.resolve(file.scenario(variant: "two-a-second"))
  }

  @Test("Decode steps between the places of the table are within 4 % of their own program")
  func decodeTable() throws {
    let resolved = try resolved()
    let pricer = try StepPricer(resolved)
    var clock = try PricedClock(resolved, sequences: 256)
    var random = SplitMix(state: 4)
    var worst = 0.0
    for _ in 0..<60 {
      let batch = 1 + Int(random.below(200))
      let context = 17 + Int(random.below(4000))
      let line = try clock.line(batch: batch, context: Int64(batch * context))
      let time = Double(
        line.time(steps: 1, from: Int64(batch * context), batch: Int64(batch)))
      let own = try pricer.decode(batch: batch, context: context).whole[0] * 1e12
      worst = max(worst, abs(time / own - 1))
    }
    #expect(worst < 0.04)
  }

  @Test("A prompt alone in a step costs what its own program does, host and head beside")
  func promptTable() throws {
    let resolved = try resolved()
    let pricer = try StepPricer(resolved)
    var clock = try PricedClock(resolved, sequences: 256)
    var sums = [Int64](repeating: 0, count: clock.amountCount)
    let ends = try pricer.decode(batch: 1, context: 64).ends[0]
    var random = SplitMix(state: 8)
    for _ in 0..<40 {
      let chunk = PromptChunk(
        tokens: 33 + Int(random.below(2000)), cached: Int(random.below(4000)))
      let time = try clock.mixed(decoding: 0, context: 0, chunks: [chunk], sums: &sums)
      let price = try pricer.prompt(tokens: chunk.tokens, cached: chunk.cached)
      let own = price.body[0] + price.reads[0] + ends
      #expect(abs(Double(time) * 1e-12 / own - 1) < 0.06)
    }
  }

  @Test("A step of prompts and sequences costs more than either, and no more than both apart")
  func mixedStep() throws {
    var clock = try PricedClock(try resolved(), sequences: 256)
    var sums = [Int64](repeating: 0, count: clock.amountCount)
    let chunk = PromptChunk(tokens: 300, cached: 100)
    let alone = try clock.mixed(decoding: 0, context: 0, chunks: [chunk], sums: &sums)
    let line = try clock.line(batch: 16, context: 16000)
    let decode = line.time(steps: 1, from: 16000, batch: 16)
    let mixed = try clock.mixed(decoding: 16, context: 16000, chunks: [chunk], sums: &sums)
    #expect(mixed > alone)
    #expect(mixed > decode)
    #expect(mixed < alone + decode)
  }

  @Test("Memory of the A100 leaves room for the KV that it states")
  func memory() throws {
    let run = try ServingRun(try resolved())
    // 0.9 x 85.9 GB less 13.5 GB of weights, 524,288 B a token: about 121,000 tokens.
    let tokens = try #require(run.kvTokens)
    #expect(run.bytesPerToken == 524_288)
    #expect((90_000...125_000).contains(tokens))
  }
}
