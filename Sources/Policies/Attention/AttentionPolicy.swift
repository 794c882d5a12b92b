/// Which KV entries a query reads.
public struct AttentionPolicy: Sendable, Hashable {
  public enum Selection: Sendable, Hashable {
    case all
    /// The best `keep` tokens of each KV head, in whole pages of `page` tokens.
    case pages(keep: Int, page: Int)
  }

  /// What a page is represented by when its score is computed.
  public enum Score: String, CaseIterable, Sendable {
    /// Selection costs nothing: it is given.
    case none
    /// One mean key a page and head is read and multiplied with the query.
    case pageMean = "page-mean"
  }

  public var selection: Selection
  /// The share of its recorded attention mass at which a head takes no further pages (top-p); nil
  /// takes all that the selection keeps.
  public var mass: Double?
  public var score: Score
  /// Whether selected pages are attended to; without, a run that fetched them alone is modelled.
  public var compute = true
  /// What each head reads, where it is stated in place of a selection; else empty.
  public var reads: [AttentionRead]
  public init(
    selection: Selection = .all, score: Score = .none, reads: [AttentionRead] = []
  ) {
    self.selection = selection
    self.score = score
    self.reads = reads
  }
}
