import Diagnostics
import NumericalMethods

/// Draws traces of other dimensions that repeat themselves as a recorded one does.
///
/// A layer of the drawn trace is like the recorded layer at the same depth. The same seed gives the
/// same bytes. Each kind keeps: touches a step by layer, new entries by window, popularity by rank;
/// pages also the share of recent pages and of the first page.
public enum TraceSynthesis {
  /// Drawn sizes stay below this, so that every product fits.
  static let sizeLimit = 1 << 24

  static func check(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws(TraceFault) {
    guard range.contains(value) else {
      throw TraceFault(
        .outOfRange(
          key: key, found: "\(value)",
          allowed: "a whole number between \(range.lowerBound) and \(range.upperBound)"))
    }
  }

  /// A drawn trace of more than 16 GiB is a slip of the hand.
  static func check(bytes factors: [Int]) throws(TraceFault) {
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      guard !overflow, next <= 1 << 34 else {
        throw TraceFault(
          .outOfRange(
            key: "the trace", found: factors.map(String.init).joined(separator: " x "),
            allowed: "at most 16 GiB in all"))
      }
      product = next
    }
  }

  static func missing(_ name: ColumnName, _ trace: Trace) -> TraceFault {
    TraceFault(
      .unknownName(
        key: "--like", kind: "column", found: name.rawValue, known: trace.columns.map(\.name)))
  }

  /// The recorded layer at the depth of layer `layer` of `count`.
  static func recorded(_ layer: Int, of count: Int, among recorded: Int) -> Int {
    min(recorded - 1, (2 * layer + 1) * recorded / (2 * count))
  }

  static func header(like trace: Trace, seed: UInt64, _ text: String) -> TraceHeader {
    TraceHeader(
      model: trace.header.model, source: trace.header.source, domain: trace.header.domain,
      licence: trace.header.licence, note: "synthesised like the trace of this origin: \(text)",
      seed: seed)
  }

  /// Numbers 0..<count in a keyed random order.
  static func order(_ count: Int, seed: UInt64, _ purpose: KeyedStream.Purpose, _ entity: Int)
    -> [Int]
  {
    var stream = KeyedStream(seed: seed, purpose: purpose, entity: UInt64(entity))
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, stream.below(index + 1))
    }
    return order
  }
}
