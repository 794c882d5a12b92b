import Costs
import Diagnostics
import EventKernel
import NumericalMethods
import Programs
import Quantities
import Scenarios

/// Runs one scenario variant through the engines and reports.
public struct Simulator: Sendable {
  /// Which engines run.
  public enum Engines: String, CaseIterable, Sendable { case analytic, playback, both }

  public let preparation: Preparation
  public let priced: PricedProgram
  let prefill: PrefillEstimate
  let costs: CostModel

  /// Resolves sizes and prices the program.
  /// - Parameter walks: what other scenarios of the same traces have walked; nil for one alone.
  /// - Throws: `Faults` when the scenario cannot be played on its machine.
  public init(_ resolved: ResolvedScenario, walks: WalkMemo? = nil) throws(Faults) {
    costs = CostModel(
      profile: resolved.profile, runtime: resolved.runtime,
      book: KernelBook([resolved.profile] + resolved.donors))
    do throws(Faults) {
      preparation = try Preparation(resolved, walks: walks)
      priced = try PricedProgram(preparation.program, costs: costs)
      prefill = try PrefillEstimate(preparation.setting, costs: costs)
    } catch {
      // What the machine cannot do has no key of its own: the line of the machine's name.
      throw resolved.places.placed(
        error, unplaced: [resolved.profile.name, "the scenario"], fallback: "hardware")
    }
  }

  /// - Parameter recordLimit: operations kept for a timeline.
  public func run(_ engines: Engines, recordLimit: Int = 0) throws(Faults) -> Run {
    let analytic = engines == .playback ? nil : AnalyticEngine(priced).run()
    let played =
      engines == .analytic ? nil : Playback(priced.schedule()).run(recordLimit: recordLimit)
    let builder = ReportBuilder(
      preparation: preparation, priced: priced, prefill: prefill,
      promptTimes: prefill.times(isPlayed: engines != .analytic), costs: costs, played: played,
      analytic: analytic)
    return Run(report: try builder.report(), played: played)
  }

  public struct Run: Sendable {
    public var report: Report
    /// The raw result of playback, for timelines.
    public var played: PlaybackResult?
  }
}
