import Exploration
import NumericalMethods
import Testing

/// Fronts, best points and elasticities against what can be counted by hand or tried out.
struct AnalysisTests {
  private let objectives = [
    Objective(metric: "tpot", isLargerBetter: false),
    Objective(metric: "throughput", isLargerBetter: true),
  ]

  @Test func theFrontHoldsWhatNothingBeats() {
    var draws = KeyedStream(seed: 5, purpose: "front")
    let values = (0..<400).map { _ in [Double(draws.below(40)), Double(draws.below(40))] }
    var front = ParetoFront(objectives)
    for (point, value) in values.enumerated() { front.add(point: point, values: value) }
    let expected = values.indices.filter { a in
      !values.indices.contains { b in
        values[b][0] <= values[a][0] && values[b][1] >= values[a][1] && values[b] != values[a]
      }
    }
    #expect(front.front.map(\.point).sorted() == expected)
    #expect(front.front.map { $0.values[0] } == front.front.map { $0.values[0] }.sorted())
  }

  @Test func aPointWithoutAValueIsOnNoFront() {
    var front = ParetoFront(objectives)
    front.add(point: 0, values: [nil, 3])
    front.add(point: 1, values: [1, .nan])
    #expect(front.front.isEmpty)
  }

  @Test func theBestAreTheFirstOfAllSorted() {
    var draws = KeyedStream(seed: 9, purpose: "best")
    let values = (0..<200).map { _ in Double(draws.below(60)) }
    for objective in objectives {
      var best = BestPoints(objective, count: 12)
      for (point, value) in values.enumerated() { best.add(point: point, value: value) }
      let sorted = values.enumerated().sorted { a, b in
        a.element == b.element
          ? a.offset < b.offset : (a.element < b.element) != objective.isLargerBetter
      }
      #expect(best.entries.map(\.point) == sorted.prefix(12).map(\.offset))
    }
  }

  @Test func elasticitiesAreTheExponentsOfAProductOfPowers() throws {
    let axes = [
      Axis(key: "a", values: ["1", "2", "4", "8"]), Axis(key: "b", values: ["10 s", "20 s"]),
      Axis(key: "c", values: ["x", "y"]),
    ]
    let design = try Design(axes: axes, sampling: .oneAtATime)
    var cursor = DesignCursor(design)
    var found = Elasticities(design, metrics: 1)
    var point = [0, 0, 0]
    for index in 0..<design.count {
      try cursor.point(index, into: &point)
      let (a, b) = ([1.0, 2, 4, 8][point[0]], [10.0, 20][point[1]])
      let metric = a * a / b.squareRoot() * (point[2] == 0 ? 3 : 1)
      found.add(point: point, metrics: [metric])
    }
    guard case .elasticity(let ofA) = found.effect(of: 0, on: 0),
      case .elasticity(let ofB) = found.effect(of: 1, on: 0)
    else {
      Issue.record("numbers have elasticities")
      return
    }
    #expect(abs(ofA - 2) < 1e-12)
    #expect(abs(ofB + 0.5) < 1e-12)
    #expect(found.effect(of: 2, on: 0) == .spread(3))
  }
}
