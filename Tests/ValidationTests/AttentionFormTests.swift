import Costs
import Hardware
import Programs
import Quantities
import ScenarioFiles
import TestSupport
import Testing

/// The forms of attention are those of the reference implementation.
struct AttentionFormTests {
  /// One call with what it should take.
  struct Case {
    var profile: String
    var family: String
    var kernel: String
    var call: KernelCall
    var coefficients: [String: Double]
    var seconds: Double
  }

  @Test func timesEqualTheReference() throws {
    let library = ProfileLibrary(folder: Checkout.path("hardware-profiles"))
    var families: Set<String> = []
    for (place, one) in try Self.cases().enumerated() {
      let device = try DeviceFigures(library.profile(one.profile))
      let form = try #require(FormCatalog.form(of: one.family, kernel: one.kernel))
      // The single-head and the grouped kernel of one library get the same; a call runs one of them.
      let values = form.coefficients.map { range in
        let name = range.name.replacing("single-", with: "").replacing("grouped-", with: "")
        return one.coefficients[name] ?? range.start
      }
      let time = values.withUnsafeBufferPointer {
        $0.baseAddress.map { form.seconds(one.call, on: device, $0) } ?? .nan
      }
      #expect(
        abs(time / one.seconds - 1) < 1e-9, "row \(place), \(one.kernel): \(time), \(one.seconds)")
      families.insert(one.family)
    }
    #expect(families.count == 5)
  }

  static func cases() throws -> [Case] {
    let sets = AttentionReference.coefficients.split(separator: "\n").map { line in
      Dictionary(
        line.split(separator: " ").map { pair in
          let parts = pair.split(separator: "=")
          return (String(parts[0]), Double(parts[1]) ?? .nan)
        }
      ) { $1 }
    }
    return try AttentionReference.rows.split(separator: "\n").map { line in
      let words = line.split(separator: ",").map(String.init)
      let sizes = try words[4...10].map { try #require(Int($0)) }
      return Case(
        profile: words[0], family: words[1], kernel: words[2],
        call: words[1].hasSuffix("decode")
          ? decode(words, sizes) : try prefill(words, sizes),
        coefficients: sets[try #require(Int(words[12]))],
        seconds: try #require(Double(words[13])))
    }
  }

  private static func decode(_ words: [String], _ sizes: [Int]) -> KernelCall {
    let isLatent = words[1].hasPrefix("mla")
    let (context, window, page) = (sizes[5], sizes[4], sizes[6])
    let read =
      page > 0 ? (Int(words[11]) ?? 0) * page : window > 0 ? min(window, context) : context
    return .attentionDecode(
      DecodeAttentionCall(
        batch: sizes[0], context: context, read: read, heads: sizes[1], kvHeads: sizes[2],
        keyDimension: sizes[3], valueDimension: isLatent ? 512 : sizes[3],
        sharesKeysAndValues: isLatent, window: window, page: max(1, page),
        kv: words[3] == "fp8" ? .fp8 : .bf16, isCold: page > 0))
  }

  private static func prefill(_ words: [String], _ sizes: [Int]) throws -> KernelCall {
    let block = sizes[6]
    return .attentionPrefill(
      PrefillAttentionCall(
        batch: sizes[0], tokens: sizes[5], heads: sizes[1], kvHeads: sizes[2],
        keyDimension: sizes[3], valueDimension: words[1].hasPrefix("mla") ? 128 : sizes[3],
        window: sizes[4], density: block > 0 ? try #require(Double(words[11])) : 1, block: block,
        arithmetic: .bf16, kv: words[3] == "fp8" ? .fp8 : .bf16, isCold: block > 0))
  }
}
