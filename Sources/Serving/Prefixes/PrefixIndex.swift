/// Which prefixes are in the KV caches, by block and tier, with the least recently used leaving.
///
/// This is a radix tree in effect: a block's identity stands for its tokens and all before them, so a
/// table of identities is the tree and a prompt is its own path down. Blocks that requests use are
/// pinned in the fastest tier. The others of each tier stand in order of use; a prompt's blocks are
/// put there from its end to its beginning, so a block always stands before those that continue it,
/// and the last of a tier is a leaf. It moves to the next tier when its own is full, and out of the
/// slowest. A block is in one tier only.
///
/// All operations take time proportional to the blocks given and moved, and allocate nothing once
/// the arrays have grown to the blocks that the tiers hold.
public struct PrefixIndex: Sendable {
  /// The most tiers of one index.
  public static let mostTiers = 4

  /// Blocks that each tier may hold, the fastest first.
  public private(set) var capacities: [Int]
  /// Blocks that each tier holds.
  public internal(set) var used: [Int]
  /// Blocks that requests hold in the fastest tier.
  public private(set) var pinned = 0
  public internal(set) var traffic = PrefixTraffic()

  /// Whether blocks that would leave a tier for a slower one leave altogether, by tier.
  var isClosed: [Bool]
  /// Whether `moves` is written.
  var keepsMoves = false
  /// Blocks that moved from tier to tier, in their order, since the list was emptied last.
  var moves: [BlockMove] = []

  var table = BlockTable()
  /// Node `t` below the number of tiers is the ring of tier `t`: what follows it is used last.
  private var identities: [UInt64]
  var next: [Int32]
  private var previous: [Int32]
  var tiers: [UInt8]
  private(set) var pins: [Int32]
  /// What a caller notes of each block; -1 of a new one.
  var marks: [Int32]
  /// The first unused node, chained by `next`; -1 where none is.
  private var free: Int32 = -1
  var path: [Int32] = []

  /// An empty index.
  /// - Parameter capacities: blocks by tier, the fastest first; 0 or more each.
  /// - Precondition: one to `mostTiers` tiers.
  public init(capacities: [Int]) {
    precondition((1...Self.mostTiers).contains(capacities.count), "an index has 1 to 4 tiers")
    precondition(capacities.allSatisfy { $0 >= 0 }, "a capacity is 0 or more")
    self.capacities = capacities
    let count = capacities.count
    used = Array(repeating: 0, count: count)
    identities = Array(repeating: 0, count: count)
    next = (0..<count).map { Int32($0) }
    previous = next
    tiers = (0..<count).map { UInt8($0) }
    pins = Array(repeating: 0, count: count)
    marks = Array(repeating: -1, count: count)
    isClosed = Array(repeating: false, count: count)
  }

  /// The leading blocks of a prompt that are resident; changes nothing.
  public func match(_ blocks: ArraySlice<UInt64>) -> PrefixHits {
    var hits = PrefixHits()
    for block in blocks {
      guard let node = table[block] else { break }
      hits.byTier[Int(tiers[Int(node)])] += 1
    }
    return hits
  }

  /// Holds the leading resident blocks of a prompt for a request and brings those of slower tiers to
  /// the fastest. Ends early where that is full of pinned blocks.
  /// - Returns: The blocks now held, by the tier in which they were.
  public mutating func pin(_ blocks: ArraySlice<UInt64>) -> PrefixHits {
    var hits = PrefixHits()
    for block in blocks {
      guard let node = table[block] else { break }
      let tier = Int(tiers[Int(node)])
      guard hold(node) else { break }
      hits.byTier[tier] += 1
      if tier > 0 {
        traffic.promoted[tier] += 1
        note(node, from: tier, to: 0)
      }
    }
    return hits
  }

  /// Enters a prompt's blocks in the fastest tier once they are computed, and holds them too. Ends
  /// early where that tier is full of pinned blocks.
  /// - Parameter held: leading blocks that the request holds already.
  /// - Returns: Leading blocks that the request holds now, for `release`.
  public mutating func insert(_ blocks: ArraySlice<UInt64>, held: Int) -> Int {
    var count = held
    for block in blocks.dropFirst(held) {
      if let node = table[block] {
        if tiers[Int(node)] > 0 { marks[Int(node)] = -1 }
        guard hold(node) else { break }
      } else {
        guard makeRoom() else { break }
        let node = newNode(block)
        used[0] += 1
        pins[Int(node)] = 1
        pinned += 1
      }
      count += 1
    }
    return count
  }

