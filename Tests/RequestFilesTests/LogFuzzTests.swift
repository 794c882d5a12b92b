import Diagnostics
import Foundation
import ScenarioFiles
import TestSupport
import Testing
import Workloads

/// Damaged logs: a fault or a whole stream, never a crash and never a part.
@Suite struct LogFuzzTests {
  static let samples = [
    "TIMESTAMP,ContextTokens,GeneratedTokens\n"
      + (10..<50).map { "2023-11-16 18:\($0):46.6805900,\($0 * 3),4\n" }.joined(),
    (0..<40).map {
      "{\"timestamp\": \($0), \"input_length\": 1030, \"output_length\": 5, \"hash_ids\": [1, 2, \($0)]}\n"
    }.joined(),
    "client,window_start_s,rate_rps,iat_cv,iat_dist,iat_shape,iat_scale\n"
      + (0..<40).map { "0,\($0 * 600),1.5,2.0,\($0 % 2 == 0 ? "Gamma" : "Weibull"),0.5,0.7\n" }
      .joined(),
    "client,field,len_lo,len_hi,prob\n"
      + (0..<20).map {
        "\($0),input_tokens,1,9,1\n\($0),output_tokens,0,0,0.25\n\($0),output_tokens,5,8,0.75\n"
      }
      .joined(),
    (0..<40).map {
      "{\"arrival\":\($0).25,\"prompt\":\(90 + 50 * $0),\"output\":5,\"session\":\($0 % 3),\"id\":\($0),"
        + ($0 > 3 ? "\"think\":0.5,\"parents\":[\($0 - 3),1]}\n" : "\"priority\":\($0)}\n")
    }.joined(),
  ]

  @Test(arguments: samples.indices)
  func samplesAreFine(sample: Int) throws { _ = try LogTests.read(Self.samples[sample]) }

  @Test(arguments: samples.indices)
  func damage(sample: Int) throws {
    var draws = SplitMix(state: UInt64(sample + 1))
    let good = Array(Self.samples[sample].utf8)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { Self.remove(folder) }
    let file = folder.appending(path: "log")
    var refused = 0
    for _ in 0..<400 {
      var bytes = good
      for _ in 0...draws.below(3) {
        let place = draws.below(bytes.count)
        switch draws.below(5) {
        case 0: bytes[place] = UInt8(draws.below(256))
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + draws.below(30)))
        case 2: bytes.insert(contentsOf: draws.pick(Self.insertions).utf8, at: place)
        case 3: bytes.removeSubrange(place...)
        default: bytes.insert(draws.pick([10, 13, 44, 34, 0, 45, 46, 91, 125]), at: place)
        }
        if bytes.isEmpty { bytes = [10] }
      }
      try Data(bytes).write(to: file)
      do throws(Faults) {
        let log = try RequestFile.read(file.path)
        if case .stream(let stream, _) = log { Self.checkWhole(stream) }
      } catch {
        refused += 1
        #expect((1...21).contains(error.faults.count))
      }
    }
    // Most damage shows; a digit that becomes another does not.
    #expect(refused > 150)
  }

  static let insertions = [
    "99999999999999999999", "-", "1e400", "nan", "\n\n", ",", "\"", "{", "[", "0", "\u{FEFF}",
  ]

  private static func checkWhole(_ stream: RequestStream) {
    let count = stream.count
    #expect(stream.prompts.count == count && stream.outputs.count == count && count > 0)
    #expect(zip(stream.arrivals, stream.arrivals.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(stream.prompts.allSatisfy { $0 > 0 } && stream.outputs.allSatisfy { $0 > 0 })
    for row in 0..<count { #expect(stream.parents(of: row).allSatisfy { $0 < row }) }
    guard stream.blockTokens > 0 else { return }
    #expect(stream.blockStarts.count == count + 1)
    #expect(Int(stream.blockStarts[count]) == stream.blocks.count)
  }

  private static func remove(_ folder: URL) {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      print("left behind: \(folder.path)")
    }
  }

  /// Every cut of a gzip file is a fault, as is any byte of it that changes.
  @Test func damagedGzip() throws {
    let name = "scenarios/requests/sharegpt_llama-3.1-8b_300req_blk16.jsonl.gz"
    let good = try Data(contentsOf: URL(fileURLWithPath: Checkout.path(name)))
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { Self.remove(folder) }
    let file = folder.appending(path: "log.gz")
    var draws = SplitMix(state: 4)
    for _ in 0..<60 {
      var bytes = good
      if draws.oneIn(2) {
        bytes = bytes.prefix(2 + draws.below(good.count - 2))
      } else {
        // Past the header, whose name and time may be anything.
        bytes[40 + draws.below(good.count - 40)] ^= UInt8(1 + draws.below(255))
      }
      try bytes.write(to: file)
      #expect(throws: Faults.self) { try RequestFile.read(file.path) }
    }
  }
}
