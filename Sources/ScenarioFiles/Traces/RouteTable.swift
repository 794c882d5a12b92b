import Diagnostics
import Traces

/// Tables of routes with one row a (token, layer, slot): one prefill batch, then decode steps.
enum RouteTable {
  private static let columns = [
    "phase", "step", "layer", "slot", "expert", "weight", "residency", "expert_bytes",
  ]

  private struct Row {
    var phase, step, layer, slot, expert: Int
    var weight: Float16
    var line: Int
  }

  static func read(
    _ bytes: [UInt8], file: String, options: TraceImport.Options
  ) throws(Faults) -> Trace {
    let rows = try rows(bytes, file: file)
    func extent(_ of: (Row) -> Int) -> Int { (rows.lazy.map(of).max() ?? 0) + 1 }
    let (tokens, layers, topK) = (extent(\.step), extent(\.layer), extent(\.slot))
    // The table does not say how many experts there are; a power of two is the least that fits.
    var expertCount = 1
    while expertCount < extent(\.expert) { expertCount *= 2 }
    let isWide = expertCount > 255
    var ids = [UInt16](repeating: .max, count: tokens * layers * topK)
    var weights = [Float16](repeating: 0, count: ids.count)
    var prefill = 0
    for row in rows {
      let index = (row.step * layers + row.layer) * topK + row.slot
      guard ids[index] == .max else {
        throw fault(
          row, file,
          .conflict(
            key: "slot", found: "\(row.slot)",
            mend: "step \(row.step), layer \(row.layer) has it already; keep one row"))
      }
      ids[index] = UInt16(row.expert)
      weights[index] = row.weight
      if row.phase == 0 { prefill = max(prefill, row.step + 1) }
    }
    for token in prefill..<max(prefill, tokens) {
      let row = token * layers * topK..<(token + 1) * layers * topK
      guard !ids[row].contains(.max) else {
        throw Faults(
          .malformed(
            format: "table of routes", found: "step \(token) without all its layers and slots",
            mend: "give \(layers) x \(topK) rows"), at: SourcePosition(file: file))
      }
    }
    let shape = [tokens, layers, topK]
    let narrow = ids.map { UInt8(truncatingIfNeeded: $0) }
    let starts = (prefill > 0 ? [0] : []) + Array(max(prefill, 0)...tokens)
    var parts = [
      isWide
        ? Column("experts", .u16, shape: shape, copying: ids)
        : Column("experts", .u8, shape: shape, copying: narrow),
      Column("expert_weights", .f16, shape: shape, copying: weights),
      Column("step_start", .u32, shape: [starts.count], copying: starts.map(UInt32.init)),
    ]
    if let layerBytes = options.layerBytes {
      parts += try LayerBytes.read(layerBytes, for: TraceImport.name(of: file), layers: layers)
    }
    let header = TraceHeader(
      model: options.model ?? modelName(file),
      source: options.source ?? TraceImport.name(of: file),
      domain: options.domain ?? "one prompt", licence: options.licence ?? "unknown",
      note: "step 0 is the prefill batch, each later step one token",
      experts: .init(expertCount: expertCount, layers: Array(0..<layers)))
    return try TraceImport.trace(header, parts, file: file)
  }

  private static func modelName(_ file: String) -> String {
    let name = TraceImport.name(of: file)
    let parts = name.split(separator: "_")
    return parts.count > 2 ? String(parts[1]) : name
  }

  private static func fault(_ row: Row, _ file: String, _ problem: Problem) -> Faults {
    Faults(problem, at: SourcePosition(file: file, line: row.line))
  }

  private static func rows(_ bytes: [UInt8], file: String) throws(Faults) -> [Row] {
    var scanner = try CSVScanner(bytes, columns: columns, file: file)
    var rows: [Row] = []
    while try scanner.next() {
      let row = Row(
        phase: try scanner.integer(0, in: 0...1), step: try scanner.integer(1, in: 0...0xFFFF),
        layer: try scanner.integer(2, in: 0...255), slot: try scanner.integer(3, in: 0...63),
        expert: try scanner.integer(4, in: 0...4095),
        weight: Float16(try scanner.number(5, in: 0...1024)), line: scanner.line)
      _ = try scanner.integer(6, in: 0...2)
      _ = try scanner.integer(7, in: 0...Int.max)
      if let last = rows.last {
        let rises =
          row.phase > last.phase && row.step > last.step
          || row.phase == last.phase
            && (row.phase == 0
              ? (row.layer, row.step, row.slot) > (last.layer, last.step, last.slot)
              : (row.step, row.layer, row.slot) > (last.step, last.layer, last.slot))
        guard rises else {
          throw fault(
            row, file,
            .conflict(
              key: "step", found: "\(row.step)",
              mend: "sort prefill rows by layer, step, slot and decode rows by step, layer, slot"))
        }
      }
      rows.append(row)
    }
    guard !rows.isEmpty else {
      throw Faults(
        .malformed(format: "table of routes", found: "no rows", mend: "is it the right file?"),
        at: SourcePosition(file: file))
    }
    let size = (rows.lazy.map(\.step).max() ?? 0) + 1
    let width = (rows.lazy.map(\.layer).max() ?? 0) + 1
    guard size * width <= rows.count * 64 else {
      throw Faults(
        .malformed(
          format: "table of routes",
          found: "\(rows.count) rows for \(size) steps of \(width) layers",
          mend: "number steps and layers from 0 without gaps"), at: SourcePosition(file: file))
    }
    return rows
  }
}
