import Workloads

/// How many blocks of a stream's prompts a cache of any size finds, from one pass over the stream.
///
/// The cache keeps the blocks used last, as `PrefixIndex.access` does, and requests take no time. A
/// cache of `n` blocks then holds the first `n` of one list in order of use, whatever `n` is
/// (Mattson et al., Evaluation Techniques for Storage Hierarchies, 1970): where a block stands in
/// that list when its request comes says which sizes find it. Several tiers are one cache here:
/// those of the first two together find what one of their sum finds.
///
/// - Complexity: O(n log n) for n blocks of all prompts, with 4 bytes for each.
public struct PrefixDistances: Sendable {
  /// Blocks of all prompts.
  public let blocks: Int
  /// Tokens of all prompts.
  public let tokens: Int
  /// Different blocks; a larger cache finds nothing more.
  public let distinct: Int
  /// Blocks found by a cache of so many blocks, from 0 to `distinct`.
  private var foundBlocks: [Int]
  private var foundTokens: [Int]

  public init(_ stream: RequestStream) {
    blocks =
      stream.blocksGoOn
      ? (0..<stream.count).reduce(0) { $0 + stream.promptBlocks(of: $1).count }
      : stream.blocks.count
    tokens = stream.prompts.reduce(0) { $0 + Int($1) }
    var table = BlockTable()
    // When each block was used last, and for each time whether a block was used last then.
    var lastUse: [Int32] = []
    var isLast = CountTree(count: stream.blocks.count)
    var atDistance = [(blocks: Int, tokens: Int)](repeating: (0, 0), count: 1)
    var now: Int32 = 0
    for request in 0..<stream.count {
      let path = stream.blocks(of: request)
      var (farthest, tokensLeft) = (0, Int(stream.prompts[request]))
      for block in stream.promptBlocks(of: request) {
        guard let number = table[block] else { break }
        let place = table.count - isLast.sum(before: Int(lastUse[Int(number)]))
        // A block is found only where all before it are.
        farthest = max(farthest, place)
        let held = min(stream.blockTokens, max(0, tokensLeft))
        tokensLeft -= held
        while atDistance.count <= farthest { atDistance.append((0, 0)) }
        atDistance[farthest].blocks += 1
        atDistance[farthest].tokens += held
      }
      for block in path.reversed() {
        if let number = table[block] {
          isLast.add(-1, at: Int(lastUse[Int(number)]))
          lastUse[Int(number)] = now
        } else {
          table.insert(block, Int32(lastUse.count))
          lastUse.append(now)
        }
        isLast.add(1, at: Int(now))
        now += 1
      }
    }
    distinct = table.count
    var sum = (blocks: 0, tokens: 0)
    foundBlocks = []
    foundTokens = []
    for found in atDistance {
      sum.blocks += found.blocks
      sum.tokens += found.tokens
      foundBlocks.append(sum.blocks)
      foundTokens.append(sum.tokens)
    }
  }

  /// Blocks that a cache of `capacity` blocks finds.
  public func foundBlocks(capacity: Int) -> Int {
    capacity < 0 ? 0 : foundBlocks[min(capacity, foundBlocks.count - 1)]
  }

  /// Tokens of the blocks that a cache of `capacity` blocks finds.
  public func foundTokens(capacity: Int) -> Int {
    capacity < 0 ? 0 : foundTokens[min(capacity, foundTokens.count - 1)]
  }

  /// The smallest cache that finds all that any finds, in blocks.
  public var largestUseful: Int { foundBlocks.firstIndex(of: foundBlocks.last ?? 0) ?? 0 }
}

/// Counts at places, with sums of all before a place in logarithmic time (Fenwick, 1994).
struct CountTree {
  private var sums: [Int32]
  init(count: Int) { sums = Array(repeating: 0, count: count + 1) }

  mutating func add(_ amount: Int32, at place: Int) {
    var index = place + 1
    while index < sums.count {
      sums[index] += amount
      index += index & -index
    }
  }

  func sum(before place: Int) -> Int {
    var (index, sum) = (place, 0)
    while index > 0 {
      sum += Int(sums[index])
      index &= index - 1
    }
    return sum
  }
}
