import Simulation

/// What copies of so many pages of KV one way over a link take.
public struct KVCopy: Sendable {
  private enum Price: Sendable {
    /// Picoseconds of every copy, and of every page of it.
    case line(start: Int64, page: Int64)
    case priced(CopyPrice)
  }

  private let price: Price

  /// - Precondition: neither is below 0.
  public init(start: Int64 = 0, page: Int64) {
    precondition(start >= 0 && page >= 0)
    price = .line(start: start, page: page)
  }

  public init(_ price: CopyPrice) { self.price = .priced(price) }

  /// Picoseconds for which a copy takes the link.
  func span(_ pages: Int) -> Int64 {
    switch price {
    case .line(let start, let page): start + page * Int64(pages)
    case .priced(let price):
      Int64(min(Self.longest, (price.seconds(pages) * 1e12).rounded()))
    }
  }

  /// Nanojoules beyond idle.
  func energy(_ pages: Int) -> Int64 {
    switch price {
    case .line: 0
    case .priced(let price): Int64(min(Self.longest, (price.joules(pages) * 1e9).rounded()))
    }
  }

  /// Below what adds up to the end of the clock.
  private static let longest = 1e17
}

/// The way between two tiers of KV that follow each other.
public struct KVHop: Sendable {
  public var link: String
  /// Whether both ways share one queue: a link of half duplex.
  public var isShared: Bool
  /// Towards the faster tier.
  public var up: KVCopy
  /// Towards the slower one.
  public var down: KVCopy

  public init(link: String, isShared: Bool = false, up: KVCopy, down: KVCopy) {
    self.link = link
    self.isShared = isShared
    self.up = up
    self.down = down
  }
}

/// The tiers in which KV of one replica lies.
public struct KVTiers: Sendable {
  /// The tier that sequences run from, then slower ones.
  public var names: [String]
  /// Pages of KV that each slower tier may hold.
  public var pages: [Int]
  /// How each slower tier is reached from the one before it.
  public var hops: [KVHop]
  public var bytesPerPage: Int64
  /// Whether blocks of prompts that the near tier has no room for stay in the slower ones.
  public var keepsBlocks: Bool
  /// Whether a request that loses its pages keeps its KV in the first slower tier.
  public var swaps: Bool

  /// - Precondition: each slower tier has a name, a capacity of 0 or more and a hop; there are at most
  ///   three, and one at least to swap to.
  public init(
    names: [String] = ["near"], pages: [Int] = [], hops: [KVHop] = [], bytesPerPage: Int64 = 0,
    keepsBlocks: Bool = true, swaps: Bool = false
  ) {
    precondition(names.count == pages.count + 1 && names.count == hops.count + 1)
    precondition(names.count <= PrefixIndex.mostTiers && pages.allSatisfy { $0 >= 0 })
    precondition(!swaps || !hops.isEmpty)
    self.names = names
    self.pages = pages
    self.hops = hops
    self.bytesPerPage = bytesPerPage
    self.keepsBlocks = keepsBlocks
    self.swaps = swaps
  }
}
