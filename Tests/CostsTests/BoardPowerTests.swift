import Hardware
import Programs
import Quantities
import ScenarioFiles
import TestSupport
import Testing

@testable import Costs

/// Work and power of calls on an H200 (132 cores, 50 MiB of last cache), by hand.
@Suite struct BoardPowerTests {
  private static let board = BoardPower(
    idle: 122, sustained: 692, cores: 84, memory: 100e-12, cache: 20e-12, operation: 1.5e-12)

  private func device() throws -> DeviceFigures {
    try DeviceFigures(
      ProfileLibrary(folder: Checkout.path("hardware-profiles")).profile("nvidia-h200-sxm"))
  }

  private func product(_ m: Int, _ n: Int, _ k: Int, copies: Double = 6) -> KernelCall {
    .product(
      MatrixCall(
        m: m, n: n, k: k, weights: .bf16, arithmetic: .bf16,
        reuseBytes: copies * 2 * Double(n * k)))
  }

  @Test func productsOfFewRowsStreamTheirWeights() throws {
    let work = BoardWork(product(1, 16384, 1024), on: try device())
    // 32 MiB of weights, six copies of which do not fit; 2 x (1024 + 16384) bytes of activations.
    #expect(work.memoryBytes == 33_554_432)
    #expect(work.cacheBytes == 34_816)
    #expect(work.operations == 33_554_432)
    #expect(work.coreShare == 1)
    // 122 + 84 x (10.38 - 1.26) / 10.38 + (3.3554432 + 0.00069632 + 0.050331648) mJ / 10.38 us.
    let watts = Self.board.watts(work, seconds: 10.38e-6)
    #expect(abs(watts - (122 + 84 * 9.12 / 10.38 + 3.406471168e-3 / 10.38e-6)) < 1e-6)
    #expect(Self.board.watts(work, seconds: 5e-6) == 692)
  }

  @Test func rowsArePaddedToTilesAndReusedWeightsStayNear() throws {
    let work = BoardWork(product(65, 100, 512), on: try device())
    // Two tiles of 64 rows, one of 128 columns; 0.1 MB of weights, six times.
    #expect(work.operations == 16_777_216)
    #expect(work.memoryBytes == 0)
    // 2 x (100 x 512 + 65 x 512 + 65 x 100).
    #expect(work.cacheBytes == 181_960)
    #expect(work.coreShare == 1.0 / 132)
  }

  @Test(arguments: [
    // Context, window, keys of the tiles, bytes of a key and a value.
    (8192, 0, 8192.0, 8192.0), (8192, 128, 256.0, 256.0), (100, 128, 128.0, 100.0),
    (8193, 0, 8320.0, 8193.0),
  ])
  func decodeExecutesTilesOf64Rows(
    context: Int, window: Int, keys: Double, read: Double
  ) throws {
    let call = DecodeAttentionCall(
      batch: 256, context: context, read: window > 0 ? min(window, context) : context, heads: 32,
      kvHeads: 8, keyDimension: 128, valueDimension: 128, window: window, page: 64, kv: .bf16,
      isCold: false)
    let work = BoardWork(.attentionDecode(call), on: try device())
    // 2 x 256 sequences x 8 heads x 64 rows x 256 numbers; 2,048 keys and values of 512 bytes.
    #expect(work.operations == 67_108_864 * keys)
    #expect(work.memoryBytes == 1_048_576 * read)
    #expect(work.coreShare == 1)
  }

  @Test func expertsMoveWeightsAndTheSlotsOfAllDevices() throws {
    let load = ExpertLoad(even: 1024, over: 16, tokens: 512)
    let call = ExpertCall(
      tokens: 512, hidden: 2048, inner: 768, topK: 8, experts: 128, expertParallel: 8,
      routing: .balanced, weights: .bf16, arithmetic: .bf16, isCold: false, load: load,
      passingSlots: 4096)
    let work = BoardWork(.experts(call), on: try device())
    // 16 experts of 3 x 2048 x 768 numbers; 4,096 slots of 6 x 768 + 2 x 2048 numbers.
    #expect(work.memoryBytes == 150_994_944 + 71_303_168)
    // 64 rows for each of 16 experts, whole tiles: 2 x 1024 x 3 x 2048 x 768.
    #expect(work.operations == 9_663_676_416)
  }

  @Test func aProfileGivesItsFigures() throws {
    let library = ProfileLibrary(folder: Checkout.path("hardware-profiles"))
    let board = try #require(BoardPower(try library.profile("nvidia-h200-sxm")))
    #expect(board.idle == 122)
    #expect((685...700).contains(board.sustained))
    #expect((60e-12...140e-12).contains(board.memory))
    #expect(board.cache < board.memory / 2)
    #expect(BoardPower(try library.profile("nvme-gen4")) == nil)
  }
}
