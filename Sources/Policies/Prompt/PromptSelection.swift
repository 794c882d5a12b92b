/// The query-key pairs that some heads of some layers compute in a prompt.
///
/// What lies on the diagonal is computed in any case.
public struct PromptSelection: Sendable, Hashable {
  /// How much is kept.
  public enum Kept: Sendable, Hashable {
    /// A share of the causal pairs.
    case density(Double)
    /// So many keys for each block of queries.
    case keys(TokenAmount)
  }

  /// Diagonals and columns of some heads.
  public struct Stripes: Sendable, Hashable {
    public var verticals: Int
    public var slashes: Int
    /// Heads that have these, of all that the list counts.
    public var heads: Int

    public init(verticals: Int, slashes: Int, heads: Int) {
      self.verticals = verticals
      self.slashes = slashes
      self.heads = heads
    }
  }

  public enum Form: Sendable, Hashable {
    /// Whole tiles of `queries` by `keys` tokens.
    case blocks(queries: Int, keys: Int, Kept)
    /// Blocks of `queries` tokens gather single keys and values.
    case tokens(queries: Int, Kept)
    /// The first and the last tokens, in tiles of `block` by `block`.
    case window(sink: Int, recent: Int, block: Int)
    /// Columns that are gathered, and diagonals in tiles along runs of `run` neighbours.
    case stripes([Stripes], block: Int, run: Int)
  }

  /// How the kernel finds the blocks that it computes.
  public enum Walk: String, CaseIterable, Sendable {
    /// In a list of those that are kept.
    case list
    /// It tests every causal block of a mask.
    case mask
    /// What is kept lies together, and the dense kernel runs over it.
    case dense
  }

  public var layers: LayerRange
  /// Share of the query heads.
  public var heads: Double
  public var form: Form
  /// Whether scores of every pair are computed, and only softmax and values follow the selection.
  public var skipsValues: Bool
  /// Whether the query heads of a KV head share the selection, and so their rows a tile.
  public var isShared: Bool
  public var walk: Walk

  public init(
    layers: LayerRange = .all, heads: Double = 1, form: Form, skipsValues: Bool = false,
    isShared: Bool = false, walk: Walk = .list
  ) {
    self.layers = layers
    self.heads = heads
    self.form = form
    self.skipsValues = skipsValues
    self.isShared = isShared
    self.walk = walk
  }

  /// Whether the amount that is kept holds all keys that the last of some queries sees.
  ///
  /// Methods that keep so many keys choose only where there are more: below, the dense kernel runs.
  func takesAll(of seen: Int) -> Bool {
    switch form {
    case .blocks(_, _, .keys(let amount)), .tokens(_, .keys(let amount)):
      amount.of(Double(seen)) >= Double(seen)
    case .blocks, .tokens, .window, .stripes: false
    }
  }

  /// The word of the form in a scenario.
  public var name: String {
    switch form {
    case .blocks: "block"
    case .tokens: "token"
    case .window: "window"
    case .stripes: "vertical-slash"
    }
  }
}
