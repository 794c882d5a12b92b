import Diagnostics
import Foundation
import ScenarioFiles
import Testing
import Traces

/// What a small good file looks like, and one test for each way to spoil it.
@Suite struct TraceFileTests {
  static let experts = [UInt8]([0, 1, 2, 3, 255, 255])

  static func trace() throws -> Trace {
    try Trace(
      header: TraceHeader(
        model: "a \"model\"", source: "a\\b", domain: "text", licence: "none",
        pages: .init(pageTokens: 16, firstPosition: 100, layers: [0, 1]),
        experts: .init(expertCount: 4, layers: [3])),
      columns: [
        Column("pages", .u16, shape: [1, 2, 1, 2], copying: [6, 0, 5, 1] as [UInt16]),
        Column("page_mass", .f16, shape: [1, 2, 1, 2], copying: [0.5, 0.25, 1, 0] as [Float16]),
        Column("experts", .u8, shape: [3, 1, 2], copying: experts),
      ])
  }

  @Test func whatIsWrittenIsRead() throws {
    let scratch = try Scratch()
    let file = scratch.path("a.ltrace")
    try TraceWriter.write(try Self.trace(), to: file)
    #expect(try scratch.names == ["a.ltrace"])
    let read = try TraceReader.read(file)
    #expect(read.header == (try Self.trace()).header)
    let mass = try #require(read.pages).mass(step: 0, layer: 0, head: 0)
    #expect(Array(mass) == [0.5, 0.25])
    #expect(Array(try #require(read.column(.experts)).bytes) == Self.experts)
    for column in read.columns { #expect(Int(bitPattern: column.bytes.baseAddress) % 64 == 0) }
    try TraceWriter.write(read, to: scratch.path("b.ltrace"))
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: file))
        == Data(contentsOf: URL(fileURLWithPath: scratch.path("b.ltrace"))))
  }

  @Test func textForms() throws {
    let scratch = try Scratch()
    let experts = try Self.trace().cut(columns: [.experts], steps: 1..<3)
    try TraceExport.write(experts, as: .csv, to: scratch.path("e.csv"))
    #expect(
      try String(contentsOfFile: scratch.path("e.csv"), encoding: .utf8)
        == "step,token,layer,slot,expert\n0,0,3,0,2\n0,0,3,1,3\n")
    let pages = try Self.trace().cut(columns: [.pages, .pageMass], top: 1)
    try TraceExport.write(pages, as: .jsonLines, to: scratch.path("p.jsonl"))
    #expect(
      try String(contentsOfFile: scratch.path("p.jsonl"), encoding: .utf8)
        == "{\"step\": 0, \"layer\": 0, \"head\": 0, \"pages\": [6], \"mass\": [0.5]}\n"
        + "{\"step\": 0, \"layer\": 1, \"head\": 0, \"pages\": [5], \"mass\": [1.0]}\n")
    let text = try line {
      try TraceExport.write(try Self.trace(), as: .csv, to: scratch.path("x.csv"))
    }
    #expect(text.contains("choose with --columns"))
    #expect(try scratch.names == ["e.csv", "p.jsonl"])
  }

  /// Writes the good file, lets `spoil` change its bytes, and returns the line of its fault.
  static func fault(_ spoil: (inout [UInt8]) -> Void) throws -> String {
    let scratch = try Scratch()
    let file = scratch.path("a.ltrace")
    try TraceWriter.write(try trace(), to: file)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    spoil(&bytes)
    _ = try scratch.write("a.ltrace", bytes)
    return try line { _ = try TraceReader.read(file) }
      .replacingOccurrences(of: file, with: "F")
  }

  /// Replaces a text of the header by one of the same length and mends the header's checksum.
  static func headerFault(_ old: String, _ new: String) throws -> String {
    try fault { bytes in
      let length = Int(bytes[8]) | Int(bytes[9]) << 8
      var header = String(decoding: bytes[24..<24 + length], as: UTF8.self)
      guard let range = header.range(of: old) else {
        Issue.record("no '\(old)' in the header")
        return
      }
      header.replaceSubrange(
        range, with: new.padding(toLength: old.count, withPad: " ", startingAt: 0))
      bytes.replaceSubrange(24..<24 + length, with: Array(header.utf8))
      setChecksum(&bytes, at: 16, of: 24..<24 + length)
    }
  }

  static func setChecksum(_ bytes: inout [UInt8], at offset: Int, of range: Range<Int>) {
    let sum = checksum(Array(bytes[range]))
    for index in 0..<8 {
      bytes[offset + index] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * index))
    }
  }

  /// The checksum as docs/formats/trace.md says, written a second time.
  static func checksum(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bytes.count)
    for start in stride(from: 0, to: bytes.count, by: 8) {
      var word: UInt64 = 0
      for (index, byte) in bytes[start..<min(start + 8, bytes.count)].enumerated() {
        word |= UInt64(byte) << UInt64(8 * index)
      }
      hash = (hash ^ word) &* 0x100_0000_01B3
      hash = hash << 29 | hash >> 35
    }
    return hash
  }

  @Test func badMagic() throws {
    #expect(
      try Self.fault { $0[1] = 0 }
        == "F: error: not valid ltrace: the first 8 bytes are not the magic of a trace; "
        + "import it with 'lacuna trace import'")
  }

  @Test func truncation() throws {
    #expect(try Self.fault { $0 = Array($0.prefix(20)) }.contains("ends in its prefix"))
    #expect(try Self.fault { $0 = Array($0.prefix(100)) }.contains("the header needs"))
    let line = try Self.fault { $0.removeLast() }
    #expect(line.hasPrefix("F: error: not valid ltrace: column experts ends at byte"))
    #expect(line.hasSuffix("copy the whole file"))
    #expect(try Self.fault { $0 = [] }.contains("the file is empty"))
  }

  @Test func hugeHeader() throws {
    let line = try Self.fault { bytes in for index in 8..<16 { bytes[index] = 0xFF } }
    #expect(line.contains("header length 18446744073709551615; it must be between 1 and 1048576"))
  }

  @Test func wrongChecksums() throws {
    let column = try Self.fault { $0[$0.count - 1] ^= 1 }
    #expect(column.contains("columns.experts.checksum is '"))
    #expect(column.hasPrefix("F:"))
    #expect(try Self.fault { $0[30] ^= 1 }.contains("header does not match its checksum"))
  }

  @Test func trailingBytes() throws {
    #expect(try Self.fault { $0.append(0) }.contains("1 bytes after the last column"))
  }

  @Test(arguments: [
    ("\"schema\": 1", "\"schema\": 2", "schema is '2'; expected 1"),
    ("\"type\": \"u8\"", "\"type\": \"u9\"", "there is no type 'u9'"),
    ("\"domain\"", "\"domaim\"", "missing key 'domain'"),
    ("\"expert_count\"", "\"expert_coumt\"", "unknown key 'experts.expert_coumt'"),
    ("\"offset\": ", "\"offseT\": ", "unknown key 'columns[0].offseT'"),
    ("[1, 2, 1, 2]", "[1, 2, 2]", "columns.pages.shape is '[1, 2, 2]'; expected 4 sizes"),
    ("[1, 2, 1, 2]", "[9,9e9,1, 2]", "shape[1] is '9e9'; expected a whole number"),
    ("[1, 2, 1, 2]", "[-1,2, 1, 2]", "is '-1'; expected a whole number"),
    ("\"expert_count\": 4", "\"expert_count\": 3", "experts[3] is '3'; expected an expert below 3"),
    (
      "\"first_position\": 100", "\"first_position\": 80",
      "pages[0] is '6'; expected a page of step 0's context, below 6"
    ),
    ("\"name\": \"experts\"", "\"name\": \"expertz\"", "no column 'expertz'; did you mean"),
    ("\"page_tokens\": 16", "\"page_tokens\": 0", "page_tokens is '0'"),
  ])
  func headers(old: String, new: String, expected: String) throws {
    let line = try Self.headerFault(old, new)
    #expect(line.contains(expected), "\(line)")
    #expect(line.hasPrefix("F:"))
  }

  /// A shape whose bytes overflow, in a header of its own, because it is longer than the good one.
  @Test func overflowingShape() throws {
    let scratch = try Scratch()
    let shape = "[9223372036854775807, 9223372036854775807, 4]"
    let header =
      "{\"schema\": 1, \"model\": \"\", \"source\": \"\", \"domain\": \"\", \"licence\": \"\", "
      + "\"note\": \"\", \"experts\": {\"expert_count\": 4, \"layers\": [0]}, \"columns\": ["
      + "{\"name\": \"experts\", \"type\": \"u8\", \"shape\": \(shape), \"offset\": 64, "
      + "\"checksum\": \"0000000000000000\"}]}"
    var bytes: [UInt8] = [0x89, 0x4C, 0x54, 0x52, 0x43, 0x0D, 0x0A, 0x1A]
    bytes += [UInt8(truncatingIfNeeded: header.utf8.count), UInt8(header.utf8.count >> 8)]
    bytes += [UInt8](repeating: 0, count: 14) + Array(header.utf8)
    Self.setChecksum(&bytes, at: 16, of: 24..<bytes.count)
    let file = try scratch.write("a.ltrace", bytes)
    let text = try line { _ = try TraceReader.read(file) }
    #expect(text.contains("columns.experts.shape is '[9223372036854775807"))
    #expect(text.contains("whose bytes fit the file"))
  }

  @Test(arguments: [Float16.nan, -0.5, .infinity, 2])
  func badMass(mass: Float16) throws {
    let error = try #require(throws: TraceFault.self) {
      try Trace(
        header: try Self.trace().header,
        columns: try Self.trace().columns.map {
          $0.name == "page_mass"
            ? Column("page_mass", .f16, shape: $0.shape, copying: [0, mass, 0, 0]) : $0
        })
    }
    guard case .outOfRange(let key, _, _) = error.problem else {
      Issue.record("\(error.problem)")
      return
    }
    #expect(key == "page_mass[1]")
  }

  @Test func noFileAndFolders() throws {
    let scratch = try Scratch()
    #expect(try line { _ = try TraceReader.read(scratch.path("none")) }.contains("no such file"))
    #expect(
      try line { _ = try TraceReader.read(scratch.folder.path) }.contains("not a plain file"))
    #expect(
      try line { try TraceWriter.write(try Self.trace(), to: scratch.path("no/a.ltrace")) }
        .contains("cannot be written"))
  }

  @Test func cutsBeyondTheTrace() throws {
    #expect(throws: TraceFault.self) { try Self.trace().cut(columns: [.experts], steps: 1..<4) }
    #expect(throws: TraceFault.self) { try Self.trace().cut(top: 3) }
    #expect(throws: TraceFault.self) { try Self.trace().cut(columns: [.neurons]) }
    #expect(throws: TraceFault.self) { try Self.trace().cut(columns: [.pageMass]) }
  }
}
