import Testing

@testable import ScenarioFiles

@Suite struct TextPatternTests {
  @Test(arguments: [
    ("prefill latency", "Prefill-latency in vLLM", true),
    ("ttft|time to first token", "time to first token, whole model", true),
    ("h20", "NVIDIA H200", false), ("h20", "NVIDIA H20 / H200", true),
    ("a100", "1x A100-80GB", true), ("llama-3-8b", "Llama-3.1-8B", false),
    ("llama-3-8b", "Llama-3-8B-Instruct", true), ("llama-3.1-8b*", "llama-3.1-8bit", true),
    ("prefill*kernel", "prefill attention kernel time", true), ("prefill*kernel", "kernel", false),
    ("speedup*", "prefill speedups", true), ("speedup", "prefill speedups", false),
    ("=x", "x", true), ("=x", "x speedup", false), ("=x*", "x speedup", true),
    ("=*tokens", "many tokens", true), ("=*tokens", "tokens of many", false),
    ("7b", "27B MoE", false), ("2.5", "12.5", false), ("5", "2.5", false), ("=any*", "", false),
  ])
  func finds(_ pattern: String, _ text: String, _ expected: Bool) throws {
    let pattern = try #require(TextPattern(pattern))
    #expect((pattern.match(text) != nil) == expected)
  }

  @Test(
    arguments: [
      ("<prompt> prompt + <generate> generated", "128 prompt + 256 generated", 128, 256),
      ("<prompt>+<generate>", "128+256", 128, 256),
      ("<prompt> + <generate>", "16384 + 128", 16384, 128),
      ("<low> <prompt>", "2K-128K context + 256 query", 131_072, nil),
      ("lk=<prompt>", "Lq=1, Lk=524288", 524_288, nil),
      ("avg input <prompt>", "avg input 130K, output 200", 130_000, nil),
      ("<prompt>", "PG19, then 8192", 8192, nil), ("<prompt>", "192K", 196_608, nil),
      ("<prompt>", "100K", 100_000, nil), ("<prompt>", "a context of 1M", 1_000_000, nil),
    ] as [(String, String, Double, Double?)])
  func keepsNumbers(
    _ pattern: String, _ text: String, _ prompt: Double, _ generate: Double?
  ) throws {
    let pattern = try #require(TextPattern(pattern))
    let found = try #require(pattern.match(text))
    #expect(found["prompt"] == prompt)
    #expect(found["generate"] == generate)
  }

  @Test(arguments: ["", "a||b", "a|", "<prompt", "<>", "=", "*"])
  func refusesPatternsOfNothing(_ text: String) { #expect(TextPattern(text) == nil) }

  @Test(arguments: [
    ("0.25", 0.25), ("1/16", 0.0625), ("1/3 (12 of 32)", 1.0 / 3), ("0.22-0.40 (average)", 0.31),
    ("~0.47-0.62 on LongBench-E", 0.545), ("5%", 0.05), ("about 64 of 576", 64.0), ("100B", 1e11),
    ("128K", 131_072.0), ("5000000000.0", 5e9),
  ])
  func readsAmounts(_ text: String, _ expected: Double) throws {
    let amount = try #require(ClaimText.amount(text))
    #expect(abs(amount / expected - 1) < 1e-12)
  }

  @Test(arguments: ["", "high", "2x:y", "nan", "inf", "none"])
  func findsNoAmount(_ text: String) {
    #expect(ClaimText.amount(text) == (text == "2x:y" ? 2 : nil))
  }

  /// A text made to send a backtracking matcher round for ever.
  @Test func longTextsAreCheap() throws {
    let pattern = try #require(TextPattern("a*a*a*a*a*a*a*a*b"))
    #expect(pattern.match(String(repeating: "a ", count: 100_000)) == nil)
  }
}
