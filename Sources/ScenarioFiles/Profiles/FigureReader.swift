import Diagnostics
import Hardware
import Quantities

/// Reads the figures of one group: plain scalars, or maps of `value`, `source`, `basis` and `spread`.
struct FigureReader {
  let map: MapReader
  let origin: Origin
  let book: SourceBook

  init(_ map: MapReader, under outer: Origin = Origin(), book: SourceBook) {
    self.map = map
    self.book = book
    origin = Origin(of: map, under: outer, book: book)
  }

  func optional<T>(_ key: String, _ read: (Value) -> T?) -> Figure<T>? {
    map.value(key).flatMap { figure($0, read) }
  }

  func required<T>(_ key: String, _ expected: String, _ read: (Value) -> T?) -> Figure<T>? {
    map.required(key, expected).flatMap { figure($0, read) }
  }

  func optional<Q: Quantity>(_ key: String, in range: ClosedRange<Q>) -> Figure<Q>? {
    optional(key) { $0.quantity(in: range) }
  }

  func required<Q: Quantity>(_ key: String, in range: ClosedRange<Q>) -> Figure<Q>? {
    required(key, "an amount with its unit and a source") { $0.quantity(in: range) }
  }

  /// The points of a curve with their source, under `key`.
  func curve(
    _ key: String, _ read: (Value) -> Curve? = CurveReader.curve
  ) -> Figure<Curve>? {
    guard let map = map.value(key)?.map("a map of points, source and basis") else { return nil }
    let reader = FigureReader(map, under: origin, book: book)
    defer { map.finish() }
    guard let points = map.required("points", "a list of [size, share]") else { return nil }
    return reader.attribute(read(points), at: points)
  }

  /// A figure that is not under a key of its own: a row of a table.
  func attribute<T>(_ value: T?, at place: Value) -> Figure<T>? {
    guard let value else { return nil }
    return attribute(value, origin, name: map.path, position: place.position)
  }

  private func figure<T>(_ value: Value, _ read: (Value) -> T?) -> Figure<T>? {
    guard value.isMap, let inner = value.map() else {
      guard let amount = read(value) else { return nil }
      return attribute(amount, origin, name: value.name, position: value.position)
    }
    defer { inner.finish() }
    let own = Origin(of: inner, under: origin, book: book)
    guard let amount = inner.required("value", "the figure itself").flatMap(read) else {
      return nil
    }
    let spread = inner.value("spread")?.number(in: 0...10)
    return attribute(amount, own, name: value.name, position: value.position, spread: spread)
  }

  private func attribute<T>(
    _ value: T, _ origin: Origin, name: String, position: SourcePosition, spread: Double? = nil
  ) -> Figure<T>? {
    switch origin.source {
    case .key(let key): return Figure(value, source: key, basis: origin.basis, spread: spread)
    case .faulty: return nil
    case .none:
      map.faults.add(
        .missingKey("\(name).source", expected: "a key of 'sources' here or on its group"),
        at: position)
      return nil
    }
  }
}
