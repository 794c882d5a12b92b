/// Equal pieces of a prompt that one pass processes together.
struct PromptSegment: Sendable, Hashable {
  /// How many there are of each sequence.
  var count: Int
  /// Tokens of one, and tokens before it that it sees.
  var new: Int
  var before: Int
  /// Pairs of all segments that a layer computes one after another, over those of this one.
  var run = 1.0

  /// Query-key pairs of one head, half of the diagonal left out, of all pieces.
  var pairs: Double {
    Double(count) * (Double(new) * Double(before) + Double(new) * Double(new) / 2)
  }
}

/// One pass through all layers.
struct PromptPass: Sendable, Hashable {
  var segments: [PromptSegment]
  /// Equal passes, one after another.
  var times = 1

  /// Tokens of one sequence that the pass computes, those before them, and their pairs.
  var rows: Int { segments.reduce(0) { $0 + $1.count * $1.new } }
  var before: Int { segments.first?.before ?? 0 }
  var pairs: Double { segments.reduce(0) { $0 + $1.pairs } }
}

extension Setting {
  /// The passes of a prompt in their order.
  ///
  /// Chunks beyond `PromptPass.shapes` share a shape with neighbours: so many in a row see, each, the
  /// mean of what comes before them.
  var promptPasses: [PromptPass] {
    let policy = method.prompt
    let positions = promptPositions
    let cached = min(policy.cached?.tokens ?? 0, positions - 1)
    if policy.contexts > 1 {
      return [PromptPass(segments: contextSegments(positions, cached: cached))]
    }
    guard let chunk = policy.chunk, chunk < positions - cached else {
      return [
        PromptPass(segments: [PromptSegment(count: 1, new: positions - cached, before: cached)])
      ]
    }
    return chunks(of: chunk, positions: positions, cached: cached)
  }

  /// Tokens of one sequence that a pass computes at most.
  public var largestPass: Int { promptPasses.map(\.rows).max() ?? 0 }

  private func contextSegments(_ positions: Int, cached: Int) -> [PromptSegment] {
    let contexts = method.prompt.contexts
    let question = min(method.prompt.question, positions - cached)
    let apart = positions - question
    var segments: [PromptSegment] = []
    let new = (apart - cached) / contexts
    if new > 0 {
      segments.append(PromptSegment(count: contexts, new: new, before: cached / contexts))
    }
    // What does not divide evenly is computed with the question.
    let rest = positions - cached - new * contexts
    if rest > 0 {
      segments.append(PromptSegment(count: 1, new: rest, before: positions - rest))
    }
    return segments
  }

  private func chunks(of chunk: Int, positions: Int, cached: Int) -> [PromptPass] {
    let whole = (positions - cached) / chunk
    let group = (whole + PromptPass.shapes - 1) / PromptPass.shapes
    var passes: [PromptPass] = []
    var first = 0
    while first < whole {
      let times = min(group, whole - first)
      let before = cached + first * chunk + (times - 1) * chunk / 2
      passes.append(
        PromptPass(
          segments: [PromptSegment(count: 1, new: chunk, before: before)], times: times))
      first += times
    }
    let rest = positions - cached - whole * chunk
    if rest > 0 {
      passes.append(
        PromptPass(segments: [PromptSegment(count: 1, new: rest, before: positions - rest)]))
    }
    let all = passes.reduce(0) { $0 + Double($1.times) * $1.pairs }
    for place in passes.indices {
      passes[place].segments[0].run = max(1, all / passes[place].pairs)
    }
    return passes
  }
}

extension PromptPass {
  /// The most shapes of chunks that are lowered apart.
  static let shapes = 64
}
