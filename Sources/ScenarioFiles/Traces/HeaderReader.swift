import Diagnostics
import Traces

/// One column as the header lists it.
struct ColumnEntry {
  var name: String
  var type: ElementType
  var shape: [Int]
  var offset: Int
  var checksum: String
  var position: SourcePosition
}

/// The JSON header of a trace as values; strict about keys.
struct HeaderReader {
  var trace: TraceHeader
  var columns: [ColumnEntry]

  static func read(_ text: String, file: String) throws(Faults) -> HeaderReader {
    let document = try Document(text: text, file: file)
    let map = try document.map()
    let schema = map.required("schema", "1")?.integer(in: 0...Int.max)
    if let schema, schema != TraceLayout.schema {
      throw Faults(
        .outOfRange(
          key: "schema", found: "\(schema)", allowed: "\(TraceLayout.schema); make the file again"),
        at: map.position)
    }
    var header = TraceHeader(
      model: map.required("model", "text")?.text() ?? "",
      source: map.required("source", "text")?.text() ?? "",
      domain: map.required("domain", "text")?.text() ?? "",
      licence: map.required("licence", "text")?.text() ?? "",
      note: map.required("note", "text")?.text() ?? "")
    header.seed = map.value("seed")?.integer(in: 0...Int.max).map(UInt64.init)
    header.pages = map.value("pages")?.map().map(pages)
    header.experts = map.value("experts")?.map().map(experts)
    header.neurons = map.value("neurons")?.map().map(neurons)
    let columns = map.required("columns", "a list of columns")?.list()?.compactMap(column)
    map.finish()
    try document.faults.throwIfAny()
    return HeaderReader(trace: header, columns: columns ?? [])
  }

  private static func pages(_ map: MapReader) -> TraceHeader.Pages {
    defer { map.finish() }
    return TraceHeader.Pages(
      pageTokens: amount(map, "page_tokens"), firstPosition: amount(map, "first_position"),
      layers: integers(map.required("layers", "a list of layer numbers")))
  }

  private static func experts(_ map: MapReader) -> TraceHeader.Experts {
    defer { map.finish() }
    return TraceHeader.Experts(
      expertCount: amount(map, "expert_count"),
      layers: integers(map.required("layers", "a list of layer numbers")))
  }

  private static func neurons(_ map: MapReader) -> TraceHeader.Neurons {
    defer { map.finish() }
    return TraceHeader.Neurons(
      firstPosition: amount(map, "first_position"),
      layers: integers(map.required("layers", "a list of layer numbers")))
  }

  private static func amount(_ map: MapReader, _ key: String) -> Int {
    map.required(key, "a whole number")?.integer(in: 0...(1 << 40)) ?? 0
  }

  private static func integers(_ value: Value?) -> [Int] {
    (value?.list() ?? []).compactMap { $0.integer(in: 0...Int.max) }
  }

  private static func column(_ value: Value) -> ColumnEntry? {
    guard let map = value.map() else { return nil }
    let name = map.required("name", "a column's name")?.text()
    let type = map.required("type", "an element type")?.choice(ElementType.self, kind: "type")
    let shape = integers(map.required("shape", "a list of sizes"))
    let offset = map.required("offset", "a byte offset")?.integer(in: 0...Int.max)
    let checksum = map.required("checksum", "16 hexadecimal digits")?.text()
    map.finish()
    guard let name, let type, let offset, let checksum else { return nil }
    return ColumnEntry(
      name: name, type: type, shape: shape, offset: offset, checksum: checksum,
      position: value.position)
  }
}
