import Policies
import TestSupport
import Testing

@testable import ScenarioFiles

/// Reads, forms of the cache and batches that fill memory: what is read, and one fault of each kind.
@Suite struct ReadFaultTests {
  static let sample = """
    schema: 1
    hardware: nvidia-h200-server
    runtime: cuda-graph
    model: facebook/opt-6.7b
    precision: {weights: fp16, kv: fp16}
    workload: {prompt: 1024, generate: 4, batch: fits}
    attention:
      reads:
        - {heads: 0.5, tokens: {sink: 64 tokens, recent: 256 tokens}}
        - {heads: 0.5, tokens: {keep: 512 tokens}, pick: page, page: 64 tokens}
        - {name: score, heads: 0.5, stored: {every: 16 tokens}, of: keys, vectors: 2, bits: 8, metadata: 4 B, every-steps: 2}
    cache:
      keep: as-read
      form: {keys: {bits: 4, group: 64 elements, metadata: 4 B}, values: {keep: 0.5, pad: 8 elements}, recent: 32 tokens}
      shared-prefix: {tokens: 128 tokens, reads: each}

    """

  private func method() throws -> MethodChoice {
    let document = try Document(text: Self.sample, file: "sample.yaml")
    return try ScenarioFile(document: document, settings: []).scenario(variant: "default").scenario
      .method
  }

  @Test func theSampleIsFine() throws {
    #expect(ScenarioSample.lines(Self.sample).isEmpty)
    let method = try method()
    #expect(
      method.attention.reads == [
        AttentionRead(heads: 0.5, tokens: TokenAmount(sink: 64, recent: 256)),
        AttentionRead(heads: 0.5, tokens: TokenAmount(keep: 512), pick: .page, page: 64),
        AttentionRead(
          name: "score", heads: 0.5, part: .keys, stored: TokenAmount(every: 16), vectors: 2,
          bits: 8, metadata: 4, everySteps: 2),
      ])
    #expect(method.cache.keep == .asRead)
    #expect(
      method.cache.form
        == CacheForm(
          keys: .init(bits: 4, group: 64, metadata: 4), values: .init(keep: 0.5, pad: 8),
          recent: 32))
    #expect(method.cache.sharedPrefix == SharedPrefix(tokens: 128, reads: .each))
  }

  @Test(arguments: [
    BrokenSample(
      "vectors: 2", "vector: 2",
      "sample.yaml:11:71: error: unknown key 'attention.reads[2].vector'; did you mean "
        + "'attention.reads[2].vectors'?"),
    .init(
      "- {heads: 0.5, tokens: {sink", "- {heads: 1.5, tokens: {sink",
      "sample.yaml:9:15: error: attention.reads[0].heads is '1.5'; expected a number between "
        + "0.0001 and 1.0"),
    .init(
      "{heads: 0.5, tokens: {keep: 512 tokens}, pick: page, page: 64 tokens}",
      "{heads: 0.5, pick: page, page: 64 tokens}",
      "sample.yaml:10:7: error: missing key 'attention.reads[1].tokens'; expected how many tokens "
        + "a head reads"),
    .init(
      "pick: page, page: 64", "page: 64",
      "sample.yaml:10:54: error: attention.reads[1].page is 'given without pick: page'; only pages "
        + "have a size; say pick: page or leave it out"),
    .init(
      "pick: page, page: 64 tokens", "pick: page",
      "sample.yaml:10:7: error: missing key 'attention.reads[1].page'; expected tokens a page"),
    .init(
      "pick: page, page: 64 tokens", "every-steps: 4",
      "sample.yaml:10:7: error: attention.reads[1] is 'another every-steps than the read named "
        + "attend before it'; reads of one name are one kernel; give it another name"),
    .init(
      "name: score", "name: input",
      "sample.yaml:11:14: error: attention.reads[2].name is 'input'; expected lower-case letters, "
        + "digits and dashes, and none of norm, input, output, shared, merge"),
    .init(
      "  reads:", "  select: all\n  reads:",
      "sample.yaml:8:3: error: attention.select is 'given with reads'; reads say all that is read "
        + "and scored; leave one of them out"),
    .init(
      "batch: fits", "batch: fit",
      "sample.yaml:6:46: error: workload.batch is 'fit'; expected a whole number between 1 and "
        + "65536"),
    .init(
      "keep: as-read", "keep: all",
      "sample.yaml:13:9: error: cache.keep is 'all'; expected as-read, a map with tokens, or a "
        + "list of them"),
    .init(
      "keep: as-read", "keep: [{heads: 0.75, tokens: 64 tokens}, {heads: 0.75, tokens: 0.5}]",
      "sample.yaml:13:9: error: cache.keep is '1.5 of the heads of a layer'; shares of heads add up "
        + "to 1 or less"),
    .init(
      "group: 64 elements", "group: 64",
      "sample.yaml:14:33: error: cache.form.keys.group is '64'; expected 1 to 65536 elements, as 64 "
        + "elements"),
    .init(
      "recent: 32 tokens}", "recent: 32 layers}",
      "sample.yaml:14:108: error: cache.form.recent '32 layers' is not a quantity; expected a "
        + "number and one of token, tokens"),
    .init(
      "tokens: 128 tokens, reads", "tokens: 1025 tokens, reads",
      "sample.yaml:15:27: error: cache.shared-prefix.tokens is '1025 tokens'; the prompt leaves "
        + "1024 in the context"),
    .init(
      "reads: each", "reads: twice",
      "sample.yaml:15:46: error: cache.shared-prefix.reads: there is no way to read 'twice'; known "
        + "are once, each"),
    .init(
      "keep: as-read", "hit-share: 0.5",
      "sample.yaml:13:14: error: cache.hit-share is '0.5'; KV lies beside the processor; name a "
        + "far cache.tier"),
    .init(
      "every-steps: 2}", "every-steps: 2, tier: hbn}",
      "sample.yaml:9:5: error: attention.reads[2].tier: there is no tier in nvidia-h200-server "
        + "'hbn'; did you mean 'hbm'?"),
  ])
  func faults(_ broken: BrokenSample) {
    broken.check(in: Self.sample)
  }

  /// Reads, a form or less of the cache stand in place of a selection by pages and its trace.
  @Test func noSelectionBeside() {
    let text = ScenarioSample.pages.replacing("  tier: ddr", with: "  keep: as-read\n  tier: ddr")
    let lines = ScenarioSample.lines(text)
    #expect(lines.count == 3)
    #expect(lines.contains { $0.contains("state the selection as attention.reads") })
  }
}
