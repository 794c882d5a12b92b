/// The LRU misses of one stream of touches, or of many with a cache each, at every cache size.
///
/// The cache takes an entry on every miss and evicts the least recently touched one at once.
public struct MissRatioCurve: Sendable, Hashable {
  /// All touches.
  public private(set) var accesses = 0
  /// First touches, which miss in a cache of any size.
  public private(set) var coldMisses = 0
  /// Touches by stack distance.
  private var touchesAt: [Int] = []
  /// Touches at this distance or beyond, cold ones left out; rebuilt by `finish`.
  private var touchesFrom: [Int] = [0]

  init(universe: Int) { touchesAt = [Int](repeating: 0, count: universe) }

  mutating func add(distance: Int) {
    accesses &+= 1
    if distance < 0 { coldMisses &+= 1 } else { touchesAt[distance] &+= 1 }
  }

  /// Adds the touches of another stream that has its own cache of the same size.
  mutating func add(_ other: MissRatioCurve) {
    accesses += other.accesses
    coldMisses += other.coldMisses
    if other.touchesAt.count > touchesAt.count {
      touchesAt += [Int](repeating: 0, count: other.touchesAt.count - touchesAt.count)
    }
    for (distance, count) in other.touchesAt.enumerated() { touchesAt[distance] += count }
  }

  mutating func finish() {
    touchesFrom = [Int](repeating: 0, count: touchesAt.count + 1)
    for distance in touchesAt.indices.reversed() {
      touchesFrom[distance] = touchesFrom[distance + 1] + touchesAt[distance]
    }
  }

  /// Misses of a cache of that many entries for each stream; 0 entries miss always.
  public func misses(entries: Int) -> Int {
    guard entries > 0 else { return accesses }
    return coldMisses + (entries < touchesFrom.count ? touchesFrom[entries] : 0)
  }

  /// Misses over accesses, 0…1; 0 for an empty stream.
  public func missRatio(entries: Int) -> Double {
    accesses == 0 ? 0 : Double(misses(entries: entries)) / Double(accesses)
  }

  /// The smallest cache that only cold misses miss.
  public var largestUsefulEntries: Int {
    (touchesAt.lastIndex { $0 > 0 } ?? -1) + 1
  }

  /// One stream of touches through `StackDistance`.
  public static func of(_ touches: some Sequence<Int>, universe: Int) -> MissRatioCurve {
    let stack = StackDistance(universe: universe)
    var curve = MissRatioCurve(universe: universe)
    for entry in touches { curve.add(distance: stack.touch(entry)) }
    curve.finish()
    return curve
  }

  /// Streams with a cache each, all of one size.
  public static func sum(_ curves: [MissRatioCurve]) -> MissRatioCurve {
    var total = MissRatioCurve(universe: 0)
    for curve in curves { total.add(curve) }
    total.finish()
    return total
  }
}
