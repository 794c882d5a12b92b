import Diagnostics

/// Tokens of one prompt that a step processes, after those whose KV exists.
public struct PromptChunk: Sendable, Hashable {
  public var tokens: Int
  public var cached: Int

  public init(tokens: Int, cached: Int) {
    self.tokens = tokens
    self.cached = cached
  }
}

/// Prices of decode steps of one batch size, which rise by a whole number with each token of total
/// context: a run of steps has a closed sum in integers, equal to adding up step by step.
public struct DecodeLine: Sendable, Hashable {
  /// The total context at which a step takes `time`.
  public var low: Int64
  /// The last total context for which the line holds.
  public var high: Int64
  /// Picoseconds at `low`.
  public var time: Int64
  /// Picoseconds for each token above `low`; may be below 0 where a kernel changes.
  public var each: Int64
  /// Where a clock keeps the other amounts.
  public var place: Int

  public init(low: Int64, high: Int64, time: Int64, each: Int64, place: Int = 0) {
    self.low = low
    self.high = high
    self.time = time
    self.each = each
    self.place = place
  }

  /// Picoseconds of `steps` steps that begin at total context `context`, which each raises by `batch`.
  @inline(__always)
  public func time(steps: Int64, from context: Int64, batch: Int64) -> Int64 {
    steps * time + each * above(steps: steps, from: context, batch: batch)
  }

  /// The fewest of the next steps that together take `span` or longer, at most `most`.
  func steps(until span: Int64, atMost most: Int64, from context: Int64, batch: Int64) -> Int64 {
    if time(steps: most, from: context, batch: batch) < span { return most }
    var (short, long) = (Int64(0), most)
    while long - short > 1 {
      let middle = short + (long - short) / 2
      if time(steps: middle, from: context, batch: batch) < span {
        short = middle
      } else {
        long = middle
      }
    }
    return long
  }

  /// Tokens above `low` that those steps read between them.
  @inline(__always)
  func above(steps: Int64, from context: Int64, batch: Int64) -> Int64 {
    steps * (context - low) + batch * (steps * (steps - 1) / 2)
  }
}

/// What steps take: the scheduler asks nothing else of a model or a machine.
public protocol StepClock {
  /// Amounts beside time that each step adds to: energy, flops, bytes by path.
  var amountCount: Int { get }

  /// Steps that only decode `batch` sequences whose contexts add up to `context`.
  mutating func line(batch: Int, context: Int64) throws(Faults) -> DecodeLine

  /// Adds what steps of a line take beside time.
  /// - Parameter above: tokens above the line's lowest that they read between them.
  func add(_ line: DecodeLine, steps: Int64, above: Int64, to sums: inout [Int64])

  /// Whether sequences of unequal contexts take longer than equal ones of the same sum.
  var isUneven: Bool { get }

  /// Picoseconds that a step takes longer for its longest context.
  /// - Parameter spread: that context times the batch, less all contexts between them.
  func uneven(_ spread: Int64, batch: Int, isMixed: Bool) -> Int64

  /// A step over pieces of prompts that also decodes `decoding` sequences.
  /// - Returns: picoseconds.
  mutating func mixed(
    decoding: Int, context: Int64, chunks: [PromptChunk], sums: inout [Int64]
  ) throws(Faults) -> Int64
}

extension StepClock {
  public var isUneven: Bool { false }
  public func uneven(_ spread: Int64, batch: Int, isMixed: Bool) -> Int64 { 0 }
}
