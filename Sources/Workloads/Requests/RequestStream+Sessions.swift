import Diagnostics
import NumericalMethods
import Quantities

extension RequestStream {
  /// The most turns of one session that is drawn.
  public static let mostTurns = 100_000

  /// Draws sessions: `gaps` lie between their first turns; each later turn arrives when the one before
  /// has ended and its reader has thought.
  ///
  /// Turns, prompts, outputs and times of thought have random streams of their own.
  /// - Parameter blockTokens: tokens of a block, of which the next turn finds the whole ones.
  /// - Throws: `Faults` with the keys `sessions`, `turns`, `prompt`, `output`, `shared`, `think` or
  ///   `rate`.
  public init(
    drawing sessions: DrawnSessions, gaps: GapDistribution, blockTokens: Int, seed: UInt64
  ) throws(Faults) {
    let count = sessions.count
    guard (1...Self.mostRequests).contains(count) else {
      throw refusal("sessions", "\(count)", "a whole number between 1 and \(Self.mostRequests)")
    }
    try sessions.turns.check("turns")
    try sessions.prompts.check("prompt")
    try sessions.outputs.check("output")
    guard (0...Self.longest).contains(sessions.shared) else {
      throw refusal("shared", "\(sessions.shared)", "between 0 and \(Self.longest) tokens")
    }
    let turns = Self.lengths(sessions.turns, count, "turns", seed: seed)
    let total = turns.reduce(0) { $0 + Int($1) }
    guard turns.allSatisfy({ $0 <= Self.mostTurns }), total <= Self.mostRequests else {
      throw refusal(
        "turns", "\(turns.max() ?? 0) in a session, \(total) in all",
        "at most \(Self.mostTurns) in a session and \(Self.mostRequests) in all")
    }
    let starts = try Self.arrivals(count, gaps: gaps, seed: seed)
    let new = Self.lengths(sessions.prompts, total, "prompts", seed: seed)
    outputs = Self.lengths(sessions.outputs, total, "outputs", seed: seed)
    thinks = try sessions.think.draw(total, seed: seed)
    parentStarts = [0]
    var before: [Int32] = []
    for session in 0..<count {
      var text = sessions.shared
      for turn in 0..<turns[session] {
        let row = arrivals.count
        let prompt = text + Int(new[row])
        guard prompt <= Self.longest else {
          throw refusal("turns", "a prompt of \(prompt) tokens", "at most \(Self.longest)")
        }
        text = prompt + Int(outputs[row])
        arrivals.append(starts[session])
        prompts.append(Int32(prompt))
        self.sessions.append(Int32(session))
        before.append(turn > 0 ? Int32(row - 1) : -1)
        if turn > 0 { parents.append(Int32(row - 1)) } else { thinks[row] = .zero }
        parentStarts.append(Int32(parents.count))
      }
    }
    let shared = TextBlocks.Shared(text: 0, tokens: Int32(sessions.shared))
    let row = TextBlocks.enter(
      into: &self, blockTokens: blockTokens, before: before,
      shared: Array(repeating: shared, count: total))
    if let row {
      throw refusal(
        "sessions", "\(count), of which the first \(self.sessions[row]) fill all blocks",
        "at most \(TextBlocks.mostBlocks) blocks of \(blockTokens) tokens in all prompts")
    }
  }
}

extension DrawnSessions.Think {
  /// The longest of one.
  public static let longest = Seconds(8_640_000)

  fileprivate func draw(_ count: Int, seed: UInt64) throws(Faults) -> [Span] {
    let mean =
      switch self {
      case .fixed(let time): time
      case .exponential(let mean): mean
      }
    // The mean's longest draw, 37 times as long, has an instant yet.
    guard mean >= Seconds(0), mean.value <= Self.longest.value / 100 else {
      throw refusal("think", "\(mean.value) s", "between 0 and \(Self.longest.value / 100) s")
    }
    var draws = KeyedStream(seed: seed, purpose: "thinks")
    return (0..<count).map { _ in
      switch self {
      case .fixed: Span(rounding: mean)
      case .exponential: Span(rounding: mean * draws.exponential())
      }
    }
  }
}
