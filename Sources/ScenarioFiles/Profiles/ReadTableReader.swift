import Diagnostics
import Hardware
import Quantities

/// Reads the random-read table of a storage tier, which `ReadTable` takes only whole.
struct ReadTableReader {
  let book: SourceBook
  /// More requests in flight than any device queues.
  static let depths = 1...65_536

  /// - Parameter peak: the tier's bandwidth, which no row may exceed.
  func table(_ value: Value, under outer: Origin, peak: BytesPerSecond?) -> ReadTable? {
    guard let map = value.map("a map of points, source and basis") else { return nil }
    defer { map.finish() }
    let figures = FigureReader(map, under: outer, book: book)
    guard
      let items = map.required("points", "a list of {chunk, depth, throughput}")?.list()
    else { return nil }
    guard !items.isEmpty else {
      value.refuse(
        .wrongKind(key: "\(value.name).points", found: "an empty list", expected: "points"))
      return nil
    }
    var points: [ReadTable.Point] = []
    var seen: Set<Row> = []
    for item in items {
      guard let row = item.map("{chunk, depth, throughput}"),
        let point = point(row, under: figures.origin)
      else { continue }
      guard seen.insert(Row(chunk: point.chunk, depth: point.depth)).inserted else {
        item.refuse(
          .conflict(
            key: item.name, found: "depth \(point.depth), chunk \(point.chunk)",
            mend: "this pair is in the table already; remove one"))
        continue
      }
      if let peak, point.throughput.value > peak {
        item.refuse(
          .conflict(
            key: "\(item.name).throughput", found: "\(point.throughput.value)",
            mend: "it cannot exceed the tier's bandwidth \(peak)"))
      }
      points.append(point)
    }
    return points.count == items.count ? ReadTable(points) : nil
  }

  private func point(_ map: MapReader, under origin: Origin) -> ReadTable.Point? {
    defer { map.finish() }
    let figures = FigureReader(map, under: origin, book: book)
    let chunk: Bytes? = map.required("chunk", "a size such as 4 KiB")?.quantity(in: Limits.size)
    let depth = map.required("depth", "requests in flight")?.integer(in: ReadTableReader.depths)
    guard let throughput = figures.required("throughput", in: Limits.rate), let chunk, let depth
    else { return nil }
    return ReadTable.Point(chunk: chunk, depth: depth, throughput: throughput)
  }

  private struct Row: Hashable {
    var chunk: Bytes
    var depth: Int
  }
}
