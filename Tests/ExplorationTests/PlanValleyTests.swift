import Exploration
import Testing

/// Keys of which nobody knows how the objective goes with them.
struct PlanValleyTests {
  /// A key of unknown sense beside one that everything rises with. The objective is a cost of the
  /// first plus the second, which must be 10 at least.
  private func toy(_ cost: @escaping (Int) -> Double) throws -> PlanSearch {
    let axes = [
      Axis(key: "attention.chunk", values: (0..<64).map { "\($0)" }),
      Axis(key: "workload.prompt", values: (1...64).map { "\($0)" }),
    ]
    return PlanSearch(
      axes, requirements: [try Requirement(parsing: "kv.bytes>10B")],
      objective: try PlannedMetric("tpot", option: "--minimize"), isLargerBetter: false,
      metrics: ["kv.bytes", "tpot"],
      play: { .played([Double($0[1] + 1), cost($0[0]) + Double($0[1] + 1)]) })
  }

  private static func valley(_ place: Int) -> Double {
    Double(20 * (place - 41) * (place - 41)) + 100
  }

  @Test func mostValuesOfAKeyWithAValleyAreLookedAtOnce() throws {
    let search = try toy(Self.valley)
    let best = try #require(search.bounded())
    #expect(best.point == [41, 9])
    #expect(best.values == [10, 110])
    // Each of 64 values takes the corner with the least cost. The other corner, whether the length
    // suffices, is asked of 41 alone, as no other can win, and of what was looked at first.
    #expect(search.evaluated < 64 + 32, "\(search.evaluated) points")
  }

  /// A batch that shares its steps: 3 s and half a second for each sequence, of which 25 s hold.
  @Test func aShareOfAStepBoundsRangesOfBatches() throws {
    let axes = [
      Axis(key: "workload.batch", values: (1...64).map { "\($0)" }),
      Axis(key: "workload.prompt", values: (1...64).map { "\($0)" }),
    ]
    let search = PlanSearch(
      axes, requirements: [try Requirement(parsing: "tpot<25s")],
      objective: try PlannedMetric("cost", option: "--minimize"), isLargerBetter: false,
      metrics: ["tpot", "cost_per_million_tokens"]
    ) { point in
      let batch = Double(point[0] + 1)
      let step = 3 + batch / 2 + Double(point[1])
      return .played([step, step / batch])
    }
    let best = try #require(search.bounded())
    // 3 + 44 / 2 is 25.
    #expect(best.point == [43, 0])
    #expect(best.values == [25, 25.0 / 44])
    #expect(search.evaluated * 50 < search.points, "\(search.evaluated) points")
  }

  /// A hole of one value beside a broad valley, where the minimiser does not look.
  @Test(arguments: [1, 9, 30, 62]) func aHoleBesideTheValleyIsNotLost(hole: Int) throws {
    let cost = { (place: Int) in place == hole ? 90 : Self.valley(place) }
    let search = try toy(cost)
    let best = try #require(search.bounded())
    #expect(best.point == [hole, 9])
    #expect(best.values == [10, 100])
    #expect(try toy(cost).exhaustive()?.values == best.values)
    #expect(search.evaluated * 20 < search.points, "\(search.evaluated) points")
  }
}
