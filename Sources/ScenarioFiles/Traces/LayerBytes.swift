import Diagnostics
import Traces

/// The table of bytes by layer: of one expert and of the dense part, for several traces.
enum LayerBytes {
  /// The columns of the trace whose name stands in `name`, a file's name.
  static func read(_ file: String, for name: String, layers: Int) throws(Faults) -> [Column] {
    var scanner = try CSVScanner(
      try TraceImport.content(file), columns: ["trace", "layer", "expert_bytes", "dense_bytes"],
      file: file)
    var expert: [UInt32] = []
    var dense: [UInt32] = []
    var known: [String] = []
    while try scanner.next() {
      let trace = scanner.text(0)
      if known.last != trace { known.append(trace) }
      let layer = try scanner.integer(1, in: 0...255)
      let expertBytes = try scanner.integer(2, in: 1...Int(UInt32.max))
      let denseBytes = try scanner.integer(3, in: 0...Int(UInt32.max))
      guard !trace.isEmpty, name.contains(trace) else { continue }
      guard layer == expert.count else {
        throw scanner.fault(
          .outOfRange(key: "layer", found: "\(layer)", allowed: "\(expert.count), the next layer"))
      }
      expert.append(UInt32(expertBytes))
      dense.append(UInt32(denseBytes))
    }
    guard !expert.isEmpty else {
      throw Faults(
        .unknownName(key: "trace", kind: "trace", found: name, known: known),
        at: SourcePosition(file: file))
    }
    guard expert.count == layers else {
      throw Faults(
        .conflict(
          key: "layer", found: "\(expert.count) layers", mend: "the trace has \(layers)"),
        at: SourcePosition(file: file))
    }
    return [
      Column("expert_bytes", .u32, shape: [layers], copying: expert),
      Column("dense_bytes", .u32, shape: [layers], copying: dense),
    ]
  }
}
