import Diagnostics
import Models
import Policies
import Quantities
import Simulation
import Testing

/// What is stored of KV, counted by hand.
@Suite struct CacheFormTests {
  private func stored(_ sample: ReadSample) throws -> Double {
    try #require(sample.metrics()["kv.bytes"])
  }

  /// A bitmap of 8 B and an offset of 4 B for 64 numbers, of which a share is kept in runs of 8: the
  /// published 0.647 and 0.450 count the padding exactly, here it is the mean of half a run.
  @Test(arguments: [(0.5, 0.647), (0.3, 0.450)])
  func bitmaps(keep: Double, published: Double) throws {
    var sample = ReadSample()
    let part = CacheForm.Part(keep: keep, group: 64, metadata: 12, pad: 8)
    sample.cache.form = CacheForm(keys: part, values: part)
    let share = try stored(sample) / (4096 * sample.bytesOfToken)
    #expect(abs(share / published - 1) < 5e-3, "\(share)")
    #expect(abs(share - (12 + 2 * (64 * keep + 3.5)) / 128) < 1e-12)
    let read = try #require(sample.metrics()["kv.bytes_read_per_step"])
    #expect(abs(read / (share * 4096 * sample.bytesOfToken) - 1) < 1e-12)
  }

  /// Keys at 2 bits, values at 4, each with 4 B for 32 numbers, the last 128 tokens plain.
  @Test func bitsApartAndRecentPlain() throws {
    var sample = ReadSample()
    sample.cache.form = CacheForm(
      keys: .init(bits: 2, group: 32, metadata: 4), values: .init(bits: 4, group: 32, metadata: 4),
      recent: 128)
    let token = Double(128 * 6) / 8 + 2 * 4 * 4
    let bytes = Double(sample.layers * 32) * (token * 3968 + 512 * 128)
    #expect(try stored(sample) == bytes)
    #expect(try #require(sample.metrics()["kv.bytes_read_per_step"]) == bytes)
  }

  @Test func aFormKeepsNoMoreThanThereIs() {
    let part = CacheForm.Part(keep: 0.99, group: 64, pad: 64)
    #expect(part.bytes(width: 128, bits: 16) == 256)
    #expect(CacheForm.Part().bytes(width: 128, bits: 8) == 128)
  }

  /// A third of 32 layers whole, the others 2048 tokens, of 131,072: 26.4 GB of 68.7; published as a
  /// saving of 62 %, 26.1 GB.
  @Test func outerLayersByWindow() throws {
    var sample = ReadSample()
    sample.layers = 32
    sample.context = 131_072
    let window = TokenAmount(sink: 64, recent: 1984)
    sample.reads = [
      AttentionRead(layers: .places(0...9), tokens: window),
      AttentionRead(layers: .places(22...31), tokens: window),
    ]
    sample.cache.keep = .asRead
    let bytes = try stored(sample)
    #expect(bytes == Double(12 * 131_072 + 20 * 2048) * 16384)
    #expect(abs(bytes / 26.1e9 - 1) < 0.02)
  }

  /// 256 entries for each of 8 heads in 32 layers: 32 MiB.
  @Test func evictionToABudget() throws {
    var sample = ReadSample()
    sample.layers = 32
    sample.attention = GroupedAttention(queryHeads: 32, kvHeads: 8, keyDimension: 128)
    sample.context = 32768
    sample.cache.keep = .amounts([.init(tokens: TokenAmount(keep: 256))])
    #expect(try stored(sample) == 32 * 1_048_576)
    #expect(try #require(sample.metrics()["kv.bytes_read_per_step"]) == 32 * 1_048_576)
  }

  /// Heads that no amount is for keep all; reads are of what is kept.
  @Test func amountsByHead() throws {
    var sample = ReadSample()
    sample.cache.keep = .amounts([
      .init(heads: 0.5, tokens: TokenAmount(keep: 384)),
      .init(heads: 0.25, tokens: TokenAmount(keep: 768)),
    ])
    let mean = 0.5 * 384 + 0.25 * 768 + 0.25 * 4096
    #expect(try stored(sample) == mean * sample.bytesOfToken)
    sample.reads = [AttentionRead(tokens: TokenAmount(share: 0.5))]
    let read = try #require(sample.metrics()["kv.bytes_read_per_step"])
    #expect(read == mean / 2 * sample.bytesOfToken)
  }

  /// Heads with a window need no more than it; those that pick may come to pick anything.
  @Test func onlyWhatReadsReach() throws {
    var sample = ReadSample()
    sample.cache.keep = .asRead
    sample.reads = [
      AttentionRead(heads: 0.75, tokens: TokenAmount(sink: 4, recent: 508)),
      AttentionRead(heads: 0.25, tokens: TokenAmount(keep: 128), pick: .page, page: 32),
    ]
    #expect(try stored(sample) == (0.75 * 512 + 0.25 * 4096) * sample.bytesOfToken)
  }

  /// The largest batch fits and one more sequence does not.
  @Test(arguments: [2e9, 8e9, 3.3e10])
  func batchesFillMemory(capacity: Double) throws {
    var sample = ReadSample()
    sample.context = 8192
    sample.capacity = capacity
    sample.cache.keep = .amounts([.init(tokens: TokenAmount(share: 0.5))])
    var resolved = sample.resolved
    resolved.scenario.workload.fillsMemory = true
    let found = try Simulator(resolved).preparation.setting.workload.batch
    #expect(found > 1)
    sample.batch = found
    let metrics = try sample.metrics()
    #expect(metrics["batch"] == Double(found))
    #expect(try #require(metrics["memory.hbm.peak"]) <= capacity)
    sample.batch = found + 1
    #expect(throws: Faults.self) { try sample.metrics() }
  }

  @Test func noBatchFits() throws {
    var sample = ReadSample()
    sample.capacity = 1e6
    var resolved = sample.resolved
    resolved.scenario.workload.fillsMemory = true
    #expect(throws: Faults.self) { try Simulator(resolved) }
  }

  /// One sequence out and one in, at 25 GB/s and 5 us a copy.
  @Test func anotherSequencesTurn() throws {
    var sample = ReadSample()
    sample.batch = 4
    let time = try #require(sample.metrics()["context_switch.time"])
    #expect(abs(time - 2 * (5e-6 + 4096 * sample.bytesOfToken / 2.5e10)) < 1e-12)
  }
}
