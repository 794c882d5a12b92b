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

  private let blockTokens: Int
  private var next: UInt64 = 0
  private var shared: [UInt64: [UInt64]] = [:]

  /// - Precondition: a block has a token at least.
  public init(blockTokens: Int) {
    precondition(blockTokens > 0, "a block has tokens")
    self.blockTokens = blockTokens
  }

  /// Enters the whole blocks of the request that follows those that have blocks.
  /// - Parameters:
  ///   - parent: the turn before it, whose text is no longer than its prompt.
  ///   - shared: what its prompt begins with, where it has no turn before.
  /// - Returns: false, with nothing entered, where the stream would have too many blocks.
  public mutating func append(
    to stream: inout RequestStream, continuing parent: Int?, shared: Shared?
  ) -> Bool {
    if stream.blockStarts.isEmpty {
      stream.blockTokens = blockTokens
      stream.blocksGoOn = true
      stream.blockStarts = [0]
    }
    let row = stream.blockStarts.count - 1
    let count = (Int(stream.prompts[row]) + Int(stream.outputs[row])) / blockTokens
    guard stream.blocks.count + count <= Self.mostBlocks else { return false }
    var known = 0
    if let parent {
      let before = stream.blocks(of: parent)
      stream.blocks.append(contentsOf: before)
      known = before.count
    } else if let shared {
      known = Int(shared.tokens) / blockTokens
      stream.blocks.append(contentsOf: blocks(of: shared.text, known))
    }
    for _ in known..<max(known, count) { stream.blocks.append(newBlock()) }
    stream.blockStarts.append(Int32(stream.blocks.count))
    return true
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
