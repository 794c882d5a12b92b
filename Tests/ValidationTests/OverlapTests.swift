import EventKernel
import Quantities
import TestSupport
import Testing

/// The sharing of cores held against products that ran beside a gather kernel for real.
@Suite struct OverlapTests {
  /// Cores of the H200, and what one of them draws: fitted to these rows, 44 to 48 GB/s for both
  /// gathers, so that the rows test the shape of the rule and not this figure.
  static let cores = 132.0
  static let coreRate = 48e9

  /// Three products of 4096 x 16384 in 16 bits beside a gather with a program a page. A gather that
  /// leaves cores enough costs nothing, one of as many programs as cores makes the products wait.
  @Test(arguments: ["one_w4", "one_w8"])
  func productsBesideAGather(_ variant: String) throws {
    let rows = try MeasuredTable("measurements/h200_supplement/overlap.csv").rows
    func time(_ pattern: String, _ pages: Int, _ variant: String) throws -> Double {
      let row = try rows.first {
        try $0["pattern"] == pattern && $0["variant"] == variant && $0.integer("pages") == pages
      }
      return try #require(row).number("us")
    }
    let products = try time("compute", 0, "")
    let fork = try time("overlap_empty_kernel", 0, "") - products
    let measured = rows.filter { $0["pattern"] == "overlap" && $0["variant"] == variant }
    #expect(measured.count == 18)
    var errors: [Double] = []
    for row in measured {
      let pages = try row.integer("pages")
      let played = Self.play(
        products: products, gather: try time("gather", pages, variant), programs: Double(pages))
      errors.append(abs((played + fork) / (try row.number("us")) - 1))
    }
    let mean = errors.reduce(0, +) / Double(errors.count)
    print(
      "products beside gather \(variant): mean error \(Decimal.fixed(100 * mean, decimals: 2))%")
    #expect(mean <= 0.03)
    #expect(try #require(errors.max()) <= 0.08)
  }

  /// Microseconds until the gather and the three products have ended.
  private static func play(products: Double, gather: Double, programs: Double) -> Double {
    let bytes = 3.0 * 4096 * 16384 * 2
    let wanted = bytes / (products * 1e-6) / coreRate
    func activity(_ queue: Int32, span: Int, after: ClosedRange<Int32>? = nil) -> Activity {
      Activity(
        queue: queue, skippedWhenZero: false, spanBase: span, smallestCount: 1, largestCount: 1,
        countBase: -1, countStride: 0, requirementStart: after?.lowerBound ?? 0,
        requirementEnd: after.map { $0.upperBound + 1 } ?? 0, demandBase: span)
    }
    let product = activity(0, span: 1)
    let schedule = Schedule(
      activities: [
        activity(1, span: 0), product, product, product, activity(0, span: 2, after: 0...0),
      ],
      queueCount: 2, rounds: 1,
      spans: [Int64(gather * 1e6), Int64(products / 3 * 1e6), 0], counts: [],
      requirements: [Requirement(activity: 0, roundsBack: 0)], channelCount: 1,
      demands: [min(1, programs / cores), min(1, wanted / cores), 0], roundEnd: 4)
    return Double(Playback(schedule).run().makespan) * 1e-6
  }
}
