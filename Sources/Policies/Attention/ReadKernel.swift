import Models

/// The reads of one name in a layer: one kernel of a decode step.
public struct ReadKernel: Sendable, Hashable {
  public let name: String
  let reads: [AttentionRead]
  let entry: KVEntry
  let kvHeads: Double
  let queryHeads: Double
  /// Sequences whose entries it reads: all of the batch, or one where they have these in common.
  let sequences: Double
  /// First tokens that another kernel reads for all sequences.
  let prefix: Double
  /// Tokens that a whole read sees at most; infinite but for the kernel of a common prefix.
  let most: Double

  /// What a step takes: KV entries of a head in the mean, all bytes, all flops.
  public struct Amounts: Sendable {
    public var entries: Double
    public var bytes: Double
    public var flops: Double
  }

  /// Query heads that read entries of their own where a group does not share them, else 1.
  var readers: Double {
    reads.allSatisfy(\.isShared) ? 1 : max(1, queryHeads / max(1, kvHeads))
  }

  /// Share of the heads that read anything; at most 1, though they may read several things.
  var headShare: Double { min(1, reads.reduce(0) { $0 + $1.heads }) }

  public var everySteps: Int { reads.first?.everySteps ?? 1 }
  /// The named tier; nil for the default.
  var tier: String? { reads.first?.tier }
  var isBeside: Bool { reads.first?.stored != nil }
  var isPicked: Bool { reads.contains { $0.pick != .contiguous } }
  /// Whether keys alone are multiplied with the query: a scoring.
  var isScore: Bool { reads.allSatisfy { $0.part == .keys } && entry.values > 0 }
  /// Tokens that lie together.
  var page: Int { reads.filter { $0.pick != .contiguous }.map(\.page).min() ?? 64 }

  /// What it takes where each head could see `seen` tokens.
  /// - Parameter batch: sequences of the step.
  func amounts(of seen: Double, batch: Double) -> Amounts {
    var total = Amounts(entries: 0, bytes: 0, flops: 0)
    for read in reads {
      var count = read.count(of: seen)
      if read.isWhole { count = min(most, max(0, count - prefix)) }
      let wide = entry.width(of: read)
      total.entries += read.heads * count * wide / entry.width
      total.bytes += read.heads * entry.bytes(of: read, count: count)
      total.flops += read.heads * count * wide
    }
    total.bytes *= kvHeads * readers * sequences
    total.flops *= 2 * queryHeads * batch
    return total
  }
}

/// How the amounts of a kernel change over the steps, and the column that says it.
public struct ReadCourse: Sendable {
  public enum Kind: Sendable, Hashable {
    /// The same at every step: no column.
    case constant
    /// Counts of 1 at one step of so many, and 0 else.
    case each(Int)
    /// Counts of so many entries, rounded up.
    case growing(unit: Double)
  }

  public let kind: Kind
  /// Entries of a head for each count.
  let entriesEach: Double
  let bytes: (base: Double, each: Double)
  let flops: (base: Double, each: Double)
  /// The count of the last step.
  let largest: Double

  /// - Parameters:
  ///   - seen: tokens that a head could see, by context.
  ///   - contexts: tokens in the context of the first step and of the last.
  init(
    _ kernel: ReadKernel, contexts: ClosedRange<Int>, batch: Double, seen: (Double) -> Double
  ) {
    func amounts(_ context: Double) -> ReadKernel.Amounts {
      kernel.amounts(of: seen(context), batch: batch)
    }
    let (low, high) = (Double(contexts.lowerBound), Double(contexts.upperBound))
    let (first, last) = (amounts(low), amounts(high))
    guard kernel.everySteps == 1, Self.counts(first, last) > 0 else {
      let mean = kernel.everySteps == 1 ? last : amounts((low + high) / 2)
      kind = kernel.everySteps == 1 ? .constant : .each(kernel.everySteps)
      entriesEach = mean.entries
      largest = 1
      bytes = (0, mean.bytes)
      flops = (0, mean.flops)
      return
    }
    let unit = Self.unit(first, last)
    kind = .growing(unit: unit)
    entriesEach = unit
    let counts = (Self.count(first.entries, unit), Self.count(last.entries, unit))
    largest = counts.1
    bytes = Self.line(counts, first.bytes, last.bytes)
    flops = Self.line(counts, first.flops, last.flops)
  }

  /// A power of two, so that no more than 4,096 counts have to be priced.
  private static func unit(_ first: ReadKernel.Amounts, _ last: ReadKernel.Amounts) -> Double {
    var unit = 1.0
    while unit * 4096 < last.entries - first.entries { unit *= 2 }
    return unit
  }

  private static func counts(_ first: ReadKernel.Amounts, _ last: ReadKernel.Amounts) -> Double {
    let unit = unit(first, last)
    return count(last.entries, unit) - count(first.entries, unit)
  }

  /// The count of a step, from the entries that a head reads then.
  /// - Parameter step: counted from 0.
  public func count(step: Int, entries: Double) -> Int32 {
    switch kind {
    case .constant: 1
    case .each(let steps): step % steps == 0 ? 1 : 0
    case .growing(let unit): Int32(clamping: Int(Self.count(entries, unit)))
    }
  }

  /// Entries in units, rounded up; a hair above a whole number is that number.
  static func count(_ entries: Double, _ unit: Double) -> Double {
    max(0, (entries / unit - 1e-9).rounded(.up))
  }

  /// The line through two points, as one through the origin where that is as good.
  private static func line(
    _ counts: (Double, Double), _ first: Double, _ last: Double
  ) -> (base: Double, each: Double) {
    let each = (last - first) / (counts.1 - counts.0)
    let base = first - each * counts.0
    guard base > 1e-6 * first, each >= 0 else { return (0, last / counts.1) }
    return (base, each)
  }
}
