import Foundation
import ScenarioFiles
import Testing
import Traces

/// Small recordings of each kind, read right, and spoiled in each way.
@Suite struct ImportTests {
  static let routes = """
    phase,step,layer,slot,expert,weight,residency,expert_bytes
    0,0,0,0,3,0.5,0,10
    0,0,0,1,1,0.25,0,10
    0,1,0,0,2,0.75,0,10
    0,1,0,1,1,0.125,0,0
    0,1,1,0,5,0.5,0,10
    0,1,1,1,4,0.5,0,10
    1,2,0,0,0,1,1,0
    1,2,0,1,7,0,0,10
    1,2,1,0,6,0.5,0,10
    1,2,1,1,4,0.5,1,0

    """
  static let experts =
    "seq,pos,layer,e0,e1\n0,0,1,5,3\n0,0,2,0,1\n0,1,1,2,3\n0,1,2,6,7\n"
    + "1,0,1,1,2\n1,0,2,3,4\n"

  static func meta(neurons: Int = 1) -> String {
    """
    {"model": {"layers": 2, "d": 8, "experts": 4}, "domain": "python", "tokens": 10,
     "page_tokens": 4, "first_decode_position": 8, "relu_layers": [0], "moe_layers": [1], "nll": 1.5,
     "arrays": {"ffn_active.bits": [2, 1, \(neurons), "one bit a neuron"],
       "moe_experts.u8": [2, 1, 2], "moe_gates.f16": [2, 0, 2]}}
    """
  }

  static func archive(experts: [UInt8] = [0, 1, 3, 2], meta: String = meta()) -> [UInt8] {
    tar([
      ("meta.json", Array(meta.utf8)), ("ffn_active.bits", [5, 128]), ("moe_experts.u8", experts),
    ])
  }

  @Test func routesAreRead() throws {
    let scratch = try Scratch()
    let bytes = try scratch.write(
      "b.csv", "trace,layer,expert_bytes,dense_bytes\nx,0,9,9\nq_r,0,10,7\nq_r,1,12,8\n")
    var options = TraceImport.Options()
    options.layerBytes = bytes
    let trace = try TraceImport.read(
      try scratch.gzip("q_r.csv.gz", Array(Self.routes.utf8)), options: options)
    let view = try #require(trace.experts)
    #expect(view.steps == 2 && view.tokens(step: 0) == 0..<2 && view.tokens(step: 1) == 2..<3)
    #expect(view.expertCount == 8 && view.topK == 2 && view.layers == 2)
    #expect(Array(view.experts(token: 0, layer: 1)) == [-1, -1])
    #expect(Array(view.experts(token: 2, layer: 0)) == [0, 7])
    #expect(Array(view.weights(token: 1, layer: 0)) == [0.75, 0.125])
    #expect(view.expertBytes == [10, 12] && view.denseBytes == [7, 8])
  }

  @Test func expertTablesAreRead() throws {
    let scratch = try Scratch()
    var options = TraceImport.Options()
    options.weights = try scratch.write(
      "w.csv", "w0,w1\n5000,2500\n1,0\n1,0\n1,0\n1,0\n10000,0\n")
    let trace = try TraceImport.read(try scratch.write("m_e.csv", Self.experts), options: options)
    let view = try #require(trace.experts)
    #expect(view.tokens == 3 && view.layerNumbers == [1, 2] && view.sequenceStarts == [0, 2])
    #expect(Array(view.experts(token: 1, layer: 1)) == [6, 7])
    #expect(Array(view.weights(token: 0, layer: 0)) == [0.5, 0.25])
    #expect(view.weights(token: 2, layer: 1)[0] == 1)
  }

  @Test func recordingsAreRead() throws {
    let scratch = try Scratch()
    let trace = try TraceImport.read(try scratch.gzip("r.tar.gz", Self.archive()))
    let neurons = try #require(trace.neurons)
    #expect(neurons.neurons == 8 && neurons.firstPosition == 8)
    #expect(neurons.row(token: 0, layer: 0)[0] == 5 && neurons.row(token: 1, layer: 0)[0] == 128)
    #expect(Array(try #require(trace.experts).experts(token: 1, layer: 0)) == [3, 2])
    #expect(trace.pages == nil && trace.header.domain == "python")
  }

  static func fault(_ bytes: [UInt8], weights: String? = nil) throws -> String {
    let scratch = try Scratch()
    let file = try scratch.write("x", bytes)
    var options = TraceImport.Options()
    if let weights { options.weights = try scratch.write("w", weights) }
    return try line { _ = try TraceImport.read(file, options: options) }
      .replacingOccurrences(of: scratch.folder.path + "/", with: "")
  }

