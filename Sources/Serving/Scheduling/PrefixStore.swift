import Workloads

/// Prompts' KV that requests of one replica share: blocks by identity, in pages that no sequence needs
/// for itself.
///
/// Pages of a sequence are its own until its prompt is computed; then the whole blocks of the prompt
/// belong to the index and are held by the sequence until it leaves. What nobody holds stays until its
/// pages are needed, the least recently used first.
struct PrefixStore {
  private var index: PrefixIndex
  private let stream: RequestStream
  /// Pages of a block.
  let blockPages: Int
  /// Leading blocks that each request holds.
  private(set) var held: [Int32]

  /// Nil where the stream has no blocks, or a block is no whole number of pages.
  init?(_ stream: RequestStream, limits: ServingLimits) {
    guard stream.blockTokens > 0, !stream.blockStarts.isEmpty,
      stream.blockTokens % limits.page == 0, limits.pages < ServingLimits.unlimited
    else { return nil }
    self.stream = stream
    blockPages = stream.blockTokens / limits.page
    index = PrefixIndex(capacities: [limits.pages / blockPages])
    held = Array(repeating: 0, count: stream.count)
  }

  /// Pages of blocks that some request holds.
  var pinnedPages: Int { index.pinned * blockPages }

  func heldPages(_ request: Int) -> Int { Int(held[request]) * blockPages }

  /// Leaves the index what sequences do not take for themselves.
  mutating func fit(_ ledger: PageLedger) {
    _ = index.resize(tier: 0, to: max(index.pinned, (ledger.capacity - ledger.used) / blockPages))
  }

  /// Holds the leading blocks that exist; a token of the prompt at least is left to compute.
  /// - Returns: their tokens.
  mutating func pin(_ request: Int) -> Int {
    let blocks = stream.blocks(of: request)
    let most = (Int(stream.prompts[request]) - 1) / stream.blockTokens
    held[request] = Int32(index.pin(blocks.prefix(most)).blocks)
    return Int(held[request]) * stream.blockTokens
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
}
