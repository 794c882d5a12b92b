/// Gives requests the blocks of their texts: what was said before them, what others share with them,
/// and what is their own.
///
/// A request's text is its prompt and what is generated after it. A turn of a session begins with the
/// whole text of the turn before.
public struct TextBlocks {
  /// The leading tokens of a prompt that are the beginning of a text that others begin with too.
  public struct Shared: Sendable, Hashable {
    public var text: UInt64
    public var tokens: Int32

    public init(text: UInt64, tokens: Int32) {
      self.text = text
      self.tokens = tokens
    }
  }

  /// The most blocks that one stream is given.
  public static let mostBlocks = 1 << 26

  private var next: UInt64 = 0
  private var shared: [UInt64: [UInt64]] = [:]

  /// Enters the whole blocks of all requests of a stream that has none.
  /// - Parameters:
  ///   - blockTokens: of a block.
  ///   - before: the turn before each request, -1 for none; it stands before it, and its text is no
  ///     longer than the request's prompt.
  ///   - shared: what prompts without a turn before begin with.
  /// - Returns: nil, or with nothing entered the request up to which there are too many blocks.
  /// - Precondition: a block has a token at least.
  public static func enter(
    into stream: inout RequestStream, blockTokens: Int, before: [Int32], shared: [Shared?]
  ) -> Int? {
    var total = 0
    for row in 0..<stream.count {
      total += (Int(stream.prompts[row]) + Int(stream.outputs[row])) / blockTokens
      guard total <= mostBlocks else { return row }
    }
    stream.blockTokens = blockTokens
    stream.blocksGoOn = true
    stream.blockStarts = [0]
    stream.blocks.reserveCapacity(total)
    var texts = TextBlocks()
    for row in 0..<stream.count {
      texts.append(row, to: &stream, continuing: before[row], shared: shared[row])
    }
    return nil
  }

  private mutating func append(
    _ row: Int, to stream: inout RequestStream, continuing parent: Int32, shared: Shared?
  ) {
    let start = stream.blocks.count
    if parent >= 0 {
      stream.blocks.append(contentsOf: stream.blocks(of: Int(parent)))
    } else if let shared {
      let whole = Int(shared.tokens) / stream.blockTokens
      stream.blocks.append(contentsOf: blocks(of: shared.text, whole))
    }
    let count = (Int(stream.prompts[row]) + Int(stream.outputs[row])) / stream.blockTokens
    while stream.blocks.count - start < count { stream.blocks.append(newBlock()) }
    stream.blockStarts.append(Int32(stream.blocks.count))
  }

  private mutating func blocks(of text: UInt64, _ count: Int) -> ArraySlice<UInt64> {
    var all = shared[text] ?? []
    while all.count < count { all.append(newBlock()) }
    shared[text] = all
    return all.prefix(count)
  }

  private mutating func newBlock() -> UInt64 {
    defer { next += 1 }
    return next
  }
}
