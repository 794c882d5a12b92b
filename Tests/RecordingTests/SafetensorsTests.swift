import Foundation
import ScenarioFiles
import TestSupport
import Testing

/// A file that a test wrote is read back, and every way to spoil it is told in one line.
@Suite struct SafetensorsTests {
  private static let sample = SafetensorsSample(
    metadata: ["config": "{\"a\": [1]}", "format": "pt"],
    tensors: [
      ("a.weight", "F32", [2, 2], SafetensorsSample.float32([1, -2.5, 0, 3e-20])),
      // 1, -2, 1365/4096; 2^-24, the least subnormal.
      ("half", "F16", [4], [0x00, 0x3C, 0x00, 0xC0, 0x55, 0x35, 0x01, 0x00]),
      // 1, 3.140625, -0.0078125
      ("brain", "BF16", [3, 1], [0x80, 0x3F, 0x49, 0x40, 0x00, 0xBC]),
      ("single", "F32", [], SafetensorsSample.float32([7])),
    ])

  @Test func readsBack() throws {
    let folder = try Folder()
    let file = try SafetensorsFile(folder.write("a.safetensors", Self.sample.file))
    #expect(file.metadata == ["config": "{\"a\": [1]}", "format": "pt"])
    #expect(file.tensors["brain"]?.shape == [3, 1])
    #expect(file.tensors["single"]?.shape == [])
    #expect(try file.floats("a.weight") == [1, -2.5, 0, 3e-20])
    #expect(try file.floats("half") == [1, -2, 0.333251953125, 0x1p-24])
    #expect(try file.floats("brain") == [1, 3.140625, -0.0078125])
    #expect(try file.floats("single") == [7])
    // Headers may end in spaces, so that numbers are aligned.
    let padded = SafetensorsSample.file(
      header: Self.sample.header + "   ", data: Self.sample.data)
    #expect(
      try SafetensorsFile(folder.write("p.safetensors", padded)).floats("single") == [7])
  }

  @Test(
    arguments: [
      // What is replaced in the header, by what, and what the line says.
      ("\"F16\"", "\"I8\"", "half.dtype: there is no dtype 'I8'"),
      ("\"shape\":[4]", "\"shape\":[5]", "8 bytes do not hold F16 of shape [5]"),
      ("\"shape\":[4]", "\"shape\":[-4]", "half.shape[0] is '-4'; expected a whole number"),
      ("\"shape\":[4]", "\"shape\":4", "half.shape is '4'; expected a list"),
      (
        "\"shape\":[4]", "\"shape\":[1099511627776,1099511627776]",
        "do not hold F16 of shape [1099511627776, 1099511627776]"
      ),
      (
        "\"shape\":[4]", "\"shape\":[99999999999999999999]",
        "half.shape[0] is '99999999999999999999'"
      ),
      ("[16,24]", "[12,20]", "half.data_offsets is '[12, 20]'; it overlaps 'a.weight'"),
      ("[24,30]", "[0,6]", "a.weight.data_offsets is '[0, 16]'; it overlaps 'brain'"),
      ("[0,16]", "[16,0]", "a.weight.data_offsets is '[16, 0]'; expected two offsets"),
      ("[0,16]", "[0,16,16]", "expected two offsets"),
      ("[30,34]", "[30,9223372036854775807]", "data_offsets[1] is '9223372036854775807'"),
      ("[30,34]", "[-4,0]", "single.data_offsets[0] is '-4'"),
      ("\"single\"", "\"half\"", "appears twice"),
      ("\"single\"", "\"si\\nngle\"", "a name of 7 bytes"),
      ("\"F16\",", "\"F16\",\"kind\":1,", "unknown key 'half.kind'"),
      ("\"dtype\":\"F16\",", "", "missing key 'half.dtype'"),
      ("\"pt\"", "{}", "__metadata__.format is 'a map'; expected text"),
      ("\"half\":{", "\"half\":{{", "not valid YAML"),
    ] as [(String, String, String)])
  func spoiledHeader(_ old: String, _ new: String, _ sentence: String) throws {
    let header = Self.sample.header.replacing(old, with: new)
    try #require(header != Self.sample.header)
    let folder = try Folder()
    let file = try folder.write(
      "a.safetensors", SafetensorsSample.file(header: header, data: Self.sample.data))
    let text = try line { _ = try SafetensorsFile(file) }
    #expect(text.hasPrefix("\(file):") && text.contains(sentence), "\(text)")
    #expect(text.split(separator: "\n").count == 1, "\(text)")
  }

  @Test func spoiledBytes() throws {
    let whole = Self.sample.file
    let header = Self.sample.header
    let rest = Array(whole.dropFirst(8))
    let unaligned = header.replacing("[0,16]", with: "[4,16]").replacing("[2,2]", with: "[3]")
    let cases: [(bytes: [UInt8], sentence: String)] = [
      ([], "the file is empty"),
      (Array(whole.prefix(5)), "5 bytes, too few for a header's length"),
      (Array(whole.prefix(40)), "where 32 are left"),
      (Array(whole.dropLast()), "single.data_offsets[1] is '34'; expected a whole number"),
      (whole + [0, 0], "2 bytes after the last tensor"),
      (SafetensorsSample.length(-1) + rest, "header length 18446744073709551615"),
      (SafetensorsSample.length(0) + rest, "header length 0"),
      (SafetensorsSample.length(1 << 23) + rest, "header length 8388608"),
      (SafetensorsSample.file(header: "[1]", data: []), "a header that is not JSON"),
      (SafetensorsSample.length(2) + [0x7B, 0xFF], "a header that is not JSON in UTF-8"),
      (
        SafetensorsSample.file(header: unaligned, data: Self.sample.data),
        "it leaves a gap after the header; it must begin at 0"
      ),
    ]
    for (bytes, sentence) in cases {
      let folder = try Folder()
      let file = try folder.write("a.safetensors", bytes)
      let text = try line { _ = try SafetensorsFile(file) }
      #expect(text.hasPrefix("\(file)") && text.contains(sentence), "\(text)")
      #expect(text.split(separator: "\n").count == 1, "\(text)")
    }
  }

  @Test func numbersThatAreNone() throws {
    let folder = try Folder()
    var sample = Self.sample
    sample.tensors[2].bytes = [0x80, 0x3F, 0xC0, 0x7F, 0, 0]
    let file = try SafetensorsFile(folder.write("a.safetensors", sample.file))
    #expect(
      try line { _ = try file.floats("brain") }.hasSuffix(
        "error: brain[1] is 'nan'; expected a finite number"))
    #expect(try line { _ = try file.floats("none") }.contains("missing key 'none'"))
  }

  /// Nothing that happens to a byte of a header ends the process.
  @Test func spoiledAtRandom() throws {
    let folder = try Folder()
    var random = SplitMix(state: 3)
    let whole = Self.sample.file
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0...random.below(3) {
        bytes[random.below(8 + Self.sample.header.utf8.count)] = UInt8(random.below(256))
      }
      if random.oneIn(4) { bytes.removeLast(random.below(bytes.count)) }
      let file = try folder.write("a.safetensors", bytes)
      let text = try line {
        let read = try SafetensorsFile(file)
        for name in read.tensors.keys { _ = try read.floats(name) }
      }
      #expect(text == "no fault" || text.contains(": error: "))
    }
  }
}
