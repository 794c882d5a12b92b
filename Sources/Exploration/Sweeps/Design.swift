import Diagnostics
import NumericalMethods

/// Which points of a space of axes a sweep visits, in a fixed order.
///
/// A point is the place of a value on each axis. The same design gives the same points in the same
/// order on every machine, whoever asks for which of them.
public struct Design: Sendable, Hashable {
  public enum Sampling: Sendable, Hashable {
    /// Every combination, the last axis fastest.
    case grid
    /// So many points of Sobol's sequence, each coordinate rounded to a value.
    case sobol(Int)
    /// So many points of which every axis has one in each of as many equal parts.
    case latin(Int)
    /// The middle value of every axis, then every other value of one axis after another.
    case oneAtATime
  }

  public let axes: [Axis]
  public let sampling: Sampling
  /// Of the draws of `latin`.
  public let seed: UInt64
  public let count: Int

  /// The most points of one sweep.
  public static let limit = 1_000_000_000

  /// - Throws: `Faults` for a key that two axes vary, no axis, and too many points or axes.
  public init(axes: [Axis], sampling: Sampling = .grid, seed: UInt64 = 1) throws(Faults) {
    let place = SourcePosition(file: "--vary")
    for (index, axis) in axes.enumerated() {
      let rest = axes[(index + 1)...]
      if let other = rest.first(where: { Self.overlap(axis.key, $0.key) }) {
        throw Faults(
          .conflict(
            key: axis.key, found: other.key, mend: "two axes change one key; leave one out"),
          at: place)
      }
    }
    self.axes = axes
    self.sampling = sampling
    self.seed = seed
    count = try Self.count(axes, sampling, place)
  }

  private static func overlap(_ a: String, _ b: String) -> Bool {
    a == b || a.hasPrefix(b + ".") || b.hasPrefix(a + ".")
  }

  private static func count(
    _ axes: [Axis], _ sampling: Sampling, _ place: SourcePosition
  ) throws(Faults) -> Int {
    var count = 1
    switch sampling {
    case .grid:
      for axis in axes {
        let (product, overflow) = count.multipliedReportingOverflow(by: axis.values.count)
        count = overflow ? limit + 1 : min(product, limit + 1)
      }
    case .oneAtATime: count = axes.reduce(1) { $0 + $1.values.count - 1 }
    case .sobol(let points), .latin(let points):
      count = points
      guard !axes.isEmpty else {
        throw Faults(
          .conflict(key: "--sample", found: "\(points) points", mend: "name keys with --vary"),
          at: place)
      }
    }
    if case .sobol = sampling, axes.count > SobolSequence.mostDimensions {
      throw Faults(
        .outOfRange(
          key: "--sample", found: "\(axes.count) axes",
          allowed: "at most \(SobolSequence.mostDimensions) axes of Sobol points; use latin"),
        at: place)
    }
    guard (1...limit).contains(count) else {
      throw Faults(
        .outOfRange(
          key: "--vary", found: count > limit ? "more than \(limit) points" : "\(count) points",
          allowed: "1 to \(limit) points; sample them with --sample sobol:N"),
        at: place)
    }
    return count
  }

  /// Where no value is chosen yet: the middle of each axis.
  var middle: [Int] { axes.map { ($0.values.count - 1) / 2 } }
}

/// Walks the points of a design; one belongs to one thread.
public struct DesignCursor {
  private let design: Design
  private var sobol: SobolPoints?
  /// Of `latin`: for each axis the part of every point.
  private let parts: [[UInt32]]

  public init(_ design: Design) {
    self.design = design
    guard case .latin(let points) = design.sampling else {
      parts = []
      return
    }
    parts = design.axes.indices.map { axis in
      var draws = KeyedStream(seed: design.seed, purpose: "latin", entity: UInt64(axis))
      return (0..<UInt32(points)).shuffled(using: &draws)
    }
  }

  /// Fills `point` with the places of point `index`.
  /// - Precondition: `index` is below the design's count, and `point` has a place for each axis.
  /// - Complexity: O(axes); for Sobol points O(distance), forwards, from the last one asked for.
  public mutating func point(
    _ index: Int, into point: inout [Int]
  ) throws(NumericalFault) {
    let axes = design.axes
    switch design.sampling {
    case .grid:
      var rest = index
      for axis in axes.indices.reversed() {
        let count = axes[axis].values.count
        point[axis] = rest % count
        rest /= count
      }
    case .oneAtATime: fillOneAtATime(index, &point)
    case .sobol:
      let coordinates = try coordinates(index)
      for axis in axes.indices {
        point[axis] = Self.place(coordinates[axis], axes[axis].values.count)
      }
    case .latin(let points):
      for axis in axes.indices {
        let share = (Double(parts[axis][index]) + 0.5) / Double(points)
        point[axis] = Self.place(share, axes[axis].values.count)
      }
    }
  }

  private func fillOneAtATime(_ index: Int, _ point: inout [Int]) {
    let middle = design.middle
    for axis in point.indices { point[axis] = middle[axis] }
    var rest = index - 1
    guard rest >= 0 else { return }
    for axis in point.indices {
      let others = design.axes[axis].values.count - 1
      if rest < others {
        point[axis] = rest < middle[axis] ? rest : rest + 1
        return
      }
      rest -= others
    }
  }

  private mutating func coordinates(_ index: Int) throws(NumericalFault) -> [Double] {
    if let sobol, sobol.sequence.index <= index { return try sobol.point(index) }
    let points = SobolPoints(
      try SobolSequence(dimensions: design.axes.count, skipping: index))
    sobol = points
    return try points.point(index)
  }

  private static func place(_ share: Double, _ count: Int) -> Int {
    min(count - 1, Int(share * Double(count)))
  }
}

/// A sequence that is not copied, within a cursor that may be.
private final class SobolPoints {
  private(set) var sequence: SobolSequence

  init(_ sequence: consuming SobolSequence) { self.sequence = sequence }

  /// - Precondition: `index` is not passed yet.
  func point(_ index: Int) throws(NumericalFault) -> [Double] {
    while sequence.index < index { _ = try sequence.next() }
    return try sequence.next()
  }
}
