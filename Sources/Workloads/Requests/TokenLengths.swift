import Diagnostics
import NumericalMethods
import Quantities

/// How many tokens prompts or outputs have.
public enum TokenLengths: Sendable, Hashable {
  /// All alike.
  case fixed(Int)
  /// Every length of the range equally likely, both ends included.
  case uniform(ClosedRange<Int>)
  /// A log-normal law, rounded and cut to `within`.
  ///
  /// `median` is in tokens; `spread` is the deviation of the length's natural logarithm.
  case logNormal(median: Double, spread: Double, within: ClosedRange<Int>)
  case histogram(LengthHistogram)
  /// These lengths one after another, from the first again after the last: as a log has them.
  case listed([Int32])

  /// Says what is wrong with it.
  /// - Throws: `Faults` under `key` for lengths outside 1 to `RequestStream.longest`.
  func check(_ key: String) throws(Faults) {
    let allowed = "lengths between 1 and \(RequestStream.longest) tokens"
    func check(_ lengths: ClosedRange<Int>) throws(Faults) {
      guard lengths.lowerBound >= 1, lengths.upperBound <= RequestStream.longest else {
        throw refusal(key, "\(lengths.lowerBound) to \(lengths.upperBound)", allowed)
      }
    }
    switch self {
    case .fixed(let length): try check(length...length)
    case .uniform(let lengths): try check(lengths)
    case .logNormal(let median, let spread, let within):
      try check(within)
      guard median > 0, median.isFinite else {
        throw refusal("\(key).median", "\(median)", "a number above 0")
      }
      guard spread >= 0, spread <= 20 else {
        throw refusal("\(key).spread", "\(spread)", "a number between 0 and 20")
      }
    case .histogram: break
    case .listed(let lengths):
      guard let least = lengths.min(), let most = lengths.max() else {
        throw refusal(key, "an empty list", "at least one length")
      }
      try check(Int(least)...Int(most))
    }
  }

  /// The length of request `index`, drawn from `stream`. A histogram's 0 counts as 1, because
  /// every request has a token of each kind.
  func draw(_ index: Int, _ stream: inout KeyedStream) -> Int32 {
    switch self {
    case .fixed(let length): return Int32(length)
    case .uniform(let lengths):
      return Int32(lengths.lowerBound + stream.below(lengths.count))
    case .logNormal(let median, let spread, let within):
      let drawn = median * Elementary.exponential(spread * stream.normal())
      let bounded = min(max(drawn.rounded(), Double(within.lowerBound)), Double(within.upperBound))
      return Int32(bounded)
    case .histogram(let histogram): return Int32(max(1, histogram.draw(&stream)))
    case .listed(let lengths): return lengths[index % lengths.count]
    }
  }
}
