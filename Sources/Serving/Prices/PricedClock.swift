import Diagnostics
import Scenarios
import Simulation

/// Steps of batches of a scenario, priced by the programs of its single requests.
///
/// A step that only decodes is the program of a decode step at that batch and mean context. A step with
/// pieces of prompts takes all its tokens through the layers once, as vLLM does: body of all tokens,
/// plus the attention of decoding sequences, plus that of each piece, plus host and head.
public struct PricedClock: StepClock {
  /// Names of the amounts after energy and flops.
  public let paths: [String]
  private var decodes: DecodeTable
  private var prompts: PromptTables
  private let together: MixedReads?
  private let unequal: UnevenTable?
  private var row: [Double]
  private var whole: [Int64]

  /// - Parameter sequences: that run together at most.
  /// - Throws: `Faults` where steps of the scenario cannot be priced.
  public init(_ resolved: ResolvedScenario, sequences: Int) throws(Faults) {
    let pricer = try StepPricer(resolved)
    paths = pricer.paths
    decodes = DecodeTable(pricer, sequences: sequences)
    prompts = PromptTables(pricer)
    together = pricer.mixed
    unequal = pricer.mixed?.uneven.map { UnevenTable($0, sequences: sequences) }
    row = Array(repeating: 0, count: StepPrice.firstPath + paths.count)
    whole = Array(repeating: 0, count: row.count)
  }

  public var amountCount: Int { whole.count - 1 }

  public mutating func line(batch: Int, context: Int64) throws(Faults) -> DecodeLine {
    try decodes.line(batch: batch, context: context)
  }

  public func add(_ line: DecodeLine, steps: Int64, above: Int64, to sums: inout [Int64]) {
    decodes.add(line, steps: steps, above: above, to: &sums)
  }

  public var isUneven: Bool { unequal != nil }

  public func uneven(_ spread: Int64, batch: Int, isMixed: Bool) -> Int64 {
    unequal?.time(spread, batch: batch, isMixed: isMixed) ?? 0
  }

  public mutating func mixed(
    decoding: Int, context: Int64, chunks: [PromptChunk], sums: inout [Int64]
  ) throws(Faults) -> Int64 {
    for place in row.indices { row[place] = 0 }
    for chunk in chunks { try prompts.addReads(chunk, to: &row) }
    for place in whole.indices { whole[place] = 0 }
    if decoding > 0 {
      let line = try decodes.line(batch: decoding, context: context)
      decodes.addReads(line, context: context, to: &whole)
    }
    row[StepPrice.seconds] += Double(whole[StepPrice.seconds]) * 1e-12
    whole[StepPrice.seconds] = 0
    try shareCall(decoding, context, chunks)
    var tokens = decoding
    for chunk in chunks { tokens += chunk.tokens }
    try prompts.addBody(tokens, to: &row)
    try decodes.addEnds(decoding + chunks.count, to: &whole)
    for place in whole.indices { whole[place] += AmountRow.whole(row[place], place: place) }
    for place in 1..<whole.count { sums[place - 1] += whole[place] }
    return max(1, whole[StepPrice.seconds])
  }

  /// One call of attention serves all pieces and the sequences that decode: its least time counts
  /// once, and where such calls were timed, the sequences and the longest piece are one of those.
  private mutating func shareCall(
    _ decoding: Int, _ context: Int64, _ chunks: [PromptChunk]
  ) throws(Faults) {
    let least = try prompts.leastRead()
    guard decoding > 0, let together, let longest = chunks.max(by: { $0.tokens < $1.tokens }) else {
      let calls = chunks.count + (decoding > 0 ? 1 : 0)
      row[StepPrice.seconds] -= Double(calls - 1) * least
      return
    }
    var seconds = -Double(chunks.count - 1) * least - (try prompts.readTime(longest))
    for chunk in chunks { seconds += try prompts.readTime(chunk) }
    row[StepPrice.seconds] =
      seconds
      + together.seconds(
        tokens: longest.tokens, cached: longest.cached, decoding: decoding, context: context)
  }
}
