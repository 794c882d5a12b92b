import Hardware
import Models
import Simulation
import Testing

/// The batch that memory holds when decoding, and while prompts are processed.
@Suite struct BatchFitTests {
  /// 1.5 GB, of which weights take some 18 MB. A sequence of 4,096 tokens stores 134.2 MB of KV; its
  /// prompt holds 33,792 B a token besides, 138.4 MB.
  private func batch(_ prompts: Runtime.Prompts) throws -> Double {
    var sample = ReadSample()
    sample.capacity = 1.5e9
    sample.fillsMemory = true
    sample.runtime.prompts = prompts
    return try #require(sample.metrics()["batch"])
  }

  @Test func promptsOneAfterAnother() throws { #expect(try batch(.apart) == 11) }

  @Test func promptsTogether() throws { #expect(try batch(.together) == 5) }

  /// One sequence is held although its prompt's activations would not fit.
  @Test func oneIsTheLeast() throws {
    var sample = ReadSample()
    sample.capacity = 0.2e9
    sample.fillsMemory = true
    sample.runtime.prompts = .together
    #expect(try #require(sample.metrics()["batch"]) == 1)
  }
}
