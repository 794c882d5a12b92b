import NumericalMethods
import Quantities
import Workloads

@testable import Serving

/// A clock whose prices are exact lines, steps of a width of its own, and one amount.
struct LinearClock: StepClock {
  var fixed: Int64 = 5_000_000
  var perSequence: Int64 = 100_000
  var perToken: Int64 = 37
  /// Contexts of a line; its slope changes from line to line.
  var width: Int64 = 777

  var amountCount: Int { 1 }

  mutating func line(batch: Int, context: Int64) -> DecodeLine {
    let place = context / width
    return DecodeLine(
      low: place * width, high: place * width + width - 1,
      time: fixed + perSequence * Int64(batch) + perToken * place * width,
      each: perToken + (place % 3) - 1)
  }

  func add(_ line: DecodeLine, steps: Int64, above: Int64, to sums: inout [Int64]) {
    sums[0] += 3 * steps + 2 * above
  }

  mutating func mixed(
    decoding: Int, context: Int64, chunks: [PromptChunk], sums: inout [Int64]
  ) -> Int64 {
    var time = fixed + perSequence * Int64(decoding) + perToken * context
    for chunk in chunks { time += Int64(chunk.tokens) * (2_000 + Int64(chunk.cached)) }
    sums[0] += time % 1000
    return time
  }
}

/// Streams for tests, drawn by a seed.
enum SampleStreams {
  /// Arrivals a mean gap apart, prompts and outputs up to a length.
  static func random(
    count: Int, meanGap: Int64, prompt: Int, output: Int, seed: UInt64
  ) -> RequestStream {
    var stream = RequestStream()
    var random = SplitMix(state: seed)
    var time: Int64 = 0
    for _ in 0..<count {
      time += Int64(random.below(UInt64(2 * meanGap)))
      stream.arrivals.append(Instant(picoseconds: time))
      stream.prompts.append(Int32(1 + random.below(UInt64(prompt))))
      stream.outputs.append(Int32(1 + random.below(UInt64(output))))
    }
    return stream
  }

  /// Prompts that begin with one of a few prefixes, in blocks of 16 tokens.
  static func sharing(count: Int, seed: UInt64) -> RequestStream {
    var stream = random(count: count, meanGap: 20_000_000, prompt: 200, output: 100, seed: seed)
    var random = SplitMix(state: seed)
    stream.blockTokens = 16
    stream.blockStarts = [0]
    for row in 0..<count {
      let family = random.below(5)
      let blocks = (Int(stream.prompts[row]) + 15) / 16
      let shared = Int(random.below(UInt64(blocks + 1)))
      for block in 0..<blocks {
        let own = block < shared ? 1000 * family : 1_000_000 + 1000 * UInt64(row)
        stream.blocks.append(own + UInt64(block))
      }
      stream.blockStarts.append(Int32(stream.blocks.count))
    }
    return stream
  }
}

/// A small generator of whole numbers.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
}
