import Workloads

/// Prompts' KV that requests of one replica share: blocks by identity, in pages that no sequence needs
/// for itself, and in slower tiers.
///
/// Pages of a sequence are its own until its prompt is computed; then the whole blocks of the prompt
/// belong to the index and are held by the sequence until it leaves. What nobody holds stays until its
/// pages are needed, the least recently used first; it goes to the next tier where there is one.
struct PrefixStore {
  private var index: PrefixIndex
  private let stream: RequestStream
  /// Pages of a block.
  let blockPages: Int
  /// Leading blocks that each request holds.
  private(set) var held: [Int32]
  /// By tier, where each request found them; empty without slower tiers.
  private var sources: [SIMD4<Int32>] = []

  /// Nil where the stream has no blocks, or a block is no whole number of pages.
  init?(_ stream: RequestStream, limits: ServingLimits, tiers: KVTiers = KVTiers()) {
    guard stream.blockTokens > 0, !stream.blockStarts.isEmpty,
      stream.blockTokens % limits.page == 0, limits.pages < ServingLimits.unlimited
    else { return nil }
    self.stream = stream
    let blockPages = stream.blockTokens / limits.page
    self.blockPages = blockPages
    held = Array(repeating: 0, count: stream.count)
    guard tiers.keepsBlocks, !tiers.hops.isEmpty else {
      index = PrefixIndex(capacities: [limits.pages / blockPages])
      return
    }
    index = PrefixIndex(
      capacities: ([limits.pages] + tiers.pages).map { $0 / blockPages })
    index.keepsMoves = true
    sources = Array(repeating: SIMD4(), count: stream.count)
  }

  var traffic: PrefixTraffic { index.traffic }
  /// Pages of blocks that some request holds.
  var pinnedPages: Int { index.pinned * blockPages }
  /// Pages of all blocks in a tier.
  func pages(in tier: Int) -> Int { tier < index.used.count ? index.used[tier] * blockPages : 0 }

  func heldPages(_ request: Int) -> Int { Int(held[request]) * blockPages }
  func heldTokens(_ request: Int) -> Int { Int(held[request]) * stream.blockTokens }

  /// Leaves the index what sequences do not take for themselves, or will not once they have so many
  /// pages more.
  mutating func fit(_ ledger: PageLedger, taking pages: Int = 0) {
    _ = index.resize(
      tier: 0, to: max(index.pinned, (ledger.capacity - ledger.used - pages) / blockPages))
  }

  /// Leaves the first slower tier so many pages for blocks.
  mutating func fit(slowerPages pages: Int) {
    if !sources.isEmpty { _ = index.resize(tier: 1, to: pages / blockPages) }
  }

  /// The leading blocks of a prompt that exist; a token of it at least is left to compute.
  /// - Returns: their tokens, and pages of the near tier that holding them takes.
  func look(_ request: Int) -> (tokens: Int, pages: Int) {
    if held[request] > 0 { return (heldTokens(request), 0) }
    let look = index.look(sharable(request))
    return (look.hits.blocks * stream.blockTokens, look.unheld * blockPages)
  }

  /// Holds them, and begins to bring those of slower tiers.
  /// - Returns: their tokens.
  mutating func pin(_ request: Int) -> Int {
    if held[request] == 0 {
      let hits = index.pin(sharable(request))
      held[request] = Int32(hits.blocks)
      if !sources.isEmpty { sources[request] = SIMD4(truncatingIfNeeded: hits.byTier) }
    }
    return heldTokens(request)
  }

  /// Tokens of a prompt that were found in each tier when it was held.
  func foundTokens(_ request: Int) -> SIMD4<Int64> {
    let blocks = sources.isEmpty ? SIMD4(held[request], 0, 0, 0) : sources[request]
    return SIMD4(truncatingIfNeeded: blocks) &* Int64(stream.blockTokens)
  }

  /// Leading tokens of a prompt that exist; changes nothing.
  func matchingTokens(_ request: Int) -> Int {
    index.match(stream.promptBlocks(of: request)).blocks * stream.blockTokens
  }

  /// Blocks that exist, held or not.
  var blocks: Int { index.used[0] }

  /// Whether what sequences generate may be found by others.
  var keepsOutputs: Bool { stream.blocksGoOn }

  /// Gives the whole blocks of a request's first tokens, which are computed, to the index.
  /// - Returns: pages that are the sequence's own no longer.
  mutating func insert(_ request: Int, tokens: Int, _ ledger: PageLedger) -> Int {
    let whole = min(stream.blocks(of: request).count, tokens / stream.blockTokens)
    let before = Int(held[request])
    guard whole > before else { return 0 }
    let freed = (whole - before) * blockPages
    let room = (ledger.capacity - ledger.used + freed) / blockPages
    _ = index.resize(tier: 0, to: max(index.pinned, room))
    let count = index.insert(stream.blocks(of: request).prefix(whole), held: before)
    held[request] = Int32(count)
    return (count - before) * blockPages
  }

  mutating func release(_ request: Int) {
    index.release(stream.blocks(of: request), held: Int(held[request]))
    held[request] = 0
  }

  private func sharable(_ request: Int) -> ArraySlice<UInt64> {
    stream.blocks(of: request).prefix((Int(stream.prompts[request]) - 1) / stream.blockTokens)
  }
}

/// Blocks on their way between tiers.
extension PrefixStore {
  /// Asks for the copies of the blocks that moved since this was called last, one copy for all that
  /// went the same way.
  mutating func copyMoved(_ copies: inout CopyJobs, at now: Int64) {
    guard !index.moves.isEmpty else { return }
    // Down first: a block may go down and come up again in one go.
    for tier in 0..<index.capacities.count {
      for other in index.capacities.indices where other > tier {
        copy(from: tier, to: other, &copies, now)
      }
    }
    for tier in index.capacities.indices.dropFirst() { copy(from: tier, to: 0, &copies, now) }
    index.moves.removeAll(keepingCapacity: true)
    close(copies, at: now)
  }

  /// Lets blocks leave altogether where the link down lags.
  mutating func close(_ copies: CopyJobs, at now: Int64) {
    guard index.keepsMoves else { return }
    for tier in copies.hops.indices { index.isClosed[tier] = copies.lags(tier, at: now) }
  }

  private mutating func copy(
    from tier: Int, to other: Int, _ copies: inout CopyJobs, _ now: Int64
  ) {
    var blocks = 0
    var needed: [Int32] = []
    for move in index.moves where Int(move.from) == tier && Int(move.to) == other {
      blocks += 1
      let mark = index.mark(of: move.block)
      if mark >= 0, needed.last != mark, !copies.hasArrived(mark) { needed.append(mark) }
    }
    guard blocks > 0 else { return }
    let job = copies.copy(
      pages: blocks * blockPages, from: tier, to: other, after: needed, at: now)
    for move in index.moves where Int(move.from) == tier && Int(move.to) == other {
      index.mark(move.block, job)
    }
  }

  /// Lets a request wait for the blocks that it holds and that are on their way.
  func wait(_ request: Int, _ copies: inout CopyJobs) {
    guard index.keepsMoves else { return }
    var last: Int32 = -1
    for block in stream.blocks(of: request).prefix(Int(held[request])) {
      let mark = index.mark(of: block)
      if mark != last { copies.wait(request, for: mark) }
      last = mark
    }
  }
}
