import Diagnostics
import TestSupport
import Testing

@testable import ScenarioFiles

/// One broken scenario for each kind of fault, with the lines that a user sees.
@Suite struct ScenarioFaultTests {
  /// A sample scenario with one text replaced, and what is then printed.
  struct Broken: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var lines: [String]
    var testDescription: String { new }
    init(_ old: String, _ new: String, _ lines: String...) {
      self.old = old
      self.new = new
      self.lines = lines.map { $0.replacing("$ROOT", with: Checkout.root.path) }
    }
  }

  func check(_ broken: Broken, in sample: String) {
    let text = sample.replacing(broken.old, with: broken.new)
    #expect(text != sample, "the sample has no '\(broken.old)'")
    #expect(ScenarioSample.lines(text) == broken.lines)
  }

  @Test(arguments: [
    ScenarioSample.pages, ScenarioSample.experts, ScenarioSample.neurons, ScenarioSample.whole,
  ])
  func samplesAreFine(_ sample: String) {
    #expect(ScenarioSample.lines(sample).isEmpty)
  }

  /// Head of the file, workload, pages in a cache, variants and expectations.
  @Test(arguments: [
    Broken(
      "schema: 1", "schema: 7",
      "sample.yaml:1:9: error: schema is '7'; expected a whole number between 1 and 1"),
    Broken(
      "schema: 1\n", "",
      "sample.yaml:1: error: missing key 'schema'; expected the schema number, 1"),
    Broken(
      "precision:", "precison:",
      "sample.yaml:1: error: missing key 'precision'; expected a map with weights and kv",
      "sample.yaml:10:1: error: unknown key 'precison'; did you mean 'precision'?"),
    Broken(
      "replace: lru", "repalce: lru",
      "sample.yaml:15:43: error: unknown key 'cache.resident.repalce'; did you mean "
        + "'cache.resident.replace'?"),
    Broken(
      "runtime: cuda-graph\n", "",
      "sample.yaml:1: error: missing key 'runtime'; expected a runtime's name or file"),
    Broken(
      "budget: 32 pages", "budget: 32 GB/s",
      "sample.yaml:15:33: error: cache.resident.budget '32 GB/s' is not a quantity; expected "
        + "a number and one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"),
    Broken(
      "budget: 32 pages", "budget: -4 pages",
      "sample.yaml:15:33: error: cache.resident.budget is '-4 pages'; expected 1 to "
        + "1000000000 pages; leave 'resident' out to keep none"),
    Broken(
      "budget: 32 pages", "budget: -4 GB",
      "sample.yaml:15:33: error: cache.resident.budget is '-4 GB'; expected between 1 B and "
        + "1000000 TB"),
    Broken(
      "budget: 32 pages", "budget: nan GB",
      "sample.yaml:15:33: error: cache.resident.budget 'nan GB' is not a quantity; expected "
        + "a number and one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"),
    Broken(
      "budget: 32 pages", "budget: 0 pages",
      "sample.yaml:15:33: error: cache.resident.budget is '0 pages'; expected 1 to "
        + "1000000000 pages; leave 'resident' out to keep none"),
    Broken(
      "budget: 32 pages", "budget: 0 B",
      "sample.yaml:15:33: error: cache.resident.budget is '0 B'; expected between 1 B and "
        + "1000000 TB"),
    Broken(
      "budget: 32 pages", "budget: 1 B",
      "sample.yaml:15:33: error: cache.resident.budget is '1 B'; one page is 32.77 kB; give room "
        + "for one or more"),
    Broken(
      "budget: 32 pages", "budget: 1e300 TB",
      "sample.yaml:15:33: error: cache.resident.budget '1e300 TB' is not a quantity; "
        + "expected a number and one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"),
    Broken(
      "budget: 32 pages", "budget: 4000000000 pages",
      "sample.yaml:15:33: error: cache.resident.budget is '4000000000 pages'; expected 1 to "
        + "1000000000 pages; leave 'resident' out to keep none"),
    Broken(
      "budget: 32 pages", "budget: 32",
      "sample.yaml:15:33: error: cache.resident.budget '32' is not a quantity; expected a "
        + "number and one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"),
    Broken(
      "budget: 32 pages", "budget: [32 pages]",
      "sample.yaml:15:33: error: cache.resident.budget is 'a list'; expected an amount of "
        + "memory or a number of pages"),
    Broken(
      "replace: lru", "replace: window",
      "sample.yaml:15:13: error: missing key 'cache.resident.window'; expected the batches "
        + "an entry stays after its touch"),
    Broken(
      "replace: lru", "replace: lur",
      "sample.yaml:15:52: error: cache.resident.replace: there is no replacement 'lur'; "
        + "known are lru, lfu, window, belady"),
    Broken(
      "tier: hbm, budget", "tier: hmb, budget",
      "sample.yaml:15:20: error: cache.resident.tier: there is no tier in nvidia-h200-server "
        + "'hmb'; known are ddr, flash, l2, hbm"),
    Broken(
      "tier: ddr", "tier: drr",
      "sample.yaml:14:9: error: cache.tier: there is no tier in nvidia-h200-server 'drr'; did you "
        + "mean 'ddr'?"),
    Broken(
      "prompt: 4096", "prompt: 0",
      "sample.yaml:11:20: error: workload.prompt is '0'; expected a whole number between 1 "
        + "and 100000000"),
    Broken(
      "prompt: 4096", "prompt: 1e3",
      "sample.yaml:11:20: error: workload.prompt is '1e3'; expected a whole number between 1 "
        + "and 100000000"),
    Broken(
      "prompt: 4096", "prompt: 99999999999",
      "sample.yaml:11:20: error: workload.prompt is '99999999999'; expected a whole number "
        + "between 1 and 100000000"),
    Broken(
      "prompt: 4096", "prompt: many",
      "sample.yaml:11:20: error: workload.prompt is 'many'; expected a whole number between "
        + "1 and 100000000"),
    Broken(
      "generate: 8", "generate: 100000000",
      "sample.yaml:17:10: error: cache.trace is '512 steps'; the scenario plays steps 160 to "
        + "100000159; generate fewer tokens or use 'like'"),
    Broken(
      "generate: 8", "generate: 400",
      "sample.yaml:17:10: error: cache.trace is '512 steps'; the scenario plays steps 160 to 559; "
        + "generate fewer tokens or use 'like'"),
  ])
  func keyValuePages(_ broken: Broken) { check(broken, in: ScenarioSample.pages) }

  /// Head of the file, workload, pages in a cache, variants and expectations.
  @Test(arguments: [
    Broken(
      "kv: bf16", "kv: bf17",
      "sample.yaml:10:32: error: precision.kv: there is no number format 'bf17'; did you "
        + "mean 'bf16'?"),
    Broken(
      "kv: bf16}", "kv: bf16, kv: fp8}",
      "sample.yaml:10:28: error: key 'kv' appears twice; remove one"),
    Broken(
      "title: A sample", "title: &t A sample",
      "sample.yaml:2:8: error: not valid YAML for this file: an anchor or alias (&name, "
        + "*name); write the value out, or quote the text"),
    Broken(
      "title: A sample", "title: [A, sample]",
      "sample.yaml:2:8: error: title is 'a list'; expected text"),
    Broken(
      "small: {cache: {resident: {budget: 16 pages}}}", "small: 16 pages",
      "sample.yaml:19:10: error: variants.small is '16 pages'; expected a map of changes, {} "
        + "for none"),
    Broken(
      "small: {cache: {resident: {budget: 16 pages}}}",
      "small: {cache: {resident: {bugdet: 16 pages}}}",
      "sample.yaml:19:30: error: unknown key 'cache.resident.bugdet'; did you mean "
        + "'cache.resident.budget'?"),
    Broken(
      "variant: large", "variant: larch",
      "sample.yaml:22:15: error: expect[0].variant: there is no variant 'larch'; known are "
        + "small, large"),
    Broken(
      "- {variant: large", "- {against: larch, variant: large",
      "sample.yaml:22:15: error: expect[0].against: there is no variant 'larch'; known are "
        + "small, large"),
    Broken(
      "metric: tpot, ", "",
      "sample.yaml:22:5: error: missing key 'expect[0].metric'; expected a metric's name"),
    Broken(
      "- {variant: large, metric: tpot, value: 1 ms, source: none}", "large",
      "sample.yaml:22:3: error: expect is 'large'; expected a list of expectations"),
    Broken(
      "hardware: nvidia-h200-server", "hardware: nvidia-h200-serve",
      "sample.yaml:3:11: error: hardware: there is no profile 'nvidia-h200-serve'; did you mean "
        + "'nvidia-h200-server'?"),
    Broken(
      "runtime: cuda-graph", "runtime: cuda-grpah",
      "sample.yaml:4:10: error: runtime: there is no runtime 'cuda-grpah'; did you mean "
        + "'cuda-graph'?"),
    Broken(
      "layers: 12", "layers: 10",
      "sample.yaml:17:10: error: cache.trace is '12 attention layers'; the model has 10; use "
        + "'like' to draw a trace of the model's dimensions"),
    Broken(
      "kv-heads: 4", "kv-heads: 8",
      "sample.yaml:17:10: error: cache.trace is '4 KV heads'; the model has 8; use 'like' to draw "
        + "a trace of the model's dimensions"),
    Broken(
      "keep: 1024 tokens", "keep: 8192 tokens",
      "sample.yaml:12:38: error: attention.select.keep is '128 pages a head'; the trace records "
        + "the best 48; keep at most 3072 tokens"),
    Broken(
      "keep: 1024 tokens", "keep: 1024 pages",
      "sample.yaml:12:38: error: attention.select.keep '1024 pages' is not a quantity; "
        + "expected a number and one of token, tokens"),
    Broken(
      "page: 64 tokens", "page: 0 tokens",
      "sample.yaml:12:57: error: attention.select.page is '0 tokens'; expected between 1 "
        + "tokens and 65536 tokens"),
    Broken(
      "traces/attention-a-python.ltrace", "traces/attention-b-python.ltrace",
      "sample.yaml:17:17: error: cache.trace.file is 'traces/attention-b-python.ltrace'; no such "
        + "file beside the scenario, in this folder or in the shipped scenarios/"),
    Broken(
      "traces/attention-a-python.ltrace", "traces/relu-a-python.ltrace",
      "sample.yaml:17:10: error: cache.trace is 'a trace without attention pages'; name a trace "
        + "that recorded them"),
    Broken(
      "traces/attention-a-python.ltrace", "traces/README.md",
      "$ROOT/scenarios/traces/README.md: error: not valid ltrace: the first 8 bytes are not "
        + "the magic of a trace; import it with 'lacuna trace import'"),
    Broken(
      "first-step: 160}", "first-step: 160, density: 0.1}",
      "sample.yaml:17:68: error: unknown key 'cache.trace.density'; known keys are "
        + "cache.trace.file, cache.trace.like, cache.trace.first-step"),
    Broken(
      "{file: traces/attention-a-python.ltrace, first-step: 160}", "{first-step: 160}",
      "sample.yaml:17:10: error: missing key 'cache.trace.file'; expected either file or "
        + "like, with a trace's path"),
    Broken(
      "transfer: gather-kernel", "transfer: teleport",
      "sample.yaml:16:13: error: cache.transfer: there is no transfer 'teleport'; known are "
        + "copy-engine, gather-kernel"),
    Broken(
      "hidden: 1024", "hidden: 0x400",
      "sample.yaml:8:11: error: model.hidden is '0x400'; expected a whole number between 1 "
        + "and 1000000"),
    Broken(
      "hidden: 1024", "hidden: 100000000000",
      "sample.yaml:8:11: error: model.hidden is '100000000000'; expected a whole number "
        + "between 1 and 1000000"),
  ])
  func keyValuePagesFurther(_ broken: Broken) { check(broken, in: ScenarioSample.pages) }

  /// Experts and their cache.
  @Test(arguments: [
    Broken(
      "layers: 11", "layers: 12",
      "sample.yaml:10:10: error: experts.trace is '11 mixture layers'; the model has 12; use "
        + "'like' to draw a trace of the model's dimensions"),
    Broken(
      "count: 64", "count: 32",
      "sample.yaml:10:10: error: experts.trace is '64 experts a layer'; the model has 32; use "
        + "'like' to draw a trace of the model's dimensions"),
    Broken(
      "top-k: 4", "top-k: 65",
      "sample.yaml:4:63: error: model.experts.top-k is '65'; give at most the 64 experts"),
    Broken(
      "tier: ddr\n", "tier: ddr\n  top-k: 9\n",
      "sample.yaml:9:10: error: experts.top-k is '9'; the trace records the best 4"),
    Broken(
      "tier: ddr\n", "tier: ddr\n  depth: 0\n",
      "sample.yaml:9:10: error: experts.depth is '0'; expected a whole number between 1 and "
        + "65536"),
    Broken(
      "tier: ddr\n", "tier: ddr\n  fused-gate: maybe\n",
      "sample.yaml:9:15: error: experts.fused-gate is 'maybe'; expected true or false"),
    Broken(
      "tier: ddr\n", "tier: ddr\n  moved-per-byte: inf\n",
      "sample.yaml:9:19: error: experts.moved-per-byte is 'inf'; expected a number between "
        + "0.0 and 100.0"),
    Broken(
      "budget: 8 experts", "budget: 1 MB",
      "sample.yaml:9:33: error: experts.resident.budget is '1 MB'; one expert is 18.87 MB; give "
        + "room for one or more"),
    Broken(
      "width: 1536", "width: 999999",
      "sample.yaml:2:11: error: memory.ddr is '8.651 TB'; nvidia-h200-server has 135.1 GB; the "
        + "largest part is experts (8.651 TB): place it farther away, lower its precision or "
        + "shorten the context"),
  ])
  func experts(_ broken: Broken) { check(broken, in: ScenarioSample.experts) }

  /// Neurons, their predictor and window.
  @Test(arguments: [
    Broken(
      "width: 3072", "width: 3000",
      "sample.yaml:8:63: error: neurons.trace is '3072 neurons a layer'; the model has 3000; use "
        + "'like' to draw a trace of the model's dimensions"),
    Broken(
      "window: 5 tokens", "window: 5 GB",
      "sample.yaml:8:35: error: neurons.window '5 GB' is not a quantity; expected a number "
        + "and one of token, tokens"),
    Broken(
      "window: 5 tokens", "window: -1 tokens",
      "sample.yaml:8:35: error: neurons.window is '-1 tokens'; expected between 0 tokens and "
        + "4096 tokens"),
    Broken(
      "select: active", "select: predictor",
      "sample.yaml:8:10: error: missing key 'neurons.predictor'; expected a map with rank "
        + "and over-prediction"),
    Broken(
      "select: active", "select: predictor, predictor: {rank: 8, over-prediction: 0.5}",
      "sample.yaml:8:68: error: neurons.predictor.over-prediction is '0.5'; expected a "
        + "number between 1.0 and 1000.0"),
    Broken(
      ", trace: {file: traces/relu-a-python.ltrace}", "",
      "sample.yaml:8:10: error: missing key 'neurons.trace'; expected a trace, which decides "
        + "'neurons.read' at every step"),
    Broken(
      "{file: traces/relu-a-python.ltrace}", "{file: traces/relu-a-python.ltrace, density: 0.1}",
      "sample.yaml:8:63: error: neurons.trace.density is 'given with file'; a file is played "
        + "as it is; use like to draw another density"),
    Broken(
      "{file: traces/relu-a-python.ltrace}",
      "{file: traces/relu-a-python.ltrace, working-set: {window: 4 tokens, share: 0.2}}",
      "sample.yaml:8:63: error: neurons.trace.working-set is 'given with file'; a file is played "
        + "as it is; use like to draw another working set"),
    Broken(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 4 tokens}}",
      "sample.yaml:8:112: error: missing key 'neurons.trace.working-set.share'; expected the share "
        + "of neurons that they use"),
    Broken(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 1 token, share: 0.2}}",
      "sample.yaml:8:121: error: neurons.trace.working-set.window is '1 token'; expected between "
        + "2 tokens and 4096 tokens"),
    Broken(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 3.5 tokens, share: 0.2}}",
      "sample.yaml:8:121: error: neurons.trace.working-set.window is '3.5 tokens'; expected a "
        + "whole number of tokens"),
    Broken(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 4 tokens, share: 33 %}}",
      "sample.yaml:8:138: error: neurons.trace.working-set.share is '33 %'; expected a number "
        + "between 0.0001 and 1.0"),
    Broken(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, density: 0.05, working-set: {window: 4 tokens, share: "
        + "0.33}}",
      "sample.yaml:8:153: error: neurons.trace.working-set.share is '0.33'; expected 0.0639 to 0.172, "
        + "which a density of 0.05 and the recorded repeats can give"),
    Broken(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 100 tokens, share: 0.9}}",
      "sample.yaml:8:121: error: neurons.trace.working-set.window is '100 tokens'; expected 2 to "
        + "65 tokens, the gaps that the recording tells apart"),
    Broken(
      "select: active, window: 5 tokens, depth: 32, trace: {file: traces/relu-a-python.ltrace}",
      "select: predictor, predictor: {rank: 8, over-prediction: 3}, trace: {like: "
        + "traces/relu-a-python.ltrace, density: 0.4}",
      "sample.yaml:8:124: error: neurons.trace.density is '0.4, 3 named for each'; expected at "
        + "most all neurons named"),
    Broken(
      "window: 5 tokens", "window: 5 tokens, held-share: 0",
      "sample.yaml:8:57: error: neurons.held-share is '0'; expected a number between 0.0001 and "
        + "1.0"),
    Broken(
      "window: 5 tokens", "window: 2.5 tokens",
      "sample.yaml:8:35: error: neurons.window is '2.5 tokens'; expected a whole number of tokens"),
  ])
  func neurons(_ broken: Broken) { check(broken, in: ScenarioSample.neurons) }

  /// A bundled model.
  @Test(arguments: [
    Broken(
      "facebook/opt-6.7b", "facebook/opt-6.8b",
      "sample.yaml:4:8: error: model: there is no model 'facebook/opt-6.8b'; did you mean "
        + "'facebook/opt-6.7b'?"),
    Broken(
      "prompt: 128", "prompt: 1000000",
      "sample.yaml:2:11: error: memory.hbm is '537.6 GB'; nvidia-h200-server has 150.8 GB; the "
        + "largest part is KV cache (524.3 GB): place it farther away, lower its precision or "
        + "shorten the context"),
    Broken(
      "generate: 4", "generate: 100000000",
      "sample.yaml:6:35: error: workload.generate is '100000000'; expected at most 2000000 steps "
        + "of 32 layers"),
    Broken(
      "generate: 4", "generate: 4, batch: 0",
      "sample.yaml:6:45: error: workload.batch is '0'; expected a whole number between 1 and "
        + "65536"),
  ])
  func wholeModel(_ broken: Broken) { check(broken, in: ScenarioSample.whole) }

  /// Sizes that each are allowed but together fit no machine: faults, not overflows.
  @Test(arguments: [
    ("layers: 12", "layers: 100000"),
    ("generate: 8", "generate: 100000000"),
    ("keep: 64 tokens, page: 64 tokens", "keep: 100000000 tokens, page: 1 token"),
    ("prompt: 4096, generate: 8", "prompt: 100000000, generate: 8, batch: 65536"),
  ])
  func sizesThatOverflow(_ old: String, _ new: String) {
    let sample = """
      schema: 1
      hardware: nvidia-h200-server
      runtime: cuda-graph
      model:
        recording: sample
        layers: 12
        hidden: 1000000
        attention: {heads: 1000000, kv-heads: 1000000, head-dimension: 65536}
      precision: {weights: bf16, kv: bf16}
      workload: {prompt: 4096, generate: 8}
      attention: {select: {by: page, keep: 64 tokens, page: 64 tokens}}
      """
    let lines = ScenarioSample.lines(sample.replacing(old, with: new))
    #expect(lines.count == 1 && lines[0].contains(": error: "), "\(lines)")
  }

  /// Text that is no scenario at all.
  @Test(arguments: [
    ("", "sample.yaml: error: not valid YAML: an empty file; write the keys it needs"),
    ("# nothing\n", "sample.yaml: error: not valid YAML: an empty file; write the keys it needs"),
    ("a scenario", "sample.yaml:1: error: the file is 'a scenario'; expected a map of keys"),
    ("- 1", "sample.yaml:1: error: the file is 'a list'; expected a map of keys"),
    (
      "schema: 1\n---\nschema: 1\n",
      "sample.yaml: error: not valid YAML: more than one document; keep one document a file"
    ),
    (
      "a: " + String(repeating: "[", count: 5000),
      "sample.yaml:1: error: not valid YAML: nesting deeper than 48 levels; flatten it"
    ),
  ])
  func noScenario(_ text: String, _ line: String) {
    #expect(ScenarioSample.lines(text) == [line])
  }

  @Test(arguments: [
    (
      "cache.resident.budget",
      "not valid assignment: cache.resident.budget; write key=value, as cache.resident.budget=1GB"
    ),
    ("=1", "not valid assignment: =1; write key=value, as cache.resident.budget=1GB"),
    ("a..b=1", "not valid assignment: a..b=1; give every part of the key a name"),
    ("a=", "not valid assignment: a=; give every part of the key a name"),
  ])
  func assignment(_ setting: String, _ sentence: String) {
    #expect(
      ScenarioSample.lines(ScenarioSample.whole, settings: [setting])
        == ["--set \(setting): error: \(sentence)"])
  }

  @Test func assignedValuesAreReadAsStrictly() {
    let lines = ScenarioSample.lines(ScenarioSample.whole, settings: ["workload.prompt=-3"])
    #expect(lines.count == 1)
    #expect(
      lines.first?.hasSuffix(
        "workload.prompt is '-3'; expected a whole number between 1 and 100000000") == true)
    let deep = String(repeating: "a.", count: 100_000) + "a=1"
    #expect(ScenarioSample.lines(ScenarioSample.whole, settings: [deep]).count == 1)
  }
}
