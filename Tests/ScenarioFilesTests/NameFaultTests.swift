import Testing

/// Formats, variants, expectations, names and traces that are broken, with the lines that a user sees.
@Suite struct NameFaultTests {
  @Test(arguments: [
    BrokenSample(
      "kv: bf16", "kv: bf17",
      "sample.yaml:10:32: error: precision.kv: there is no number format 'bf17'; did you "
        + "mean 'bf16'?"),
    BrokenSample(
      "kv: bf16}", "kv: bf16, kv: fp8}",
      "sample.yaml:10:28: error: key 'kv' appears twice; remove one"),
    BrokenSample(
      "title: A sample", "title: &t A sample",
      "sample.yaml:2:8: error: not valid YAML for this file: an anchor or alias (&name, "
        + "*name); write the value out, or quote the text"),
    BrokenSample(
      "title: A sample", "title: [A, sample]",
      "sample.yaml:2:8: error: title is 'a list'; expected text"),
    BrokenSample(
      "small: {cache: {resident: {budget: 16 pages}}}", "small: 16 pages",
      "sample.yaml:19:10: error: variants.small is '16 pages'; expected a map of changes, {} "
        + "for none"),
    BrokenSample(
      "small: {cache: {resident: {budget: 16 pages}}}",
      "small: {cache: {resident: {bugdet: 16 pages}}}",
      "sample.yaml:19:30: error: unknown key 'cache.resident.bugdet'; did you mean "
        + "'cache.resident.budget'?"),
    BrokenSample(
      "variant: large", "variant: larch",
      "sample.yaml:22:15: error: expect[0].variant: there is no variant 'larch'; known are "
        + "small, large"),
    BrokenSample(
      "- {variant: large", "- {against: larch, variant: large",
      "sample.yaml:22:15: error: expect[0].against: there is no variant 'larch'; known are "
        + "small, large"),
    BrokenSample(
      "metric: tpot, ", "",
      "sample.yaml:22:5: error: missing key 'expect[0].metric'; expected a metric's name"),
    BrokenSample(
      "- {variant: large, metric: tpot, value: 1 ms, source: none}", "large",
      "sample.yaml:22:3: error: expect is 'large'; expected a list of expectations"),
    BrokenSample(
      "hardware: nvidia-h200-server", "hardware: nvidia-h200-serve",
      "sample.yaml:3:11: error: hardware: there is no profile 'nvidia-h200-serve'; did you mean "
        + "'nvidia-h200-server'?"),
    BrokenSample(
      "runtime: cuda-graph", "runtime: cuda-grpah",
      "sample.yaml:4:10: error: runtime: there is no runtime 'cuda-grpah'; did you mean "
        + "'cuda-graph'?"),
    BrokenSample(
      "layers: 12", "layers: 10",
      "sample.yaml:17:10: error: cache.trace is '12 attention layers'; the model has 10; use "
        + "'like' to draw a trace of the model's dimensions"),
    BrokenSample(
      "kv-heads: 4", "kv-heads: 8",
      "sample.yaml:17:10: error: cache.trace is '4 KV heads'; the model has 8; use 'like' to draw "
        + "a trace of the model's dimensions"),
    BrokenSample(
      "keep: 1024 tokens", "keep: 8192 tokens",
      "sample.yaml:12:38: error: attention.select.keep is '128 pages a head'; the trace records "
        + "the best 48; keep at most 3072 tokens"),
    BrokenSample(
      "keep: 1024 tokens", "keep: 1024 pages",
      "sample.yaml:12:38: error: attention.select.keep '1024 pages' is not a quantity; "
        + "expected a number and one of token, tokens"),
    BrokenSample(
      "page: 64 tokens", "page: 0 tokens",
      "sample.yaml:12:57: error: attention.select.page is '0 tokens'; expected between 1 "
        + "tokens and 65536 tokens"),
    BrokenSample(
      "traces/attention-a-python.ltrace", "traces/attention-b-python.ltrace",
      "sample.yaml:17:17: error: cache.trace.file is 'traces/attention-b-python.ltrace'; no such "
        + "file beside the scenario, in this folder or in the shipped scenarios/"),
    BrokenSample(
      "traces/attention-a-python.ltrace", "traces/relu-a-python.ltrace",
      "sample.yaml:17:10: error: cache.trace is 'a trace without attention pages'; name a trace "
        + "that recorded them"),
    BrokenSample(
      "traces/attention-a-python.ltrace", "traces/README.md",
      "$ROOT/scenarios/traces/README.md: error: not valid ltrace: the first 8 bytes are not "
        + "the magic of a trace; import it with 'lacuna trace import'"),
    BrokenSample(
      "first-step: 160}", "first-step: 160, density: 0.1}",
      "sample.yaml:17:68: error: unknown key 'cache.trace.density'; known keys are "
        + "cache.trace.file, cache.trace.like, cache.trace.first-step"),
    BrokenSample(
      "{file: traces/attention-a-python.ltrace, first-step: 160}", "{first-step: 160}",
      "sample.yaml:17:10: error: missing key 'cache.trace.file'; expected either file or "
        + "like, with a trace's path"),
    BrokenSample(
      "transfer: gather-kernel", "transfer: teleport",
      "sample.yaml:16:13: error: cache.transfer: there is no transfer 'teleport'; known are "
        + "copy-engine, gather-kernel"),
    BrokenSample(
      "hidden: 1024", "hidden: 0x400",
      "sample.yaml:8:11: error: model.hidden is '0x400'; expected a whole number between 1 "
        + "and 1000000"),
    BrokenSample(
      "hidden: 1024", "hidden: 100000000000",
      "sample.yaml:8:11: error: model.hidden is '100000000000'; expected a whole number "
        + "between 1 and 1000000"),
  ])
  func names(_ broken: BrokenSample) { broken.check(in: ScenarioSample.pages) }
}
