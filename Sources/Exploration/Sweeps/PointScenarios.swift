import Diagnostics
import Policies
import Scenarios
import Workloads

/// Where the scenarios of a sweep's points come from. One belongs to one thread.
public protocol PointScenarios: AnyObject {
  /// The scenario at a point, whatever its axes change.
  func resolved(_ point: [Int]) throws(Faults) -> ResolvedScenario

  /// A number that is the same for points whose scenarios differ in nothing but `work`.
  func structure(_ point: [Int]) -> Int

  /// A number that is the same for points whose traces, and what is selected of them, are the same:
  /// nil where nothing is read from traces.
  func walk(_ point: [Int]) -> Int?

  /// A number that is the same for points whose work differs in nothing but the length of the
  /// prompt.
  func promptless(_ point: [Int]) -> Int

  /// Tokens of the prompt at a point.
  func prompt(_ point: [Int]) throws(Faults) -> Int

  /// What the closed form takes of a point.
  func work(_ point: [Int]) throws(Faults) -> PointWork
}

/// The part of a scenario that changes without anything being looked up anew.
public struct PointWork: Sendable {
  public var workload: RequestShape
  public var attention: AttentionPolicy
  public var cache: CachePolicy
  public init(workload: RequestShape, attention: AttentionPolicy, cache: CachePolicy) {
    self.workload = workload
    self.attention = attention
    self.cache = cache
  }
}
