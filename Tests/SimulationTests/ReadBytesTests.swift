import Models
import Policies
import Simulation
import Testing

/// What published methods read of KV, counted by hand from their descriptions.
@Suite struct ReadBytesTests {
  private func readPerStep(_ sample: ReadSample) throws -> Double {
    try #require(sample.metrics()["kv.bytes_read_per_step"])
  }

  /// Compressed keys every 16 tokens, 16 blocks of 64, a window of 512: arXiv 2502.11089, table 4.
  @Test(arguments: [(8192, 2048.0), (16384, 2560), (32768, 3584), (65536, 5632)])
  func threeBranches(context: Int, tokens: Double) throws {
    var sample = ReadSample()
    sample.attention = GroupedAttention(
      queryHeads: 64, kvHeads: 4, keyDimension: 192, valueDimension: 128)
    sample.context = context
    sample.reads = [
      AttentionRead(name: "compressed", stored: TokenAmount(every: 16)),
      AttentionRead(
        name: "selected", tokens: TokenAmount(keep: 1024), pick: .page, page: 64),
      AttentionRead(name: "window", tokens: TokenAmount(recent: 512)),
    ]
    #expect(abs(try readPerStep(sample) / sample.bytesOfToken / tokens - 1) < 1e-9)
  }

  /// Eight channels of every key at 4 bits, then one token in 16: 36 B of 512 a token and head.
  @Test func labelsAndTokens() throws {
    var sample = ReadSample()
    sample.context = 8192
    sample.reads = [
      AttentionRead(
        name: "labels", part: .keys, stored: .all, channels: 8, bits: 4),
      AttentionRead(tokens: TokenAmount(share: 1.0 / 16), pick: .token),
    ]
    let each = try readPerStep(sample) / Double(sample.context * sample.layers * 32)
    #expect(abs(each - 36) < 1e-6)
  }

  /// Half of the heads see 384 tokens, half pick 4096 in pages and score 1/16 of the context by two
  /// vectors, at one step of four.
  @Test func streamingAndPickingHeads() throws {
    var sample = ReadSample()
    sample.context = 32768
    sample.steps = 4
    sample.reads = [
      AttentionRead(heads: 0.5, tokens: TokenAmount(sink: 128, recent: 256)),
      AttentionRead(heads: 0.5, tokens: TokenAmount(keep: 4096), pick: .page),
      AttentionRead(
        name: "score", heads: 0.5, part: .keys, stored: TokenAmount(every: 16), vectors: 2,
        everySteps: 4),
    ]
    let attended = 16.0 * (384 + 4096) * 512
    // The mean context of the four steps.
    let scored = 16 * (32766.5 / 16) * 2 * 256 / 4
    #expect(abs(try readPerStep(sample) / (2 * (attended + scored)) - 1) < 1e-9)
    let stored = try #require(sample.metrics()["kv.bytes"])
    #expect(stored == 2 * (32 * 32768 * 512 + 16 * 2048 * 512))
  }

  /// Three tokens in a hundred of Llama-3.1-8B at 128K: 491.5 MiB.
  @Test func aShareOfTheTokens() throws {
    var sample = ReadSample()
    sample.layers = 32
    sample.attention = GroupedAttention(queryHeads: 32, kvHeads: 8, keyDimension: 128)
    sample.context = 131_072
    sample.reads = [AttentionRead(tokens: TokenAmount(share: 0.03), pick: .token)]
    #expect(abs(try readPerStep(sample) / 1_048_576 / 491.5 - 1) < 1e-3)
  }

  /// Query heads of a group that choose apart read apart.
  @Test func groupsThatDoNotShare() throws {
    var sample = ReadSample()
    sample.attention = GroupedAttention(queryHeads: 32, kvHeads: 8, keyDimension: 128)
    sample.reads = [AttentionRead(tokens: TokenAmount(keep: 512), pick: .token)]
    let shared = try readPerStep(sample)
    sample.reads[0].isShared = false
    #expect(shared == 512 * sample.bytesOfToken)
    #expect(try readPerStep(sample) == 4 * shared)
  }

  /// All keys are read, and the values of a share: a kernel that skips values after scoring.
  @Test func keysOfAllAndValuesOfSome() throws {
    var sample = ReadSample()
    sample.reads = [
      AttentionRead(part: .keys), AttentionRead(tokens: TokenAmount(share: 0.25), part: .values),
    ]
    let read = try readPerStep(sample)
    #expect(read == Double(4096) * 0.625 * sample.bytesOfToken)
  }

  @Test func pagesAreReadWhole() throws {
    var sample = ReadSample()
    sample.reads = [AttentionRead(tokens: TokenAmount(keep: 100), pick: .page, page: 64)]
    #expect(try readPerStep(sample) == 128 * sample.bytesOfToken)
  }

