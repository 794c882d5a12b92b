import Models
import Quantities

/// What tokens in a row choose between them of a layer's experts, as it was observed.
///
/// Tokens that chose alone would use `1 - (1 - p)^t` of the experts, p each. Neighbours choose alike, so
/// that t of them count as `t^a`; the observed share gives a, and so the shares at other t.
public struct ExpertUnion: Sendable, Hashable {
  public var tokens: Int
  /// Share of the experts that some of them chooses.
  public var density: Double

  /// - Precondition: `tokens` is at least 2, and `density` is above 0 and at most 1.
  public init(tokens: Int, density: Double) {
    precondition(tokens >= 2 && density > 0 && density <= 1)
    self.tokens = tokens
    self.density = density
  }

  /// Share that `count` tokens in a row choose between them where one chooses `each`: never less than
  /// that of one.
  public func share(of count: Int, each: Double) -> Double {
    guard count > 1, each < 1 else { return each }
    if count == tokens { return max(each, density) }
    guard density < 1 else { return 1 }
    guard density > each else { return each }
    let alone = Elementary.logarithmOfOnePlus(-each)
    let effective = Elementary.logarithmOfOnePlus(-density) / alone
    let power = Elementary.logarithm(effective) / Elementary.logarithm(Double(tokens))
    return 1 - Elementary.exponential(alone * Elementary.power(Double(count), power))
  }
}

extension Setting {
  /// Experts of a layer that some token of a step chooses in the mean, each by itself, but that what
  /// positions of a sequence choose between them may be stated.
  public func expertsChosen(of shape: ExpertFeedForward) -> Double {
    let each = Double(method.experts.topK ?? shape.topK) / Double(shape.count)
    var (count, share) = (rows, each)
    if let union = method.experts.union {
      (count, share) = (workload.batch, union.share(of: positions, each: each))
    }
    guard count <= 65536 else {
      return Double(shape.count) * (1 - Elementary.power(1 - share, Double(count)))
    }
    var untouched = 1.0
    for _ in 0..<count { untouched *= 1 - share }
    return Double(shape.count) * (1 - untouched)
  }
}
