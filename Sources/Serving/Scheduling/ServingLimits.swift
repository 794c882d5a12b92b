import Workloads

/// What bounds the batches of one replica, and in which order requests enter them.
public struct ServingLimits: Sendable, Hashable {
  /// Tokens of one step at most: one for each sequence that decodes, the rest for prompts.
  public var tokens: Int
  /// Sequences that run together at most.
  public var sequences: Int
  /// Tokens of a page of KV.
  public var page: Int
  /// Pages of KV that there are.
  public var pages: Int
  public var order: RequestTraffic.Order
  /// Whether KV that nobody holds is found again until its page is taken: what prompts share, and what a
  /// preempted request had.
  public var keepsPages = true
  /// Whether runs of decode steps are advanced at once; results are the same without.
  public var advancesRuns = true

  /// - Precondition: all sizes are above 0, and a step takes every sequence that decodes.
  public init(
    tokens: Int, sequences: Int, page: Int = 16, pages: Int = Self.unlimited,
    order: RequestTraffic.Order = .fifo
  ) {
    precondition(tokens >= sequences && sequences > 0 && page > 0 && pages > 0)
    self.tokens = tokens
    self.sequences = sequences
    self.page = page
    self.pages = pages
    self.order = order
  }

  /// More pages than any stream fills.
  public static let unlimited = 1 << 40
}
