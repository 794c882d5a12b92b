/// How many of the tokens that are seen are meant: the parts add up, and never pass what is seen.
///
/// Of n tokens, an amount is `min(n, sink + recent + keep + share × n + n / every)`.
public struct TokenAmount: Sendable, Hashable {
  /// First tokens, which lie together.
  public var sink: Int
  /// Last tokens, which lie together.
  public var recent: Int
  /// Tokens that lie anywhere.
  public var keep: Int
  /// Share of the tokens that are seen, 0 to 1.
  public var share: Double
  /// One token of so many; 0 is none.
  public var every: Int

  /// - Precondition: no part is negative, and `share` is at most 1.
  public init(sink: Int = 0, recent: Int = 0, keep: Int = 0, share: Double = 0, every: Int = 0) {
    precondition(sink >= 0 && recent >= 0 && keep >= 0 && every >= 0)
    precondition((0...1).contains(share))
    self.sink = sink
    self.recent = recent
    self.keep = keep
    self.share = share
    self.every = every
  }

  public static let all = TokenAmount(share: 1)

  /// Whether it is every token, however many are seen.
  public var isAll: Bool { slope >= 1 }

  /// What does not grow with the tokens that are seen.
  public var fixed: Double { Double(sink) + Double(recent) + Double(keep) }

  /// Tokens for each one that is seen, on top of `fixed`, as long as that is less than all.
  public var slope: Double { share + (every > 0 ? 1 / Double(every) : 0) }

  /// Tokens meant where `seen` are seen, at most those; a mean, so it may be a fraction.
  public func of(_ seen: Double) -> Double { max(0, min(seen, fixed + slope * seen)) }

  /// From how many tokens seen on the amount is less than all of them; infinite where it never is.
  public var limit: Double { isAll ? .infinity : fixed / (1 - slope) }

  /// The sum of the amounts where `first`, `first + 1`, … `last` tokens are seen: the pairs of a
  /// causal pass in which each query attends to its amount.
  ///
  /// - Precondition: `0 <= first`, and `last` is below 2^52.
  public func sum(from first: Int, through last: Int) -> Double {
    guard first <= last else { return 0 }
    return sum(through: last) - sum(through: first - 1)
  }

  /// The sum where 1 … `last` tokens are seen.
  private func sum(through last: Int) -> Double {
    guard last > 0 else { return 0 }
    let n = Double(last)
    let whole = min(n, limit.rounded(.down))
    let (below, all) = (whole * (whole + 1) / 2, n * (n + 1) / 2)
    return below + fixed * (n - whole) + slope * (all - below)
  }
}
