/// Where a trace comes from and what its columns are about.
public struct TraceHeader: Sendable, Hashable {
  /// The model that ran, as a user would name it.
  public var model: String
  /// Who recorded it and from what file.
  public var source: String
  /// The kind of text, such as `python`.
  public var domain: String
  public var licence: String
  /// How it was made: cuts, importer, or seed and parent of a synthesised trace.
  public var note: String
  /// The seed, for a synthesised trace; nil for a recorded one.
  public var seed: UInt64?
  public var pages: Pages?
  public var experts: Experts?
  public var neurons: Neurons?

  /// About the column `pages`.
  public struct Pages: Sendable, Hashable {
    /// Tokens in one page.
    public var pageTokens: Int
    /// Position of the token of step 0; its context is that many tokens and itself.
    public var firstPosition: Int
    /// The model's layer numbers, in the order of the column.
    public var layers: [Int]
    public init(pageTokens: Int, firstPosition: Int, layers: [Int]) {
      self.pageTokens = pageTokens
      self.firstPosition = firstPosition
      self.layers = layers
    }
  }

  /// About the column `experts`.
  public struct Experts: Sendable, Hashable {
    /// Routed experts of a layer.
    public var expertCount: Int
    public var layers: [Int]
    public init(expertCount: Int, layers: [Int]) {
      self.expertCount = expertCount
      self.layers = layers
    }
  }

  /// About the column `neurons`.
  public struct Neurons: Sendable, Hashable {
    /// Position of the token of row 0 in the recorded text.
    public var firstPosition: Int
    public var layers: [Int]
    public init(firstPosition: Int, layers: [Int]) {
      self.firstPosition = firstPosition
      self.layers = layers
    }
  }

  public init(
    model: String, source: String, domain: String, licence: String, note: String = "",
    seed: UInt64? = nil, pages: Pages? = nil, experts: Experts? = nil, neurons: Neurons? = nil
  ) {
    self.model = model
    self.source = source
    self.domain = domain
    self.licence = licence
    self.note = note
    self.seed = seed
    self.pages = pages
    self.experts = experts
    self.neurons = neurons
  }
}