  /// Ends a request's hold of the first `held` blocks of its prompt; they stay, as the last used.
  public mutating func release(_ blocks: ArraySlice<UInt64>, held: Int) {
    for block in blocks.prefix(held).reversed() {
      guard let node = table[block], pins[Int(node)] > 0 else { continue }
      pins[Int(node)] -= 1
      if pins[Int(node)] == 0 {
        pinned -= 1
        link(node, tier: 0)
      }
    }
    spill()
  }

  /// Gives a tier another capacity; what no longer fits moves on.
  /// - Returns: False, with nothing changed, where pinned blocks alone need more.
  public mutating func resize(tier: Int, to blocks: Int) -> Bool {
    guard blocks >= (tier == 0 ? pinned : 0) else { return false }
    capacities[tier] = blocks
    spill()
    return true
  }

  /// Pins a resident block in the fastest tier; false where that is full of pinned blocks.
  private mutating func hold(_ node: Int32) -> Bool {
    let index = Int(node)
    if pins[index] == 0 {
      let tier = Int(tiers[index])
      if tier > 0 {
        // Its own place goes first: what makes room for it in the fastest tier may need that.
        unlink(node)
        used[tier] -= 1
        guard makeRoom() else {
          used[tier] += 1
          link(node, tier: tier)
          return false
        }
        used[0] += 1
        tiers[index] = 0
      } else {
        unlink(node)
      }
      pinned += 1
    }
    pins[index] += 1
    return true
  }

  /// Sees to a free block in the fastest tier.
  private mutating func makeRoom() -> Bool {
    guard pinned < capacities[0] else { return false }
    if used[0] >= capacities[0] {
      used[0] += 1
      spill()
      used[0] -= 1
    }
    return used[0] < capacities[0]
  }

  /// Moves the least recently used of every tier that is too full on to the next.
  mutating func spill() {
    for tier in capacities.indices {
      let below = capacities.indices.first { $0 > tier && capacities[$0] > 0 }
      while used[tier] > capacities[tier] {
        let node = previous[tier]
        guard node != Int32(tier) else { break }
        unlink(node)
        used[tier] -= 1
        if let below, !isClosed[tier] {
          used[below] += 1
          traffic.demoted[tier] += 1
          note(node, from: tier, to: below)
          link(node, tier: below)
        } else {
          traffic.dropped += 1
          table.remove(identities[Int(node)])
          next[Int(node)] = free
          free = node
        }
      }
    }
  }

  @inline(__always)
  private mutating func note(_ node: Int32, from tier: Int, to other: Int) {
    guard keepsMoves else { return }
    moves.append(BlockMove(block: identities[Int(node)], from: UInt8(tier), to: UInt8(other)))
  }

  /// A node outside of all rings, in the fastest tier.
  mutating func newNode(_ identity: UInt64) -> Int32 {
    let node: Int32
    if free >= 0 {
      node = free
      free = next[Int(node)]
      identities[Int(node)] = identity
      pins[Int(node)] = 0
      marks[Int(node)] = -1
    } else {
      node = Int32(identities.count)
      identities.append(identity)
      next.append(-1)
      previous.append(-1)
      tiers.append(0)
      pins.append(0)
      marks.append(-1)
    }
    next[Int(node)] = -1
    tiers[Int(node)] = 0
    table.insert(identity, node)
    return node
  }

  /// Takes a node out of its ring; a next of -1 says that it is in none.
  mutating func unlink(_ node: Int32) {
    let index = Int(node)
    next[Int(previous[index])] = next[index]
    previous[Int(next[index])] = previous[index]
    next[index] = -1
  }

  /// Puts a node into a tier's ring as the last used.
  mutating func link(_ node: Int32, tier: Int) {
    let index = Int(node)
    let first = next[tier]
    next[index] = first
    previous[index] = Int32(tier)
    previous[Int(first)] = node
    next[tier] = node
    tiers[index] = UInt8(tier)
  }
}
