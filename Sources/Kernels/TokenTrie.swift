import CKernels

/// The sequences that decoding may produce, as a trie in CSR form.
public struct TokenTrie: Sendable, Hashable {
  public let nodes: Int
  public let vocabulary: Int
  /// Node v has the edges starts[v] ..< starts[v + 1].
  public let starts: [Int64]
  /// Tokens, rising within a node, and the nodes that they lead to.
  public let tokens: [Int32]
  public let next: [Int32]

  /// - Throws: `.wrongCount`, `.outOfRange`, `.notRising` for what is no trie.
  public init(
    vocabulary: Int, starts: [Int64], tokens: [Int32], next: [Int32]
  ) throws(KernelFault) {
    try Inputs.size(vocabulary, "vocabulary")
    try Inputs.size(starts.count - 1, "nodes")
    try Inputs.count(next.count, tokens.count, "next")
    nodes = starts.count - 1
    try Inputs.starts(starts, lists: nodes, count: tokens.count, "starts")
    for node in 0..<nodes {
      let edges = Int(starts[node])..<Int(starts[node + 1])
      try Inputs.rising(tokens[edges], below: vocabulary, "tokens")
    }
    for node in next { try Inputs.range(Int(node), 0...(nodes - 1), "next") }
    self.vocabulary = vocabulary
    self.starts = starts
    self.tokens = tokens
    self.next = next
  }
}

/// A sequence under way in beam search.
public struct Beam: Sendable, Hashable {
  public var node: Int
  /// The last token, and the beam before the step that it extends.
  public var token: Int
  public var parent: Int
  /// The sum of log probabilities.
  public var score: Float

  public init(node: Int, token: Int = 0, parent: Int = 0, score: Float = 0) {
    self.node = node
    self.token = token
    self.parent = parent
    self.score = score
  }
}

extension WorkerPool {
  /// Extends each beam by the tokens that its node allows and keeps the best `most`, by parent and
  /// token. `logits` is beams x vocabulary; probabilities are over allowed tokens alone.
  public func step(
    _ beams: [Beam], of trie: TokenTrie, logits: [Float], most: Int,
    recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Beam] {
    try Inputs.range(most, 1...Int(Int32.max), "most")
    try Inputs.count(logits.count, try Inputs.product(beams.count, trie.vocabulary), "logits")
    var known: [lacuna_beam] = []
    for beam in beams {
      try Inputs.range(beam.node, 0...(trie.nodes - 1), "node")
      known.append(lacuna_beam(node: Int32(beam.node), token: 0, parent: 0, score: beam.score))
    }
    let edges = beams.reduce(0) { $0 + Int(trie.starts[$1.node + 1] - trie.starts[$1.node]) }
    var kept = [lacuna_beam](repeating: lacuna_beam(), count: max(1, min(most, edges)))
    let count = TouchRecorder.use(recorder) { recorder in
      trie.starts.withUnsafeBufferPointer { starts in
        trie.tokens.withUnsafeBufferPointer { tokens in
          trie.next.withUnsafeBufferPointer { next in
            var csr = lacuna_trie(
              nodes: Int64(trie.nodes), vocabulary: Int64(trie.vocabulary),
              starts: starts.baseAddress, tokens: tokens.baseAddress, next: next.baseAddress)
            return lacuna_trie_step(
              handle, &csr, known, Int64(known.count), logits, Int64(most), &kept, recorder)
          }
        }
      }
    }
    guard count >= 0 else { throw .outOfMemory }
    return kept.prefix(Int(count)).map {
      Beam(node: Int($0.node), token: Int($0.token), parent: Int($0.parent), score: $0.score)
    }
  }
}
