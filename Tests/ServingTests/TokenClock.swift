@testable import Serving

/// A clock whose prompts take a time for each token computed, and decode steps one time.
struct TokenClock: StepClock {
  var perToken: Int64 = 100
  var decode: Int64 = 1000

  var amountCount: Int { 0 }

  mutating func line(batch: Int, context: Int64) -> DecodeLine {
    DecodeLine(low: 0, high: .max / 4, time: decode, each: 0)
  }

  func add(_ line: DecodeLine, steps: Int64, above: Int64, to sums: inout [Int64]) {}

  mutating func mixed(
    decoding: Int, context: Int64, chunks: [PromptChunk], sums: inout [Int64]
  ) -> Int64 {
    max(1, (decoding > 0 ? decode : 0) + chunks.reduce(0) { $0 + Int64($1.tokens) * perToken })
  }
}
