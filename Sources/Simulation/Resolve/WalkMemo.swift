import Policies
import Programs
import Traces

/// Walks over traces that several scenarios have in common, so that those which differ in the budget
/// of a cache are read off one walk.
///
/// One memo is for scenarios whose traces, and what is selected of them, are the same. It belongs to
/// one thread.
public final class WalkMemo {
  private var pages: (basis: PageBasis, curve: PageCurve)?
  private var experts: (basis: ExpertBasis, curve: ExpertCurve)?

  public init() {}

  private struct PageBasis: Hashable {
    var residency: Residency
    var picks: PagePicks
    var steps: Range<Int>
  }

  private struct ExpertBasis: Hashable {
    var residency: Residency
    var topK: Int
    var steps: Range<Int>
  }

  func pages(
    _ trace: PageTrace, policy: CachePolicy, picks: PagePicks, capacity: Int64, steps: Range<Int>
  ) -> PageResolve {
    guard let residency = policy.resident,
      TouchDistances.decide(residency, prefetches: policy.prefetch != nil)
    else {
      return PageResolve(trace, policy: policy, picks: picks, capacity: capacity, steps: steps)
    }
    let basis = PageBasis(residency: residency.withoutBudget, picks: picks, steps: steps)
    if let known = pages, known.basis == basis { return known.curve.resolve(capacity: capacity) }
    let curve = PageCurve(trace, residency, picks: picks, steps: steps)
    pages = (basis, curve)
    return curve.resolve(capacity: capacity)
  }

  func experts(
    _ trace: ExpertTrace, policy: ExpertsPolicy, expertBytes: [Double], steps: Range<Int>,
    topK: Int
  ) -> ExpertResolve {
    let plan = policy.resident.map {
      ExpertCapacity($0, layers: trace.layers, expertBytes: expertBytes)
    }
    guard let residency = policy.resident, let plan, Set(plan.weights).count == 1,
      let weight = plan.weights.first, weight > 0,
      TouchDistances.decide(residency, prefetches: policy.prefetch != nil)
    else {
      return ExpertResolve(
        trace, policy: policy, expertBytes: expertBytes, steps: steps, topK: topK)
    }
    let basis = ExpertBasis(residency: residency.withoutBudget, topK: topK, steps: steps)
    let known = experts.flatMap { $0.basis == basis ? $0.curve : nil }
    let curve = known ?? ExpertCurve(trace, residency, steps: steps, topK: topK)
    experts = (basis, curve)
    return curve.resolve(capacity: plan.capacity, weight: weight)
  }
}

extension Residency {
  fileprivate var withoutBudget: Residency {
    var other = self
    other.budget = .entries(1)
    return other
  }
}

/// A walk over a page trace, for every capacity of its caches.
private struct PageCurve {
  private let walk: PageResolve
  private let distances: TouchDistances
  private let steps: Range<Int>

  init(_ trace: PageTrace, _ residency: Residency, picks: PagePicks, steps: Range<Int>) {
    self.steps = steps
    distances = TouchDistances(
      residency, layers: trace.layers, heads: trace.kvHeads,
      universe: trace.pageCount(step: steps.upperBound - 1))
    walk = PageResolve(
      trace, policy: CachePolicy(), picks: picks, capacity: 0, steps: steps,
      distances: distances)
  }

  func resolve(capacity: Int64) -> PageResolve {
    var result = walk
    let misses = distances.misses(capacity: capacity)
    let counted = misses[(steps.lowerBound * walk.missed.layers)...]
    result.missed.counts = Array(counted)
    result.statistics.misses = counted.reduce(0) { $0 + Int($1) }
    result.statistics.missesFromStart = misses.reduce(0) { $0 + Int($1) }
    return result
  }
}

/// A walk over a routing trace, for every capacity of its caches.
private struct ExpertCurve {
  private let walk: ExpertResolve
  private let distances: TouchDistances
  private let steps: Range<Int>

  init(_ trace: ExpertTrace, _ residency: Residency, steps: Range<Int>, topK: Int) {
    self.steps = steps
    distances = TouchDistances(
      residency, layers: trace.layers, heads: 1, universe: trace.expertCount)
    walk = ExpertResolve(
      trace, policy: ExpertsPolicy(), expertBytes: [], steps: steps, topK: topK,
      distances: distances)
  }

  /// - Parameter weight: what an expert takes of the capacity.
  func resolve(capacity: Int64, weight: Int64) -> ExpertResolve {
    var result = walk
    let room = capacity / weight
    let misses = distances.misses(capacity: room)
    let counted = misses[(steps.lowerBound * walk.missed.layers)...]
    result.missed.counts = Array(counted)
    result.statistics.misses = counted.reduce(0) { $0 + Int($1) }
    result.statistics.missesFromStart = misses.reduce(0) { $0 + Int($1) }
    result.statistics.peakBytes =
      Double(distances.peak(capacity: room, misses: misses) * weight)
    return result
  }
}
