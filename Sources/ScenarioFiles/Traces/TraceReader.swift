import Diagnostics
import Traces

/// Reads `.ltrace` files by memory map: nothing is copied, everything is checked once.
public enum TraceReader {
  /// - Throws: `Faults` with the file, the key and what would be right.
  public static func read(_ file: String) throws(Faults) -> Trace {
    let map = try MappedFile(file)
    let position = SourcePosition(file: file)
    func refuse(_ found: String, _ mend: String) -> Faults {
      Faults(.malformed(format: "ltrace", found: found, mend: mend), at: position)
    }
    let bytes = map.bytes
    guard bytes.count >= 8, bytes.prefix(8).elementsEqual(TraceLayout.magic) else {
      throw refuse(
        "the first 8 bytes are not the magic of a trace", "import it with 'lacuna trace import'")
    }
    guard bytes.count >= TraceLayout.prefixSize else {
      throw refuse("the file ends in its prefix", "copy the whole file")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    guard length > 0, length <= TraceLayout.headerLimit else {
      throw refuse(
        "header length \(length)", "it must be between 1 and \(TraceLayout.headerLimit) bytes")
    }
    let headerEnd = TraceLayout.prefixSize + Int(length)
    guard headerEnd <= bytes.count else {
      throw refuse("the header needs \(headerEnd) bytes of \(bytes.count)", "copy the whole file")
    }
    let headerBytes = UnsafeRawBufferPointer(rebasing: bytes[TraceLayout.prefixSize..<headerEnd])
    let stated = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    guard TraceLayout.checksum(headerBytes) == stated else {
      throw refuse("the header does not match its checksum", "make the file again")
    }
    guard let text = String(validating: headerBytes, as: UTF8.self) else {
      throw refuse("a header that is not UTF-8", "make the file again")
    }
    let header = try HeaderReader.read(text, file: file)
    let columns = try columns(header.columns, of: map, from: headerEnd, position)
    do {
      return try Trace(header: header.trace, columns: columns)
    } catch {
      throw Faults(error.problem, at: position)
    }
  }

  private static func columns(
    _ entries: [ColumnEntry], of map: MappedFile, from headerEnd: Int, _ file: SourcePosition
  ) throws(Faults) -> [Column] {
    var end = headerEnd
    var columns: [Column] = []
    for entry in entries {
      let key = "columns.\(entry.name)"
      guard let count = Column.byteCount(type: entry.type, shape: entry.shape), count > 0,
        count <= map.bytes.count
      else {
        throw Faults(
          .outOfRange(
            key: "\(key).shape", found: "\(entry.shape)",
            allowed: "sizes of 1 or more whose bytes fit the file of \(map.bytes.count)"),
          at: entry.position)
      }
      guard entry.offset == TraceLayout.aligned(end) else {
        throw Faults(
          .outOfRange(
            key: "\(key).offset", found: "\(entry.offset)",
            allowed: "\(TraceLayout.aligned(end)), the next multiple of 64"), at: entry.position)
      }
      guard entry.offset <= map.bytes.count - count else {
        throw Faults(
          .malformed(
            format: "ltrace",
            found:
              "column \(entry.name) ends at byte \(entry.offset + count) of \(map.bytes.count)",
            mend: "copy the whole file"), at: file)
      }
      end = entry.offset + count
      let bytes = UnsafeRawBufferPointer(rebasing: map.bytes[entry.offset..<end])
      guard TraceLayout.text(TraceLayout.checksum(bytes)) == entry.checksum else {
        throw Faults(
          .conflict(
            key: "\(key).checksum", found: entry.checksum,
            mend: "the column's bytes do not match it; make the file again"), at: entry.position)
      }
      columns.append(
        Column(name: entry.name, type: entry.type, shape: entry.shape, bytes: bytes, owner: map))
    }
    guard end == map.bytes.count else {
      throw Faults(
        .malformed(
          format: "ltrace", found: "\(map.bytes.count - end) bytes after the last column",
          mend: "make the file again"), at: file)
    }
    return columns
  }
}
