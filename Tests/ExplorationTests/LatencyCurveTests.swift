import Exploration
import Testing

/// The knee of latency over rate.
struct LatencyCurveTests {
  /// A single server of one request a second: the mean stay is 1 / (1 - load).
  private func curve(_ rates: [Double]) -> LatencyCurve {
    var curve = LatencyCurve()
    for (index, rate) in rates.enumerated() {
      curve.add(.init(index: index, offered: rate, ended: rate, latency: 1 / (1 - rate)))
    }
    return curve
  }

  /// Kleinrock: the power of M/M/1 is greatest at half of what the server can do.
  @Test(arguments: [
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], [0.9, 0.5, 0.1, 0.7, 0.3], [0.49, 0.5, 0.52],
  ])
  func aSingleServersKneeIsAtHalf(rates: [Double]) throws {
    let curve = curve(rates)
    #expect(try #require(curve.knee).offered == 0.5)
    #expect(curve.isInside)
    #expect(curve.beyond?.offered == rates.filter { $0 > 0.5 }.min())
    #expect(curve.points.map(\.offered) == rates.sorted())
  }

  @Test func atAnEndItMayLieBeyond() throws {
    let low = curve([0.1, 0.2, 0.3])
    #expect(try #require(low.knee).offered == 0.3)
    #expect(!low.isInside)
    #expect(low.beyond == nil)
    let high = curve([0.6, 0.7, 0.8])
    #expect(try #require(high.knee).offered == 0.6)
    #expect(!high.isInside)
  }

  @Test func fewPointsHaveNone() {
    #expect(curve([0.1, 0.5]).knee == nil)
    var curve = curve([0.1, 0.5])
    curve.add(.init(index: 2, offered: 0.9, ended: 0.9, latency: .nan))
    #expect(curve.knee == nil)
    #expect(!curve.isInside)
  }

  @Test func everyCombinationOfOtherKeysHasItsCurve() throws {
    let axes = [
      Axis(key: "hardware", values: ["a", "b"]),
      Axis(key: "workload.rate", values: ["1/s", "2/s", "3/s"]),
      Axis(key: "workload.order", values: ["fifo", "shortest-first"]),
    ]
    var curves = try #require(LatencyCurves(axes))
    for index in 0..<12 {
      let place = [index / 6, index / 2 % 3, index % 2]
      let rate = Double(place[1] + 1)
      // The second machine is three times as fast.
      let latency = 1 / (place[0] == 0 ? 4 - rate : 12 - rate)
      curves.add(point: index, at: place, [rate, rate, latency])
    }
    curves.add(point: 12, at: [0, 0, 0], [nil, 1, 1])
    #expect(curves.curves.map(\.others) == [[0, 0], [0, 1], [1, 0], [1, 1]])
    #expect(curves.curves.map { $0.curve.points.count } == [3, 3, 3, 3])
    #expect(curves.curves.map { $0.curve.knee?.offered } == [2, 2, 3, 3])
    #expect(curves.others(["x", "y", "z"]) == ["x", "z"])
    #expect(LatencyCurves([axes[0]]) == nil)
  }
}
