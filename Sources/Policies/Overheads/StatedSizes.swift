import Programs

/// What amounts of tokens come to: in a prompt, of its computed tokens and those they see; in a
/// decode step, of a context that grows from step to step.
struct StatedSizes {
  let isPrompt: Bool
  /// Tokens that are computed and that are seen in the end, and the causal pairs of both; of one
  /// sequence.
  let rows: Double
  let seen: Double
  let causal: Double
  /// Tokens before compression that the computed ones stand for.
  let tokens: Double
  private let segments: [PromptSegment]
  /// Contexts of the first and the last step, and tokens of a count of the column `context`.
  private let first: Double
  private let last: Double
  private let unit: Double

  init(prompt pass: PromptPass, kept: Double, policy: PromptPolicy) {
    isPrompt = true
    segments = pass.segments.map { $0.scaled(by: kept) }
    rows = Double(pass.rows) * kept
    seen = Double(pass.rows + pass.before) * kept
    causal = pass.pairs * kept * kept
    let question = min(policy.question, pass.rows)
    tokens = Double(pass.rows - question) * Double(policy.compress) + Double(question)
    (first, last, unit) = (0, 0, 1)
  }

  init(decode setting: Setting) {
    isPrompt = false
    segments = []
    (rows, seen, causal, tokens) = (Double(setting.positions), 0, 0, 1)
    first = Double(setting.promptPositions + 1)
    last = Double(setting.longestContext)
    unit = Double(setting.contextUnit)
  }

  /// Count of the column `context` in the mean of the steps.
  var meanCount: Double { max(1, (first + last) / 2 / unit) }

  /// Queries of a sequence: those computed, unless an amount of them is stated. In a decode step an
  /// amount is of the context.
  func queries(_ amount: TokenAmount?) -> Affine {
    guard let amount else { return Affine(base: rows) }
    return isPrompt ? Affine(base: amount.of(rows)) : ofContext(amount)
  }

  func rows(_ rows: StatedWork.Rows) -> Affine {
    switch rows {
    case .computed: queries(nil)
    case .amount(let amount): queries(amount)
    case .prompt: Affine(base: tokens)
    }
  }

  /// Of the tokens that are seen.
  func keys(_ amount: TokenAmount) -> Affine {
    isPrompt ? Affine(base: amount.of(seen)) : ofContext(amount)
  }

  /// Of the computed tokens of a prompt, or of the context.
  func moved(_ amount: TokenAmount) -> Affine {
    isPrompt ? Affine(base: amount.of(rows)) : ofContext(amount)
  }

  /// Query-key pairs. All queries of a prompt have, each, the keys of those that it sees. In a decode
  /// step of more queries than one these are as many as at the longest context.
  func pairs(_ queries: TokenAmount?, _ keys: TokenAmount) -> Affine {
    if isPrompt, queries?.isAll ?? true {
      if keys.isAll { return Affine(base: causal) }
      let pairs = segments.reduce(0) {
        $0 + Double($1.count) * keys.sum(from: $1.before + 1, through: $1.before + $1.new)
      }
      return Affine(base: min(pairs, causal))
    }
    let many = isPrompt ? self.queries(queries).base : queries.map { $0.of(last) } ?? rows
    return self.keys(keys) * many
  }

  /// A line through the amounts of the first and the last step.
  private func ofContext(_ amount: TokenAmount) -> Affine {
    let (low, high) = (amount.of(first), amount.of(last))
    let slope = last > first ? (high - low) / (last - first) : 0
    let base = low - slope * first
    return Affine(base: abs(base) < 1e-9 * low ? 0 : max(0, base), each: slope * unit)
  }
}
