import Diagnostics
import Traces

/// How far two traces of the same tokens name the same things. Their tokens are matched by
/// position; experts are taken to begin at position 0.
public struct TraceAgreement: Sendable, Hashable {
  /// So many of so many.
  public struct Share: Sendable, Hashable {
    public var same = 0
    public var all = 0
    /// Nil where there was nothing to compare.
    public var share: Double? { all > 0 ? Double(same) / Double(all) : nil }
  }

  /// Experts that both chose, whatever their order.
  public private(set) var experts: Share?
  /// Neurons in the same state, firing or not.
  public private(set) var neurons: Share?
  /// Of the neurons that fired in the recorded trace, those that fired.
  public private(set) var firing: Share?
  /// Pages read that are among as many of the recorded ones, best first.
  public private(set) var pages: Share?

  /// - Parameters:
  ///   - tokens: How many tokens, from position 0, the two have in common at most.
  ///   - recorded: What is compared with; a section that one of the two lacks is left out.
  /// - Throws: `TraceFault` for sections of other layers or sizes.
  public init(of trace: Trace, with recorded: Trace, tokens: Int) throws(TraceFault) {
    if let ours = trace.experts, let theirs = recorded.experts {
      try Self.same("experts.layers", ours.layerNumbers, theirs.layerNumbers)
      try Self.same("experts.expert_count", [ours.expertCount], [theirs.expertCount])
      try Self.same("experts.top_k", [ours.topK], [theirs.topK])
      experts = Self.experts(ours, theirs, tokens: min(tokens, ours.tokens, theirs.tokens))
    }
    if let ours = trace.neurons, let theirs = recorded.neurons {
      try Self.same("neurons.layers", ours.layerNumbers, theirs.layerNumbers)
      try Self.same("neurons.count", [ours.neurons], [theirs.neurons])
      compare(ours, theirs, tokens: tokens)
    }
    if let ours = trace.pages, let theirs = recorded.pages {
      try Self.same("pages.layers", ours.layerNumbers, theirs.layerNumbers)
      try Self.same("pages.kv_heads", [ours.kvHeads], [theirs.kvHeads])
      try Self.same("pages.page_tokens", [ours.pageTokens], [theirs.pageTokens])
      pages = Self.pages(ours, theirs, tokens: tokens)
    }
  }

  private static func same(_ key: String, _ ours: [Int], _ theirs: [Int]) throws(TraceFault) {
    guard ours == theirs else {
      throw TraceFault(
        .conflict(key: key, found: "\(theirs)", mend: "the model that ran has \(ours)"))
    }
  }

  private static func experts(_ ours: ExpertTrace, _ theirs: ExpertTrace, tokens: Int) -> Share {
    var share = Share()
    for token in 0..<tokens {
      for layer in 0..<ours.layers {
        let recorded = theirs.experts(token: token, layer: layer)
        for expert in ours.experts(token: token, layer: layer) where expert != EntryRow.absent {
          share.all += 1
          if recorded.contains(expert) { share.same += 1 }
        }
      }
    }
    return share
  }

  private mutating func compare(_ ours: NeuronTrace, _ theirs: NeuronTrace, tokens: Int) {
    var (states, firing) = (Share(), Share())
    for position in Self.common(
      ours.firstPosition, ours.tokens, theirs.firstPosition, theirs.tokens, tokens)
    {
      for layer in 0..<ours.layers {
        let mine = ours.row(token: position - ours.firstPosition, layer: layer)
        let recorded = theirs.row(token: position - theirs.firstPosition, layer: layer)
        states.all += ours.neurons
        states.same += ours.neurons
        for (a, b) in zip(mine, recorded) {
          states.same -= (a ^ b).nonzeroBitCount
          firing.all += b.nonzeroBitCount
          firing.same += (a & b).nonzeroBitCount
        }
      }
    }
    (neurons, self.firing) = (states, firing)
  }

  private static func pages(_ ours: PageTrace, _ theirs: PageTrace, tokens: Int) -> Share {
    var share = Share()
    for position in common(
      ours.firstPosition, ours.steps, theirs.firstPosition, theirs.steps, tokens)
    {
      for layer in 0..<ours.layers {
        for head in 0..<ours.kvHeads {
          let recorded = theirs.pages(
            step: position - theirs.firstPosition, layer: layer, head: head
          ).prefix(ours.picks)
          let step = position - ours.firstPosition
          for page in ours.pages(step: step, layer: layer, head: head)
          where page != EntryRow.absent {
            share.all += 1
            if recorded.contains(page) { share.same += 1 }
          }
        }
      }
    }
    return share
  }

  /// Positions below `end` that two runs of rows both have.
  private static func common(
    _ first: Int, _ count: Int, _ otherFirst: Int, _ otherCount: Int, _ end: Int
  ) -> Range<Int> {
    let start = max(first, otherFirst)
    return start..<max(start, min(first + count, otherFirst + otherCount, end))
  }
}
