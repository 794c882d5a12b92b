import Hardware
import Programs
import Quantities
import TestSupport
import Testing

@testable import Costs

/// Decode kernels that do not split a context, and entries that sequences have in common.
@Suite struct DecodeSharingTests {
  private static func call(
    batch: Int = 1, heads: Int = 32, kvHeads: Int = 8, context: Int = 65_536
  ) -> DecodeAttentionCall {
    DecodeAttentionCall(
      batch: batch, context: context, read: context, heads: heads, kvHeads: kvHeads,
      keyDimension: 128, valueDimension: 128, page: 64, kv: .bf16, isCold: true)
  }

  private static func seconds(
    _ form: any CostForm.Type, _ call: DecodeAttentionCall
  ) throws -> Double {
    let device = try DeviceFigures(try FormDevice.h200.profile())
    let values = form.coefficients.map(\.start)
    return values.withUnsafeBufferPointer { values in
      values.baseAddress.map { form.seconds(.attentionDecode(call), on: device, $0) } ?? .nan
    }
  }

  static let forms: [any CostForm.Type] = [
    FlashAttention2Decode.self, FlashAttention3Decode.self, PageSelectedDecode.self,
  ]

  /// One core reads what a head has: more heads take no longer until cores run out, twice the context
  /// takes twice as long, and splitting would be many times faster.
  @Test(arguments: 0..<forms.count)
  func wholeHeadsKeepOneCoreEach(_ place: Int) throws {
    let form = Self.forms[place]
    var few = Self.call(kvHeads: 4)
    few.isWhole = true
    var many = Self.call(kvHeads: 32)
    many.isWhole = true
    var long = Self.call(kvHeads: 4, context: 131_072)
    long.isWhole = true
    let alone = try Self.seconds(form, few)
    #expect(try Self.seconds(form, many) < 1.2 * alone)
    #expect(abs(try Self.seconds(form, long) / alone - 2) < 0.05)
    #expect(try Self.seconds(form, Self.call(kvHeads: 4)) < alone / 5)
  }

  /// Vector instructions of one core: 28 more query heads on 4 KV heads are 7 each, 65,536 entries times
  /// 256 numbers times two.
  @Test func wholeHeadsMultiplyForEachQueryHead() throws {
    let device = try DeviceFigures(try FormDevice.h200.profile())
    func seconds(_ heads: Int) throws -> Double {
      var call = Self.call(heads: heads, kvHeads: 4)
      call.isWhole = true
      return try Self.seconds(PageSelectedDecode.self, call)
    }
    let core = device.peak(.fp32) / device.cores
    let added = 7.0 * 65_536 * 256 * 2 / core
    #expect(abs((try seconds(32) - seconds(4)) / added - 1) < 0.05)
  }

  /// 16 sequences of 8 KV heads, two programs a core: all run at once, so that of 16 reads of the first
  /// half of each context 15 come from the cache.
  @Test func sequencesSideBySideReadOnce() throws {
    var call = Self.call(batch: 16, heads: 8, kvHeads: 8, context: 1000)
    call.common = 500
    let device = try DeviceFigures(try FormDevice.h200.profile())
    var tiles = FlashAttention2Decode.tiles(call, on: device)
    #expect(tiles.splits == 1)
    #expect(tiles.repeated(of: call, on: device) == tiles.entryBytes / 2 * 15 / 16)
    // With room for 4 at a time each entry is brought four times.
    tiles.splits = (tiles.resident * device.cores / 4).rounded(.down)
    #expect(tiles.repeated(of: call, on: device) == tiles.entryBytes / 2 * 12 / 16)
    #expect(tiles.repeated(of: Self.call(batch: 16), on: device) == 0)
  }

  @Test func sharingIsNeverSlower() throws {
    let own = Self.call(batch: 32, heads: 32, kvHeads: 32, context: 8192)
    var shared = own
    shared.common = 8192
    let times = try (
      Self.seconds(FlashAttention2Decode.self, own),
      Self.seconds(FlashAttention2Decode.self, shared)
    )
    #expect(times.1 <= times.0)
  }
}
