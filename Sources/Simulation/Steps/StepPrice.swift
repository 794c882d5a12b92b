import Costs
import Programs

/// What a step takes, by the parts that a batch adds up differently.
///
/// Every part is a row of amounts: seconds, joules beyond idle, flops, then bytes by path. Times are
/// what a part adds to the longest chain of the step; the rest are sums.
public struct StepPrice: Sendable {
  /// Products, norms, experts: what goes by the tokens of the step.
  public var body: [Double]
  /// The host's work and the head: what goes by the sequences of the step.
  public var ends: [Double]
  /// Reads of KV with their selection and fetches.
  public var reads: [Double]
  /// Streams of the program.
  public var streams: Int

  /// Amounts before the paths.
  public static let seconds = 0
  public static let joules = 1
  public static let flops = 2
  public static let firstPath = 3

  /// All of the step.
  public var whole: [Double] {
    zip(zip(body, ends), reads).map { $0.0 + $0.1 + $1 }
  }

  enum Part: Int { case body, ends, reads }

  init(_ priced: PricedProgram, paths: [String], cores: Double) {
    let program = priced.program
    let mean = MeanSpans(priced)
    var parts: [Part] = []
    parts.reserveCapacity(program.operationsPerStep)
    for use in program.order {
      let block = program.blocks[use.block]
      let isEnd = block.name == "head" || block.name == "host"
      for operation in block.operations {
        let isRead = operation.site == .attention || operation.site == .cache
        parts.append(isEnd ? .ends : isRead ? .reads : .body)
      }
    }
    /// Seconds of a step of which only some parts take time.
    func chain(_ kept: ClosedRange<Int>) -> Double {
      var spans = mean.spans
      for place in spans.indices where !kept.contains(parts[place].rawValue) { spans[place] = 0 }
      return StepChain.run(program, spans, absent: mean.isAbsent).step * 1e-12
    }
    var amounts = Array(
      repeating: Array(repeating: 0.0, count: Self.firstPath + paths.count), count: 3)
    let times = (0...2).map { chain(0...$0) }
    amounts[0][0] = times[0]
    amounts[1][0] = times[1] - times[0]
    amounts[2][0] = times[2] - times[1]
    var activity = 0
    for use in program.order {
      for operation in program.blocks[use.block].operations.indices {
        defer { activity += 1 }
        if mean.isAbsent[activity] { continue }
        let resolved = priced.resolved[use.block][operation]
        let count = Self.meanCount(program, use, operation)
        let seconds = mean.spans[activity] * 1e-12
        let part = parts[activity].rawValue
        let busy = resolved.coreShare(count, seconds: seconds, of: cores)
        amounts[part][Self.joules] +=
          resolved.energy(count).value + resolved.activePower * busy * seconds
        amounts[part][Self.flops] += resolved.flops(count)
        for path in resolved.paths {
          guard let place = paths.firstIndex(of: path.through) else { continue }
          amounts[part][Self.firstPath + place] += path.bytes(count)
        }
      }
    }
    (body, ends, reads) = (amounts[0], amounts[1], amounts[2])
    streams = program.streams.count
  }

  private static func meanCount(_ program: Program, _ use: BlockUse, _ operation: Int) -> Double {
    guard let column = program.blocks[use.block].operations[operation].column else { return 1 }
    return program.columns[column].mean(layer: use.layer)
  }
}
