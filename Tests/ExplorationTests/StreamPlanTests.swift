import Diagnostics
import Exploration
import ScenarioFiles
import Scenarios
import Simulation
import TestSupport
import Testing

/// Plans over streams of requests against a search of every point.
struct StreamPlanTests {
  /// Servers of so many requests a second at so much rent, each with an even share of the rate: time to
  /// first token 1 / (speed - rate), and the longer the later beyond.
  private func toy(_ require: [String], _ objective: String, isLarger: Bool) throws -> PlanSearch {
    let axes = try [
      Axis(parsing: "hardware=small,large"), Axis(parsing: "workload.replicas=1..16:1"),
      Axis(parsing: "workload.rate=0.5/s..64/s@64"),
    ]
    let rates = try #require(axes[2].numbers)
    return PlanSearch(
      axes, requirements: try require.map { try Requirement(parsing: $0) },
      objective: try PlannedMetric(objective, option: "--minimize"), isLargerBetter: isLarger,
      metrics: ["ttft.p99", "kept", "requests.offered", "cost_per_million_tokens", "throughput"],
      isOfStreams: true
    ) { point in
      let (speed, rent) = point[0] == 0 ? (4.0, 1e-3) : (10.0, 2e-3)
      let (count, rate) = (Double(point[1] + 1), rates[point[2]])
      let spare = speed - rate / count
      let latency = spare > 0.01 ? 1 / spare : 100 - spare
      let ended = min(rate, speed * count)
      return .played([
        latency, min(1, 1 / latency), rate, rent * count / ended * 1e6, ended,
      ])
    }
  }

  @Test(arguments: [
    (["ttft.p99<2s"], "workload.rate", true), (["kept>0.99"], "workload.rate", true),
    (["ttft.p99<0.5s", "cost_per_hour<20"], "workload.rate", true),
    (["kept>0.9", "workload.rate>12/s"], "cost_per_hour", false),
    (["ttft.p99<0.3s", "workload.rate>30/s"], "cost_per_hour", false),
    (["ttft.p99<1ms"], "workload.rate", true),
  ])
  func boundsFindTheOptimum(require: [String], objective: String, isLarger: Bool) throws {
    let bounded = try toy(require, objective, isLarger: isLarger)
    let found = bounded.bounded()?.values.last
    let expected = try toy(require, objective, isLarger: isLarger).exhaustive()?.values.last
    #expect((found == nil) == (expected == nil))
    // Rent is made of two numbers, whose product may differ in the last bit.
    if let found, let expected { #expect(abs(found / expected - 1) < 1e-12) }
    #expect(bounded.points == 2048)
    #expect(bounded.evaluated * 5 < bounded.points, "\(bounded.evaluated) points")
  }

  /// One server by hand: 1 / (10 - rate) < 2 s up to 9.5 requests a second, of 64 rates the one that is
  /// the next below.
  @Test func theHighestRateIsTheNextBelowTheLimit() throws {
    let search = try toy(["ttft.p99<2s", "cost_per_hour<8"], "workload.rate", isLarger: true)
    let found = try #require(search.bounded())
    // 8 USD/h are 2.2e-3 a second: two small servers (7 requests a second) or one large.
    #expect(found.point[0...1] == [1, 0])
    let rates = try #require(try Axis(parsing: "workload.rate=0.5/s..64/s@64").numbers)
    #expect(found.values.last == rates.last { $0 <= 9.5 })
  }

  /// Whole plays of a log on two machines: the search by halves finds what all rates together show.
  @Test func realPlaysAgree() throws {
    let axes = try [
      Axis(parsing: "hardware=nvidia-a100-sxm-80gb,nvidia-l40s"),
      Axis(parsing: "workload.rate=0.5/s..32/s@25"),
    ]
    let metrics = ["requests.offered", "kept", "ttft.p99"]
    var requests = RequestStore()
    let evaluator = PointEvaluator(
      try SweptScenarios(
        try ScenarioFile(
          contentsOf: Checkout.path("scenarios/examples/azure-conversation.yaml"),
          settings: ["workload.first=200"]), variant: "two-a-second", axes: axes,
        resolver: ScenarioResolver(
          profiles: Checkout.path("hardware-profiles"),
          models: Checkout.path("scenarios/models"))),
      metrics: metrics, engine: .analytic,
      streams: { resolved throws(Faults) in try requests.stream(of: resolved) })
    for require in ["kept>0.95", "ttft.p99<400ms"] {
      func search() throws -> PlanSearch {
        PlanSearch(
          axes, requirements: [try Requirement(parsing: require)],
          objective: try PlannedMetric("workload.rate", option: "--maximize"),
          isLargerBetter: true, metrics: metrics, isOfStreams: true
        ) { point in
          var values = [Double](repeating: .nan, count: metrics.count)
          let fault = evaluator.evaluate(point, into: &values)
          return fault.map { _ in .refused(isForRoom: false) } ?? .played(values)
        }
      }
      let bounded = try search()
      let found = try #require(bounded.bounded())
      let expected = try #require(try search().exhaustive())
      #expect(found.point == expected.point)
      #expect((1...23).contains(found.point[1]), "\(require) says nothing at \(found.point)")
      #expect(bounded.evaluated < 30, "\(bounded.evaluated) of 50 plays")
    }
  }
}
