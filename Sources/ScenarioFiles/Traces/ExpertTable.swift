import Diagnostics
import Traces

/// Tables of experts with one row a (sequence, position, layer), and their weights row by row.
enum ExpertTable {
  static func read(
    _ bytes: [UInt8], file: String, options: TraceImport.Options
  ) throws(Faults) -> Trace {
    let header = bytes.prefix { $0 != 10 }
    let topK = header.split(separator: 44).count - 3
    guard (1...64).contains(topK) else {
      throw Faults(
        .missingKey("e0", expected: "the columns seq,pos,layer,e0,e1,…"),
        at: SourcePosition(file: file, line: 1))
    }
    var scanner = try CSVScanner(
      bytes, columns: ["seq", "pos", "layer"] + (0..<topK).map { "e\($0)" }, file: file)
    var ids: [UInt16] = []
    var starts: [UInt32] = []
    var layers: [Int] = []
    var layerIndex = 0
    var token = -1
    var last = (sequence: -1, position: -1)
    var isFirst = true
    while try scanner.next() {
      let sequence = try scanner.integer(0, in: 0...0xFF_FFFF)
      let position = try scanner.integer(1, in: 0...0xFF_FFFF)
      let layer = try scanner.integer(2, in: 0...255)
      if (sequence, position) != last {
        guard token < 0 || layerIndex == layers.count || isFirst else {
          throw scanner.fault(
            .conflict(
              key: "layer", found: "\(layer)",
              mend: "the token before has \(layerIndex) of \(layers.count) layers"))
        }
        if token >= 0 { isFirst = false }
        let follows =
          sequence == last.sequence
          ? position == last.position + 1 : sequence > last.sequence && position == 0
        guard follows else {
          throw scanner.fault(
            .conflict(
              key: "pos", found: "\(position)",
              mend: "sort rows by seq, pos, layer; positions of a sequence count from 0"))
        }
        token += 1
        layerIndex = 0
        if sequence != last.sequence { starts.append(UInt32(token)) }
        last = (sequence, position)
      }
      if isFirst {
        guard layer > (layers.last ?? -1) else {
          throw scanner.fault(
            .conflict(key: "layer", found: "\(layer)", mend: "sort rows by seq, pos, layer"))
        }
        layers.append(layer)
      } else {
        guard layerIndex < layers.count, layers[layerIndex] == layer else {
          throw scanner.fault(
            .conflict(
              key: "layer", found: "\(layer)", mend: "list the layers of the first token"))
        }
      }
      layerIndex += 1
      for slot in 0..<topK {
        ids.append(UInt16(try scanner.integer(3 + slot, in: 0...4095)))
      }
    }
    guard token >= 0, layerIndex == layers.count else {
      throw Faults(
        .malformed(
          format: "table of experts", found: "a last token without all its layers",
          mend: "copy the whole file"), at: SourcePosition(file: file))
    }
    var parts = parts(ids, shape: [token + 1, layers.count, topK], starts)
    if let weights = options.weights {
      parts.append(
        try self.weights(weights, rows: ids.count / topK, topK, shape: parts[0].shape))
    }
    let text = TraceImport.name(of: file)
    var expertCount = 1
    while expertCount <= Int(ids.max() ?? 0) { expertCount *= 2 }
    return try TraceImport.trace(
      TraceHeader(
        model: options.model ?? String(text.prefix { $0 != "_" }),
        source: options.source ?? text, domain: options.domain ?? "unknown",
        licence: options.licence ?? "unknown",
        note: "teacher-forced sequences; each token is a step of its own",
        experts: .init(expertCount: expertCount, layers: layers)), parts, file: file)
  }

  private static func parts(_ ids: [UInt16], shape: [Int], _ starts: [UInt32]) -> [Column] {
    let isNarrow = ids.allSatisfy { $0 < 128 }
    return [
      isNarrow
        ? Column(
          "experts", .u8, shape: shape, copying: ids.map { UInt8(truncatingIfNeeded: $0) })
        : Column("experts", .u16, shape: shape, copying: ids),
      Column("sequence_start", .u32, shape: [starts.count], copying: starts),
    ]
  }

  private static func weights(
    _ file: String, rows: Int, _ topK: Int, shape: [Int]
  ) throws(Faults) -> Column {
    var scanner = try CSVScanner(
      try TraceImport.content(file), columns: (0..<topK).map { "w\($0)" }, file: file)
    var weights: [Float16] = []
    weights.reserveCapacity(rows * topK)
    while try scanner.next() {
      for slot in 0..<topK {
        weights.append(Float16(Double(try scanner.integer(slot, in: 0...10_000)) * 1e-4))
      }
    }
    guard weights.count == rows * topK else {
      throw Faults(
        .conflict(
          key: "weights", found: "\(weights.count / topK) rows", mend: "the experts have \(rows)"),
        at: SourcePosition(file: file))
    }
    return Column("expert_weights", .f16, shape: shape, copying: weights)
  }
}
