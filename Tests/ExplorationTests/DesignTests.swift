import Diagnostics
import Exploration
import Testing

/// Which points a design visits, and in which order.
struct DesignTests {
  private static func axes(_ counts: [Int]) -> [Axis] {
    counts.enumerated().map { place, count in
      Axis(key: "k\(place)", values: (0..<count).map { "\($0)" })
    }
  }

  private static func points(_ design: Design) throws -> [[Int]] {
    var cursor = DesignCursor(design)
    var point = [Int](repeating: 0, count: design.axes.count)
    return try (0..<design.count).map { index in
      try cursor.point(index, into: &point)
      return point
    }
  }

  @Test func theLastAxisOfAGridIsFastest() throws {
    let design = try Design(axes: Self.axes([2, 3]))
    #expect(
      try Self.points(design) == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]])
  }

  @Test func oneAtATimeMovesOneAxisFromTheMiddle() throws {
    let design = try Design(axes: Self.axes([3, 2]), sampling: .oneAtATime)
    #expect(try Self.points(design) == [[1, 0], [0, 0], [2, 0], [1, 1]])
  }

  @Test func aLatinSampleHasEachPartOfEachAxisOnce() throws {
    let design = try Design(axes: Self.axes([20, 20, 20]), sampling: .latin(20), seed: 3)
    let points = try Self.points(design)
    for axis in 0..<3 { #expect(Set(points.map { $0[axis] }).count == 20) }
    #expect(points.map { $0[0] } != points.map { $0[1] })
  }

  @Test func sobolPointsFillHalvesEvenly() throws {
    let design = try Design(axes: Self.axes([2, 2]), sampling: .sobol(63))
    let points = try Self.points(design)
    for axis in 0..<2 {
      let upper = points.count { $0[axis] == 1 }
      #expect((31...32).contains(upper), "\(upper) of 63 in the upper half")
    }
  }

  @Test(arguments: [Design.Sampling.grid, .sobol(200), .latin(200), .oneAtATime])
  func aPointIsTheSameFromWhereverItIsAskedFor(sampling: Design.Sampling) throws {
    let design = try Design(axes: Self.axes([7, 5, 6]), sampling: sampling)
    let points = try Self.points(design)
    var cursor = DesignCursor(design)
    var point = [0, 0, 0]
    for index in [design.count - 1, 0, 11, 3, 12, 12] where index < design.count {
      try cursor.point(index, into: &point)
      #expect(point == points[index])
    }
  }

  @Test func faultyDesignsAreRefused() throws {
    let axis = Axis(key: "a.b", values: ["1"])
    #expect(throws: Faults.self) { try Design(axes: [axis, axis]) }
    #expect(throws: Faults.self) { try Design(axes: [axis, Axis(key: "a", values: ["1"])]) }
    #expect(throws: Faults.self) { try Design(axes: Self.axes([40_000, 40_000])) }
    #expect(throws: Faults.self) { try Design(axes: [], sampling: .sobol(3)) }
    #expect(throws: Faults.self) {
      try Design(axes: Self.axes(Array(repeating: 2, count: 41)), sampling: .sobol(3))
    }
  }

  @Test(arguments: [1, 2, 3, 7, 64])
  func shardsShareTheChunksOut(count: Int) throws {
    let chunks = Chunks(points: 1000, most: 8)
    var seen: [Int] = []
    for index in 1...count {
      let shard = try Shard(parsing: "\(index)/\(count)")
      seen += (0..<chunks.count).filter { shard.contains(chunk: $0) }
    }
    #expect(seen.sorted() == Array(0..<chunks.count))
    let points = (0..<chunks.count).flatMap { Array(chunks.points(of: $0)) }
    #expect(points == Array(0..<1000))
  }

  @Test(arguments: ["0/3", "4/3", "1", "1/0", "a/b", "1/2/3", "", "-1/3"])
  func faultyShardsAreRefused(text: String) {
    #expect(throws: Faults.self) { try Shard(parsing: text) }
  }
}
