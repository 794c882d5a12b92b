import Diagnostics
import Traces

/// Writes `.ltrace` files; the same trace gives the same bytes.
public enum TraceWriter {
  /// - Throws: `Faults` when the file cannot be written; nothing is left behind then.
  public static func write(_ trace: Trace, to file: String) throws(Faults) {
    let output = try OutputFile(file)
    let header = headerText(trace)
    let headerBytes = Array(header.utf8)
    var prefix = TraceLayout.magic
    let checksum = headerBytes.withUnsafeBytes { TraceLayout.checksum($0) }
    for word in [UInt64(headerBytes.count), checksum] {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        prefix.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    let head = prefix + headerBytes
    try output.write(head)
    var end = head.count
    for column in trace.columns {
      let padding = [UInt8](repeating: 0, count: TraceLayout.aligned(end) - end)
      try output.write(padding)
      try output.write(column.bytes)
      end += padding.count + column.bytes.count
    }
    try output.commit()
  }

  /// The header, one column a line. Offsets depend on the header's length, which depends on their
  /// digits; so the text is made again until it does not move.
  private static func headerText(_ trace: Trace) -> String {
    let checksums = trace.columns.map { TraceLayout.text(TraceLayout.checksum($0.bytes)) }
    var length = 0
    while true {
      let text = headerText(trace, checksums: checksums, length: length)
      if text.utf8.count == length { return text }
      length = text.utf8.count
    }
  }

  private static func headerText(_ trace: Trace, checksums: [String], length: Int) -> String {
    let header = trace.header
    var lines = [
      "\"schema\": \(TraceLayout.schema)",
      "\"model\": \(JSONText.quoted(header.model))",
      "\"source\": \(JSONText.quoted(header.source))",
      "\"domain\": \(JSONText.quoted(header.domain))",
      "\"licence\": \(JSONText.quoted(header.licence))",
      "\"note\": \(JSONText.quoted(header.note))",
    ]
    if let seed = header.seed { lines.append("\"seed\": \(seed)") }
    if let about = header.pages {
      lines.append(
        "\"pages\": {\"page_tokens\": \(about.pageTokens), "
          + "\"first_position\": \(about.firstPosition), \"layers\": \(about.layers)}")
    }
    if let about = header.experts {
      lines.append(
        "\"experts\": {\"expert_count\": \(about.expertCount), \"layers\": \(about.layers)}")
    }
    if let about = header.neurons {
      lines.append(
        "\"neurons\": {\"first_position\": \(about.firstPosition), \"layers\": \(about.layers)}")
    }
    var end = TraceLayout.prefixSize + length
    var entries: [String] = []
    for (column, checksum) in zip(trace.columns, checksums) {
      let offset = TraceLayout.aligned(end)
      entries.append(
        "    {\"name\": \"\(column.name)\", \"type\": \"\(column.type.rawValue)\", "
          + "\"shape\": \(column.shape), \"offset\": \(offset), \"checksum\": \"\(checksum)\"}")
      end = offset + column.bytes.count
    }
    lines.append("\"columns\": [\n\(entries.joined(separator: ",\n"))\n  ]")
    return "{\n" + lines.map { "  \($0)" }.joined(separator: ",\n") + "\n}\n"
  }
}

/// Text as a JSON string.
public enum JSONText {
  public static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case _ where scalar.value < 32 || scalar.value == 127:
        out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
