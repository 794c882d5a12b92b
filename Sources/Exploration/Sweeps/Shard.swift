import Diagnostics

/// One part of a sweep that is cut into equal ones: `2/7` is the second of seven.
public struct Shard: Sendable, Hashable {
  /// From 1 to `count`.
  public let index: Int
  public let count: Int

  /// The most parts that a sweep is cut into.
  public static let limit = 1_000_000

  public static let whole = Shard()

  private init() { (index, count) = (1, 1) }

  /// - Throws: `Faults` for a text that is not `i/n` with 1 <= i <= n.
  public init(parsing text: String) throws(Faults) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]),
      (1...Self.limit).contains(count), (1...count).contains(index)
    else {
      throw Faults(
        .malformed(format: "shard", found: text, mend: "write i/n, as 1/7 to 7/7"),
        at: SourcePosition(file: "--shard"))
    }
    (self.index, self.count) = (index, count)
  }

  /// Whether a chunk of points is of this shard; neighbours go to different ones.
  public func contains(chunk: Int) -> Bool { chunk % count == index - 1 }
}

/// The runs of points that a sweep writes whole or not at all.
///
/// They depend on the number of points alone, so that every shard and every number of threads makes
/// the same ones.
public struct Chunks: Sendable, Hashable {
  public let points: Int
  /// Points of a chunk, the last of which may be shorter.
  public let length: Int

  /// - Parameters:
  ///   - most: points that a chunk has at most.
  ///   - few: into how many chunks a small sweep is cut at least.
  public init(points: Int, most: Int, few: Int = 64) {
    self.points = points
    length = max(1, min(most, (points + few - 1) / few))
  }

  public var count: Int { (points + length - 1) / length }

  public func points(of chunk: Int) -> Range<Int> {
    chunk * length..<min(points, (chunk + 1) * length)
  }
}
