import ResultTables
import Scenarios

/// One published number beside its prediction.
struct SystemRow: Sendable {
  enum Kind: String, Sendable { case value, ratio }

  var system: String
  var id: String
  var metric: String
  var kind: Kind
  /// In the claim's own unit, or the metric's base unit.
  var published: Double
  var predicted: Double
  /// Both as people read them.
  var texts: (published: String, predicted: String)
  var confidence: String
  /// Whether it counts: it set no coefficient and is not listed as out of reach.
  var counts: Bool
  var note: String?

  /// Signed relative error of the prediction.
  var error: Double { predicted / published - 1 }

  /// For ratios, whether the prediction has the same side winning.
  var isDirectionRight: Bool? {
    kind == .ratio ? Self.winner(published) == Self.winner(predicted) : nil
  }

  /// Read off a plot, or told by others than the authors: reported apart.
  var isApart: Bool {
    let text = confidence.lowercased()
    return ["figure", "plot", "second-hand", "second hand"].contains { text.contains($0) }
  }

  /// 1 when the ratio is above one, -1 below it, 0 where it is one to within a hundredth.
  private static func winner(_ ratio: Double) -> Int {
    if abs(ratio - 1) <= 0.01 { return 0 }
    return ratio > 1 ? 1 : -1
  }

  var json: JSONValue {
    .pairs([
      ("system", .text(system)), ("id", .text(id)), ("metric", .text(metric)),
      ("published", .number(published)), ("predicted", .number(predicted)),
      ("error", .number(error)),
      ("direction_ok", isDirectionRight.map { .boolean($0) } ?? .null),
      ("confidence", .text(confidence)),
    ])
  }
}

/// A published number without a prediction, and why.
struct SilentRow: Sendable {
  var system: String
  var id: String
  var metric: String
  var why: String

  var json: JSONValue {
    .pairs([
      ("system", .text(system)), ("id", .text(id)), ("metric", .text(metric)), ("why", .text(why)),
    ])
  }
}
