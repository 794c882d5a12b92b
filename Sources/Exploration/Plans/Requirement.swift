import Diagnostics
import Quantities

/// What a plan must hold: `tpot<50ms`, `memory.dram<8GB`, `coverage.attention>0.95`.
public struct Requirement: Sendable, Hashable {
  public let metric: PlannedMetric
  /// The metric stays below the limit; else above it.
  public let isUpper: Bool
  public var limit: Double
  public let text: String

  /// - Throws: `Faults` for a text of no such form, an unknown metric or another unit.
  public init(parsing text: String) throws(Faults) {
    let place = SourcePosition(file: "--require \(text)")
    guard let sign = text.firstIndex(where: { $0 == "<" || $0 == ">" }), sign != text.startIndex
    else {
      throw Faults(
        .malformed(
          format: "requirement", found: text, mend: "write METRIC<LIMIT, as tpot<50ms"),
        at: place)
    }
    metric = try PlannedMetric(String(text[..<sign]), option: "--require")
    isUpper = text[sign] == "<"
    var rest = text[text.index(after: sign)...]
    // Limits themselves are allowed either way: a model is not that exact.
    if rest.first == "=" { rest = rest.dropFirst() }
    let limit: Double
    do {
      limit = try metric.value(of: String(rest))
    } catch {
      throw Faults(
        .malformed(
          format: "limit of \(metric.name)", found: String(rest),
          mend: "write a number with its unit, as 50ms, 8GB or 15W"), at: place)
    }
    self.limit = limit
    self.text = text
  }

  public func holds(_ value: Double) -> Bool { isUpper ? value <= limit : value >= limit }

  /// By which share of the limit a value misses it; 0 where it holds.
  func violation(_ value: Double) -> Double {
    guard !holds(value) else { return 0 }
    return abs(value - limit) / max(abs(limit), 1e-300)
  }

  /// The same with a limit that is so much looser, as a share of it.
  func relaxed(by share: Double) -> Requirement {
    var other = self
    other.limit = isUpper ? limit * (1 + share) : limit * (1 - share)
    return other
  }
}
