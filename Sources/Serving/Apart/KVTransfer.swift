import Simulation

/// How KV goes from servers that compute prompts to servers that decode.
public struct KVTransfer: Sendable {
  private enum Price: Sendable {
    /// Picoseconds of every transfer, and of every token of it.
    case line(start: Int64, token: Int64)
    /// Of both ends: the slower counts.
    case priced([TransferPrice])
  }

  private let price: Price
  public let bytesPerToken: Int64

  /// - Precondition: nothing is below 0.
  public init(start: Int64 = 0, token: Int64, bytesPerToken: Int64) {
    precondition(start >= 0 && token >= 0 && bytesPerToken >= 0)
    price = .line(start: start, token: token)
    self.bytesPerToken = bytesPerToken
  }

  /// - Parameter ends: what a transfer takes at either end.
  public init(_ ends: [TransferPrice], bytesPerToken: Int64) {
    price = .priced(ends)
    self.bytesPerToken = bytesPerToken
  }

  /// Picoseconds for which the KV of so many tokens takes the link.
  func span(_ tokens: Int) -> Int64 {
    switch price {
    case .line(let start, let each): return start + each * Int64(tokens)
    case .priced(let ends):
      let seconds = ends.reduce(0) { max($0, $1.seconds(tokens)) }
      return Int64(min(Self.longest, (seconds * 1e12).rounded()))
    }
  }

  /// Nanojoules beyond idle, of the end that sends.
  func energy(_ tokens: Int) -> Int64 {
    switch price {
    case .line: return 0
    case .priced(let ends):
      return Int64(min(Self.longest, ((ends.first?.joules(tokens) ?? 0) * 1e9).rounded()))
    }
  }

  /// Below what adds up to the end of the clock.
  private static let longest = 1e17
}
