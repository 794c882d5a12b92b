import Diagnostics
import Exploration
import Testing

/// Plans against a search of every point.
struct PlanTests {
  /// What docs/planning.md lists: requirements, what is sought, and whether more is better.
  static let problems: [(require: [String], objective: String, isLarger: Bool)] = [
    (["tpot<30ms"], "cost", false),
    (["ttft<2s", "tpot<40ms"], "cost", false),
    (["memory.hbm<16GB"], "throughput", true),
    (["memory.hbm<12GB", "tpot<25ms"], "throughput", true),
    (["power<350W"], "tpot", false),
    (["energy<4J"], "throughput", true),
    (["kv.bytes>4GB", "tpot<60ms"], "cost", false),
    (["throughput>100/s", "memory.hbm<20GB"], "energy", false),
    (["request.time<3s", "kv.bytes>2GB"], "energy", false),
    (["kv.bytes>6GB"], "ttft", false),
  ]

  private static let keys = [
    "hardware=nvidia-rtx-4090,nvidia-a100-sxm-80gb", "workload.batch=1,2,4,8",
    "workload.prompt=512..16384:512",
    "attention.reads.attend.tokens.keep=128 tokens..4096 tokens:128 tokens",
  ]

  @Test func boundsFindTheOptimumOfTenProblems() throws {
    let space = try QuestSpace(Self.keys)
    var feasible = 0
    for problem in Self.problems {
      let (require, objective, isLarger) = problem
      let bounded = try space.search(require, objective, isLargerBetter: isLarger)
      let found = bounded.bounded()
      let expected = try space.search(require, objective, isLargerBetter: isLarger).exhaustive()
      #expect(
        found?.values.last == expected?.values.last,
        "\(problem): \(String(describing: found)), not \(String(describing: expected))")
      #expect(
        bounded.evaluated * 20 < bounded.points,
        "\(problem): \(bounded.evaluated) of \(bounded.points) points")
      feasible += expected == nil ? 0 : 1
    }
    #expect(feasible >= 8, "\(feasible) of ten problems have a solution")
  }

  /// The eleventh of docs/planning.md, and others over its space of 3,072: 64 batches, whose sense for
  /// costs is not known.
  @Test(arguments: [
    (["tpot<30ms"], "cost"), (["tpot<15ms", "kv.bytes>2GB"], "cost"),
    (["request.time<1s", "kv.bytes>4GB"], "cost"), (["tpot<20ms", "kv.bytes>8GB"], "energy"),
  ])
  func batchesAreBoundedByTheirSteps(require: [String], objective: String) throws {
    let space = try QuestSpace([
      "hardware=nvidia-rtx-4090,nvidia-l40s,nvidia-a100-sxm-80gb", "workload.batch=1..64:1",
      "workload.prompt=1024..16384:1024",
    ])
    let bounded = try space.search(require, objective, isLargerBetter: false)
    let found = try #require(bounded.bounded())
    let expected = try space.search(require, objective, isLargerBetter: false).exhaustive()
    #expect(found.values.last == expected?.values.last)
    #expect(bounded.points == 3072)
    #expect(bounded.evaluated * 20 < bounded.points, "\(bounded.evaluated) points")
  }

  /// A space of which everything is known: tpot = prompt + keep, memory = prompt x batch.
  private func toy(_ requirements: [String]) throws -> PlanSearch {
    let axes = [
      Axis(key: "workload.prompt", values: (1...100).map { "\($0)" }),
      Axis(key: "attention.reads.a.tokens.keep", values: (1...100).map { "\($0) tokens" }),
    ]
    return PlanSearch(
      axes, requirements: try requirements.map { try Requirement(parsing: $0) },
      objective: try PlannedMetric("kv.bytes", option: "--maximize"), isLargerBetter: true,
      metrics: ["tpot", "kv.bytes"]
    ) { point in
      let (prompt, keep) = (Double(point[0] + 1), Double(point[1] + 1))
      return prompt * keep > 9000
        ? .refused(isForRoom: true) : .played([prompt + 2 * keep, prompt * keep])
    }
  }

  @Test func anOptimumThatCanBeCountedByHand() throws {
    let search = try toy(["tpot<100s"])
    let best = try #require(search.bounded())
    // prompt + 2 keep <= 100: the product is greatest at 50 and 25.
    #expect(best.values == [100, 1250])
    let gains = search.gains(from: best, looser: 0.1)
    // prompt + 2 keep <= 110: 54 and 28, or 55 and 27 with 1485, or 56 and 27 with 1512.
    #expect(gains.map(\.value) == [1512])
  }

  /// The toy with a tail of 1.5 times the mean, and machines side by side.
  private func served(_ requirements: [String], _ objective: String) throws -> PlanSearch {
    let axes = [
      Axis(key: "devices", values: ["1", "2", "4", "8"]),
      Axis(key: "workload.prompt", values: (1...100).map { "\($0)" }),
    ]
    return PlanSearch(
      axes, requirements: try requirements.map { try Requirement(parsing: $0) },
      objective: try PlannedMetric(objective, option: "--minimize"), isLargerBetter: false,
      metrics: ["tpot", "throughput", "cost_per_million_tokens"],
      play: { .played([Double($0[1] + 1), 1 / Double($0[1] + 1), 100 * Double($0[1] + 1)]) },
      tail: { 1.5 * Double($0[1] + 1) })
  }

  @Test func devicesServeMoreAndAreNoFaster() throws {
    // A machine rents for 100 USD/Ms · 3600 s: 0.36 USD/h.
    let search = try served(["throughput>0.5/s", "tpot>3s"], "cost_per_hour")
    for best in [search.bounded(), search.exhaustive()] {
      let best = try #require(best)
      // At 3 s a token one machine gives 1/3 token/s, two give 2/3.
      #expect(best.point == [1, 2])
      #expect(abs(best.values[2] - 0.72) < 1e-12)
      #expect(best.values[1] == 3)
    }
    #expect(search.points == 100)
  }

  @Test func theTailIsPlayedAndHolds() throws {
    // 1.5 times the step stays below 61 s up to 40.
    let search = try served(["p99.tpot<61s"], "throughput")
    let best = try #require(search.bounded())
    #expect(best.point[1] == 39)
    #expect(best.values[0] == 60)
    #expect(search.replayed < 100)
    #expect(try #require(search.exhaustive()).point[1] == 39)
  }

  @Test func looserRequirementsOfASmallSpaceAreWorkedOutToo() throws {
    let search = try toy(["tpot<100s"])
    let best = try #require(search.exhaustive())
    #expect(
      search.gains(from: best, looser: 0.1, isWhole: true).map(\.value)
        == search.gains(from: best, looser: 0.1).map(\.value))
    let none = try toy(["tpot<2s"])
    #expect(try #require(none.nearest(isWhole: true)).point == [0, 0])
  }

  @Test func withoutASolutionTheNearestPointIsGiven() throws {
    let search = try toy(["tpot<2s"])
    #expect(search.bounded() == nil)
    let nearest = try #require(search.nearest())
    #expect(nearest.point == [0, 0])
    #expect(nearest.violation == 0.5)
  }

  @Test(arguments: ["tpot", "tpot<", "<5ms", "tpot<5GB", "speed<5", "tpot=5ms", "power<5J"])
  func faultyRequirementsAreRefused(text: String) {
    #expect(throws: Faults.self) { try Requirement(parsing: text) }
  }
}
