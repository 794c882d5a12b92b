import Quantities

/// Requests in order of arrival, as flat columns: row `r` of every column is request `r`.
///
/// A request is a prompt, the tokens generated after it, and what of the prompt others share: the
/// leading blocks whose identities were seen before. An identity stands for a block's tokens and
/// for all tokens before them, so equal identities mean equal prefixes.
public struct RequestStream: Sendable, Equatable {
  /// When a request arrives, from the start of the stream; never falling.
  public var arrivals: [Instant] = []
  /// Tokens of the prompt; at least 1.
  public var prompts: [Int32] = []
  /// Tokens generated; at least 1, of which the prompt's step yields the first.
  public var outputs: [Int32] = []
  /// Tokens of one block of `blocks`; 0 where prompts share nothing.
  public var blockTokens = 0
  /// Identities of all prompts' blocks, one request after another; the last block may be partial.
  public var blocks: [UInt64] = []
  /// Where the blocks of request `r` begin in `blocks`: `count + 1` entries, or none without blocks.
  public var blockStarts: [Int32] = []
  /// Whether a request's blocks go on over the tokens that it generates, whole ones only: what the
  /// next turn of a session begins with.
  public var blocksGoOn = false
  /// The session that a turn belongs to; empty where each request stands alone.
  public var sessions: [Int32] = []
  /// Requests that must end before `r` may start, one request after another; they stand before it.
  public var parents: [Int32] = []
  /// Where the parents of `r` begin in `parents`: `count + 1` entries, or none without a graph.
  public var parentStarts: [Int32] = []
  /// From the end of the last parent to the arrival; empty where none is waited.
  public var thinks: [Span] = []
  /// The lower the sooner; empty where all are alike.
  public var priorities: [Int32] = []

  public init() {}

  @inlinable public var count: Int { arrivals.count }

  /// Identities of the blocks of one request's prompt; empty where prompts share nothing.
  public func blocks(of request: Int) -> ArraySlice<UInt64> {
    guard !blockStarts.isEmpty else { return [] }
    return blocks[Int(blockStarts[request])..<Int(blockStarts[request + 1])]
  }

  /// Those of its blocks that hold tokens of the prompt.
  public func promptBlocks(of request: Int) -> ArraySlice<UInt64> {
    let all = blocks(of: request)
    return blocksGoOn ? all.prefix(Int(prompts[request]) / blockTokens) : all
  }

  /// Whether a request arrives by itself, and not when others have ended.
  public func arrivesAlone(_ request: Int) -> Bool {
    parentStarts.isEmpty || parentStarts[request] == parentStarts[request + 1]
  }

  /// Requests that must end before this one starts.
  public func parents(of request: Int) -> ArraySlice<Int32> {
    guard !parentStarts.isEmpty else { return [] }
    return parents[Int(parentStarts[request])..<Int(parentStarts[request + 1])]
  }
}
