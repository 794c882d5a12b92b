import TestSupport
import Testing

@testable import ScenarioFiles

/// What a user sees of a wrong `prompt` or `overheads`: one line, with key and mend.
@Suite struct PromptFaultTests {
  static let prompt = """
    prompt:
      cached: {tokens: 32 tokens}
      contexts: 2
      question: 16 tokens
      compress: {every: 2 tokens}
      tokens: [{layers: 2-31, keep: 0.4, parts: attention}]
      attention:
        - {layers: 0.5, heads: 0.5, select: {by: window, sink: 16 tokens, recent: 32 tokens}}
        - {layers: 0.5-1.0, select: {by: block, block: 64 tokens, density: 0.1, skips: values}}
        - heads: 0.25
          select:
            by: vertical-slash
            run: 8 tokens
            heads: [{vertical: 10 tokens, slash: 20 tokens, count: 3}]
    overheads:
      - name: estimate
        phase: prompt
        scores: {queries: 64 tokens, heads: kv, width: 128}
        launches: 3
      - {name: gate, phase: prompt, product: {rows: {every: 64 tokens}, inputs: 64, outputs: 32}}
      - {name: choose, phase: decode, top-k: {of: {every: 16 tokens}, heads: 4, keep: 64}}
      - {name: permute, phase: prompt, site: cache, move: {tokens: all, bytes-per-token: 4 kB}}
      - name: codes
        phase: decode
        layers: 3
        read: {tokens: all, bytes-per-token: 64 B, tier: ddr}
        every-steps: 4

    """

  static let whole = ScenarioSample.whole + prompt
  static let sound = whole.replacing(
    "{layers: 0.5-1.0, select", with: "{layers: 0.5-1.0, heads: 0.25, select")

  @Test func theSampleIsFine() {
    // Half of the heads and a quarter, then all and a quarter: the second half has too many.
    let lines = ScenarioSample.lines(Self.whole)
    #expect(lines.count == 1)
    #expect(lines.first?.contains("the entries of this layer take more than all") == true)
    #expect(ScenarioSample.lines(Self.sound) == [])
  }

  @Test(arguments: [
    ("tokens: 32 tokens", "tokens: 512 tokens", "prompt.cached.tokens is '512'"),
    ("tokens: 32 tokens", "tokens: 32", "prompt.cached.tokens '32' is not a quantity"),
    ("{tokens: 32 tokens}", "{token: 32 tokens}", "unknown key 'prompt.cached.token'"),
    ("{tokens: 32 tokens}", "{tokens: 32 tokens, tier: dd}", "'dd'"),
    ("contexts: 2", "contexts: 0", "prompt.contexts is '0'"),
    ("contexts: 2", "contexts: 2\n  chunk: 8 tokens", "chunks of contexts"),
    ("contexts: 2", "contexts: 99999", "prompt.contexts is '99999'"),
    ("question: 16 tokens", "question: 128 tokens", "prompt.question is '128'"),
    ("question: 16 tokens", "question: -1 tokens", "prompt.question is '-1 tokens'"),
    ("every: 2 tokens}", "every: 0 tokens}", "prompt.compress.every is '0 tokens'"),
    ("keep: 0.4", "keep: 1.4", "prompt.tokens[0].keep is '1.4'"),
    ("layers: 2-31", "layers: 31-2", "prompt.tokens[0].layers is '31-2'"),
    ("parts: attention", "parts: attenton", "'attenton'"),
    ("heads: 0.5", "heads: 1.5", "prompt.attention[0].heads is '1.5'"),
    ("by: window", "by: windows", "'windows'"),
    ("sink: 16 tokens, recent: 32 tokens", "sink: 16 tokens", "missing key 'prompt.attention[0]"),
    ("density: 0.1", "density: nan", "prompt.attention[1].select.density"),
    ("density: 0.1", "density: 0.1, keep: 64 tokens", "density says how much"),
    ("density: 0.1", "skip: 1", "missing key 'prompt.attention[1].select.keep'"),
    ("block: 64 tokens", "block: 0 tokens", "prompt.attention[1].select.block is '0 tokens'"),
    ("skips: values", "skips: keys", "'keys'"),
    ("slash: 20 tokens", "slash: 2e9 tokens", "slash is '2e9 tokens'"),
    ("count: 3", "count: 0", "count is '0'"),
    ("run: 8 tokens", "run: 0 tokens", "run is '0 tokens'"),
    ("name: estimate", "name: my estimate", "overheads[0].name is 'my estimate'"),
    ("name: gate", "name: estimate", "another work of the phase has this name"),
    ("phase: decode, top-k", "phase: decoding, top-k", "'decoding'"),
    ("width: 128", "width: 0", "overheads[0].scores.width is '0'"),
    ("heads: kv", "heads: kw", "overheads[0].scores.heads is 'kw'"),
    ("launches: 3", "move: {tokens: all, bytes-per-token: 1 B}", "a second work"),
    (", product: {rows: {every: 64 tokens}, inputs: 64, outputs: 32}", "", "missing key"),
    ("bytes-per-token: 4 kB", "bytes-per-token: 4", "'4' is not a quantity"),
    ("bytes-per-token: 64 B", "bytes-per-token: -64 B", "'-64 B'"),
    ("tier: ddr", "tier: dram2", "'dram2'"),
    ("every-steps: 4", "every-steps: 0", "overheads[4].every-steps is '0'"),
    ("launches: 3", "every-steps: 3", "a prompt is one step"),
    ("site: cache", "site: cash", "'cash'"),
  ])
  func wrongValues(_ old: String, _ new: String, _ part: String) {
    let sound = Self.sound
    let text = sound.replacing(old, with: new)
    #expect(text != sound)
    let lines = ScenarioSample.lines(text)
    #expect(lines.contains { $0.contains(part) }, "\(lines)")
    #expect(lines.allSatisfy { $0.contains("sample.yaml:") && $0.contains(": error: ") })
  }

  @Test func mutationsNeverCrash() {
    let sound = Self.sound
    var random = SplitMix(state: 5)
    for _ in 0..<80 {
      let mutant = ScenarioFuzzTests.mutate(Array(sound.utf8), &random)
      guard let text = String(validating: mutant, as: UTF8.self) else { continue }
      for line in ScenarioSample.lines(text) {
        #expect(line.contains(": error: ") && !line.contains("\n"))
      }
    }
  }
}