  @Test(arguments: [
    ("0,0,0,0,3,", "0,0,0,0,3x,", "x:2: error: expert is '3x'; expected a whole number"),
    ("0,0,0,0,3,0.5", "0,0,0,0,3,nan", "x:2: error: weight is 'nan'; expected a number"),
    ("0,0,0,0,3,0.5", "0,0,0,0,3,-1", "x:2: error: weight is '-1'; expected a number between"),
    ("0,0,0,0,3,", "0,0,0,0,99999,", "x:2: error: expert is '99999'; expected a whole number"),
    ("0,1,0,1,1,0.125,0,0", "0,1,0,1,1", "x:5: error: not valid CSV: 5 fields; give 8"),
    (",weight,", ",wait,", "x:1: error: missing key 'weight'"),
    ("1,2,0,0,0", "1,1,0,0,0", "x:8: error: step is '1'; sort"),
    ("0,1,0,0,2", "0,0,0,1,2", "x:4: error: step is '0'; sort"),
    ("1,2,1,1,4", "1,2,1,0,4", "x:11: error: step is '2'; sort"),
    ("1,2,1,1,4,0.5,1,0\n", "", "step 2 without all its layers and slots"),
    ("1,2,0,0,0", "1,65000,0,0,0", "x:9: error: step is '2'; sort"),
  ])
  func spoiledRoutes(old: String, new: String, expected: String) throws {
    let text = Self.routes.replacingOccurrences(of: old, with: new)
    let line = try Self.fault(Array(text.utf8))
    #expect(line.contains(expected), "\(line)")
  }

  @Test(arguments: [
    ("0,1,1,2,3", "0,2,1,2,3", "x:4: error: pos is '2'; sort"),
    ("0,1,2,6,7\n", "", "x:5: error: layer is '1'; the token before has 1 of 2 layers"),
    ("0,1,2,6,7", "0,1,3,6,7", "x:5: error: layer is '3'; list the layers"),
    ("1,0,2,3,4\n", "", "a last token without all its layers"),
    ("1,0,2,3,4", "1,0,2,3,18446744073709551616", "x:7: error: e1 is '18446744073709551616'"),
  ])
  func spoiledExperts(old: String, new: String, expected: String) throws {
    let text = Self.experts.replacingOccurrences(of: old, with: new)
    let line = try Self.fault(Array(text.utf8))
    #expect(line.contains(expected), "\(line)")
  }

  @Test func weightsOfAnotherTable() throws {
    let line = try Self.fault(Array(Self.experts.utf8), weights: "w0,w1\n1,2\n")
    #expect(line.contains("weights is '1 rows'; the experts have 6"))
  }

  @Test func spoiledArchives() throws {
    #expect(try Self.fault(Self.archive(experts: [0, 1, 9, 2])).contains("experts[2] is '9'"))
    #expect(
      try Self.fault(Self.archive(experts: [0, 1, 3])).contains("its shape [2, 1, 2] needs 4"))
    #expect(
      try Self.fault(Self.archive(meta: Self.meta(neurons: 1 << 40)))
        .contains("ffn_active.bits is '2 bytes'"))
    #expect(try Self.fault(Self.archive(meta: "{}")).contains("x:meta.json:1: error: missing key"))
    var wrongSum = Self.archive()
    wrongSum[0] ^= 1
    #expect(try Self.fault(wrongSum).contains("byte 0 does not match its checksum"))
    #expect(try Self.fault(Array(Self.archive().prefix(700))).contains("beyond its end"))
    #expect(try Self.fault(Array(Self.archive().dropLast(1100))).contains("copy the whole file"))
    #expect(try Self.fault(tar([("a", [1])])).contains("missing key 'meta.json'"))
    #expect(try Self.fault([]).contains("without an end block"))
  }

  @Test func spoiledGzip() throws {
    let scratch = try Scratch()
    let good = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: try scratch.gzip("g.gz", Self.archive()))))
    #expect(
      try Self.fault(Array(good.dropLast(9))).contains("gzip: the stream is damaged or ends early"))
    var damaged = good
    damaged[20] ^= 0xFF
    #expect(try Self.fault(damaged).contains("not valid gzip: the stream is damaged"))
  }

  /// 8 MiB of zeros are 8 kB of gzip; the limit holds before the memory does.
  @Test func gzipBombs() throws {
    let scratch = try Scratch()
    let file = try scratch.gzip("b.gz", [UInt8](repeating: 0, count: 8 << 20))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    #expect(bytes.count < 10_000)
    let text = try line { _ = try Gzip.content(of: bytes, file: "b", limit: 1 << 20) }
    #expect(
      text == "b: error: not valid gzip: more than 1048576 bytes when inflated; "
        + "is it the right file? cut it")
  }

  @Test func severalGzipMembersAreOneFile() throws {
    let scratch = try Scratch()
    var bytes: [UInt8] = []
    for name in ["a", "b"] {
      let file = try scratch.gzip(name, Array(name.utf8))
      bytes += [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    }
    #expect(try Gzip.content(of: bytes, file: "x") == Array("ab".utf8))
  }
}