  /// Layers that no read is for read everything.
  @Test func layersOfTheirOwn() throws {
    var sample = ReadSample()
    sample.layers = 8
    sample.reads = [
      AttentionRead(layers: .places(0...2), tokens: TokenAmount(recent: 64)),
      AttentionRead(layers: .depth(0.5..<1), tokens: TokenAmount(recent: 128)),
    ]
    let tokens = Double(3 * 64 + 4 * 128 + 4096)
    #expect(try readPerStep(sample) == tokens * sample.bytesOfToken / 8)
  }

  /// A prefix of 5107 tokens in common is read once by a kernel that knows of it.
  @Test(arguments: [SharedPrefix.Reads.once, .each])
  func commonPrefix(_ reads: SharedPrefix.Reads) throws {
    var sample = ReadSample()
    sample.context = 6500
    sample.batch = 32
    sample.cache.sharedPrefix = SharedPrefix(tokens: 5107, reads: reads)
    let apart = Double(32 * 1393 + 5107)
    let read = reads == .once ? apart : 32 * 6500
    #expect(try readPerStep(sample) == read * sample.bytesOfToken)
    #expect(try #require(sample.metrics()["kv.bytes"]) == apart * sample.bytesOfToken)
  }

  /// The whole prompt in common is stored once, and follows the prompt's length.
  @Test(arguments: [4096, 6500])
  func commonPrompt(_ context: Int) throws {
    var sample = ReadSample()
    sample.context = context
    sample.batch = 32
    sample.cache.sharedPrefix = SharedPrefix(tokens: nil, reads: .each)
    let stored = Double(context - sample.steps + 32 * sample.steps)
    #expect(try #require(sample.metrics()["kv.bytes"]) == stored * sample.bytesOfToken)
  }

  /// Two keys of 128 numbers for 16 tokens and head; those of the common prefix are stored once.
  @Test func summariesOfACommonPrefix() throws {
    var sample = ReadSample()
    sample.context = 6500
    sample.batch = 32
    sample.cache.sharedPrefix = SharedPrefix(tokens: 5107, reads: .each)
    sample.reads = [
      AttentionRead(name: "score", part: .keys, stored: TokenAmount(every: 16), vectors: 2),
      AttentionRead(),
    ]
    let tokens = Double(32 * 1393 + 5107) * sample.bytesOfToken
    let stops: Double = 32 * 6500.0 / 16 - 31 * 5107.0 / 16
    let summaries: Double = stops * Double(2 * 128 * 2) * Double(32 * sample.layers)
    #expect(abs(try #require(sample.metrics()["kv.bytes"]) / (tokens + summaries) - 1) < 1e-9)
  }

  /// Of sequences with a prefix in common each reads it, all but the first from the last cache.
  @Test func commonPrefixComesFromTheCache() throws {
    var sample = ReadSample()
    sample.context = 6500
    sample.batch = 32
    sample.caches = 1
    sample.cache.sharedPrefix = SharedPrefix(tokens: 5107, reads: .each)
    let metrics = try sample.metrics(.both)
    let cached = 31 * 5107 * sample.bytesOfToken
    #expect(abs(try #require(metrics["l2.bytes_per_token"]) * 32 / cached - 1) < 1e-9)
    let read = try #require(metrics["kv.bytes_read_per_step"])
    #expect(abs(read / (32 * 6500 * sample.bytesOfToken) - 1) < 1e-9)
    sample.caches = 0
    let plain = try sample.metrics(.both)
    #expect(try #require(metrics["tpot"]) < (try #require(plain["tpot"])) / 2)
  }

  /// What is read from a far tier crosses the link, less what is beside the processor.
  @Test func hitsDoNotCross() throws {
    var sample = ReadSample()
    sample.context = 16384
    sample.batch = 4
    sample.cache.tier = "ddr"
    sample.cache.transfer = .gatherKernel
    sample.cache.hitShare = 0.944
    sample.reads = [AttentionRead(tokens: TokenAmount(keep: 4096), pick: .page, page: 64)]
    let metrics = try sample.metrics(.both)
    let crossing = try #require(metrics["pcie.bytes_per_token"])
    #expect(abs(crossing / (4096 * 0.056 * sample.bytesOfToken) - 1) < 1e-9)
    let near = try #require(metrics["memory.hbm.peak"])
    let far = try #require(metrics["memory.ddr.peak"])
    #expect(far == 4 * 16384 * sample.bytesOfToken)
    #expect(near > 4 * 4096 * sample.bytesOfToken && near < 4 * 4500 * sample.bytesOfToken)
  }

  /// The host attends to what is not beside the processor, and nothing crosses the link.
  @Test func theHostAttendsWhereTheyAre() throws {
    var sample = ReadSample()
    sample.context = 16384
    sample.cache.tier = "ddr"
    sample.cache.onMiss = .host
    sample.reads = [
      AttentionRead(tokens: TokenAmount(share: 0.03), pick: .token),
      AttentionRead(name: "codes", part: .keys, stored: .all, bits: 1),
    ]
    let metrics = try sample.metrics(.both)
    #expect(metrics["pcie.bytes_per_token"] == nil)
    let host = try #require(metrics["ddr.bytes_per_token"])
    #expect(abs(host / (0.03 * 16384 * sample.bytesOfToken) - 1) < 1e-2)
  }
}
