import Programs
import Quantities

/// The closed form: the longest chain of dependencies through one step, at mean sizes.
///
/// A step's end is the largest sum of spans along any path of "must follow" edges: an operation
/// follows the one before it on its stream and the operations that it names. Chains that cross from
/// one step into the next make later steps shorter or longer than the first; the steps are chained
/// until the difference of their ends repeats, which is the time of a step in the long run.
///
/// Where operations share bandwidth or cores the longest chain is a lower bound. Upper bounds are the
/// same chain with every operation slowed to the least share it can get, and the sum of all spans,
/// because the first operation in the order of issue that has not finished runs at full speed.
public struct AnalyticEngine: Sendable {
  public struct Result: Sendable {
    /// Time of one step in the long run, nothing shared.
    public var step: Seconds
    /// Time of all steps, nothing shared: a lower bound where something is.
    public var total: Seconds
    /// Time of all steps, every shared operation at its least share.
    public var upper: Seconds
    /// Busy time of each activity of a step.
    public var busy: [Seconds]
  }

  let priced: PricedProgram

  public init(_ priced: PricedProgram) { self.priced = priced }

  /// - Complexity: O(operations of a step) for each chained step, at most `StepChain.limit` of them.
  public func run() -> Result {
    let mean = MeanSpans(priced)
    let lower = StepChain.run(priced.program, mean.spans, absent: mean.isAbsent)
    var upper = lower.total
    if !priced.channels.isEmpty {
      let serial = mean.spans.reduce(0, +) * Double(priced.program.steps)
      let slowed = zip(mean.spans, MostDemand(priced).stretches()).map { span, stretch in
        span > 0 ? span * stretch : span
      }
      upper = serial
      if slowed.allSatisfy(\.isFinite) {
        upper = min(serial, StepChain.run(priced.program, slowed, absent: mean.isAbsent).total)
      }
    }
    return Result(
      step: Seconds(lower.step * 1e-12), total: Seconds(lower.total * 1e-12),
      upper: Seconds(upper * 1e-12), busy: mean.spans.map { Seconds($0 * 1e-12) })
  }
}
