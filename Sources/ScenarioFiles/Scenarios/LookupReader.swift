import Diagnostics
import Policies
import Quantities

/// Reads the list `lookup`: tables that layers read by address.
enum LookupReader {
  /// The most tables that one method reads.
  private static let limit = 64

  static func read(_ value: Value?) -> [LookupTable] {
    guard let value, let items = value.list("a list of tables") else { return [] }
    guard items.count <= limit else {
      value.refuse(
        .outOfRange(
          key: value.name, found: "\(items.count) tables", allowed: "at most \(limit)"))
      return []
    }
    var names: Set<String> = []
    return items.compactMap { item in
      guard let map = item.map("a map with name, rows, row and table"), let table = table(map)
      else { return nil }
      guard names.insert(table.name).inserted else {
        item.refuse(
          .conflict(key: item.name, found: table.name, mend: "another table has this name"))
        return nil
      }
      return table
    }
  }

  private static func table(_ map: MapReader) -> LookupTable? {
    let name = map.required("name", "a name of letters, digits and hyphens").flatMap(
      OverheadsReader.name)
    let layers = layers(map.value("layers"))
    let rows = map.required("rows", "rows that a token reads in a layer")?.integer(
      in: 1...100_000_000)
    let row = map.required("row", "bytes of a row")?.quantity(in: Bytes(1)...Bytes(1e9))
    let table = map.required("table", "bytes of the table of a layer")?.quantity(
      in: Bytes(1)...Bytes(1e15))
    let tier = map.value("tier")?.text()
    let transfer = map.value("transfer").map { $0.choice(Transfer.self, kind: "transfer") }
    let depth = map.value("depth").map { $0.integer(in: 1...65536) } ?? 32
    let ahead = map.value("prefetch").map {
      $0.quantity(Layers.self, in: Layers(0)...Layers(4096))
    }
    let zipf = map.value("zipf").map { $0.number(in: 0...4) } ?? 0
    let hot = map.value("hot").map { $0.number(in: 0...1) } ?? 0
    let launches = map.value("launches").map { $0.integer(in: 1...100_000) } ?? 1
    let inPrompt = map.value("prompt").map { $0.boolean() } ?? true
    for key in ["transfer", "depth", "prefetch", "hot"] where tier == nil && map.contains(key) {
      map.faults.add(
        .conflict(
          key: map.name(of: key), found: "given without a tier",
          mend: "the table lies beside the processor; name the tier where it is, or leave it out"),
        at: map.position)
    }
    map.finish()
    guard let name, let layers, let rows, let row, let table, let depth, let zipf, let hot,
      let launches, let inPrompt, transfer != .some(nil), ahead != .some(nil)
    else { return nil }
    guard row <= table else {
      map.faults.add(
        .outOfRange(
          key: map.name(of: "row"), found: "\(row)", allowed: "at most the table of \(table)"),
        at: map.position)
      return nil
    }
    return LookupTable(
      name: name, layers: layers, rows: rows, row: row, table: table, tier: tier,
      transfer: (transfer ?? nil) ?? .gatherKernel, depth: depth,
      prefetchLayers: Int((ahead ?? nil)?.value ?? 0), zipf: zipf, hot: hot, launches: launches,
      inPrompt: inPrompt)
  }

  /// One range of layers, or a list of them.
  private static func layers(_ value: Value?) -> [LayerRange]? {
    guard let value, value.isList else { return LayerRangeReader.read(value).map { [$0] } }
    guard let items = value.list() else { return nil }
    let ranges = items.compactMap { LayerRangeReader.read($0) }
    return ranges.count == items.count ? ranges : nil
  }
}
