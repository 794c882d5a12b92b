import Testing

/// One broken scenario of experts and of neurons for each kind of fault, with the lines that a user sees.
@Suite struct ExpertNeuronFaultTests {
  /// Experts and their cache.
  @Test(arguments: [
    BrokenSample(
      "layers: 11", "layers: 12",
      "sample.yaml:10:10: error: experts.trace is '11 mixture layers'; the model has 12; use "
        + "'like' to draw a trace of the model's dimensions"),
    BrokenSample(
      "count: 64", "count: 32",
      "sample.yaml:10:10: error: experts.trace is '64 experts a layer'; the model has 32; use "
        + "'like' to draw a trace of the model's dimensions"),
    BrokenSample(
      "top-k: 4", "top-k: 65",
      "sample.yaml:4:63: error: model.experts.top-k is '65'; give at most the 64 experts"),
    BrokenSample(
      "tier: ddr\n", "tier: ddr\n  top-k: 9\n",
      "sample.yaml:9:10: error: experts.top-k is '9'; the trace records the best 4"),
    BrokenSample(
      "tier: ddr\n", "tier: ddr\n  depth: 0\n",
      "sample.yaml:9:10: error: experts.depth is '0'; expected a whole number between 1 and "
        + "65536"),
    BrokenSample(
      "tier: ddr\n", "tier: ddr\n  fused-gate: maybe\n",
      "sample.yaml:9:15: error: experts.fused-gate is 'maybe'; expected true or false"),
    BrokenSample(
      "tier: ddr\n", "tier: ddr\n  moved-per-byte: inf\n",
      "sample.yaml:9:19: error: experts.moved-per-byte is 'inf'; expected a number between "
        + "0.0 and 100.0"),
    BrokenSample(
      "budget: 8 experts", "budget: 1 MB",
      "sample.yaml:9:33: error: experts.resident.budget is '1 MB'; one expert is 18.87 MB; give "
        + "room for one or more"),
    BrokenSample(
      "width: 1536", "width: 999999",
      "sample.yaml:2:11: error: memory.ddr is '8.651 TB'; nvidia-h200-server has 135.1 GB; the "
        + "largest part is experts (8.651 TB): place it farther away, lower its precision or "
        + "shorten the context"),
  ])
  func experts(_ broken: BrokenSample) { broken.check(in: ScenarioSample.experts) }

  /// Neurons, their predictor and window.
  @Test(arguments: [
    BrokenSample(
      "width: 3072", "width: 3000",
      "sample.yaml:8:63: error: neurons.trace is '3072 neurons a layer'; the model has 3000; use "
        + "'like' to draw a trace of the model's dimensions"),
    BrokenSample(
      "window: 5 tokens", "window: 5 GB",
      "sample.yaml:8:35: error: neurons.window '5 GB' is not a quantity; expected a number "
        + "and one of token, tokens"),
    BrokenSample(
      "window: 5 tokens", "window: -1 tokens",
      "sample.yaml:8:35: error: neurons.window is '-1 tokens'; expected between 0 tokens and "
        + "4096 tokens"),
    BrokenSample(
      "select: active", "select: predictor",
      "sample.yaml:8:10: error: missing key 'neurons.predictor'; expected a map with rank "
        + "and over-prediction"),
    BrokenSample(
      "select: active", "select: predictor, predictor: {rank: 8, over-prediction: 0.5}",
      "sample.yaml:8:68: error: neurons.predictor.over-prediction is '0.5'; expected a "
        + "number between 1.0 and 1000.0"),
    BrokenSample(
      ", trace: {file: traces/relu-a-python.ltrace}", "",
      "sample.yaml:8:10: error: missing key 'neurons.trace'; expected a trace, which decides "
        + "'neurons.read' at every step"),
    BrokenSample(
      "{file: traces/relu-a-python.ltrace}", "{file: traces/relu-a-python.ltrace, density: 0.1}",
      "sample.yaml:8:63: error: neurons.trace.density is 'given with file'; a file is played "
        + "as it is; use like to draw another density"),
    BrokenSample(
      "{file: traces/relu-a-python.ltrace}",
      "{file: traces/relu-a-python.ltrace, working-set: {window: 4 tokens, share: 0.2}}",
      "sample.yaml:8:63: error: neurons.trace.working-set is 'given with file'; a file is played "
        + "as it is; use like to draw another working set"),
    BrokenSample(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 4 tokens}}",
      "sample.yaml:8:112: error: missing key 'neurons.trace.working-set.share'; expected the share "
        + "of neurons that they use"),
    BrokenSample(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 1 token, share: 0.2}}",
      "sample.yaml:8:121: error: neurons.trace.working-set.window is '1 token'; expected between "
        + "2 tokens and 4096 tokens"),
    BrokenSample(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 3.5 tokens, share: 0.2}}",
      "sample.yaml:8:121: error: neurons.trace.working-set.window is '3.5 tokens'; expected a "
        + "whole number of tokens"),
    BrokenSample(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 4 tokens, share: 33 %}}",
      "sample.yaml:8:138: error: neurons.trace.working-set.share is '33 %'; expected a number "
        + "between 0.0001 and 1.0"),
    BrokenSample(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, density: 0.05, working-set: {window: 4 tokens, share: "
        + "0.33}}",
      "sample.yaml:8:153: error: neurons.trace.working-set.share is '0.33'; expected 0.0639 to 0.172, "
        + "which a density of 0.05 and the recorded repeats can give"),
    BrokenSample(
      "{file: traces/relu-a-python.ltrace}",
      "{like: traces/relu-a-python.ltrace, working-set: {window: 100 tokens, share: 0.9}}",
      "sample.yaml:8:121: error: neurons.trace.working-set.window is '100 tokens'; expected 2 to "
        + "65 tokens, the gaps that the recording tells apart"),
    BrokenSample(
      "select: active, window: 5 tokens, depth: 32, trace: {file: traces/relu-a-python.ltrace}",
      "select: predictor, predictor: {rank: 8, over-prediction: 3}, trace: {like: "
        + "traces/relu-a-python.ltrace, density: 0.4}",
      "sample.yaml:8:124: error: neurons.trace.density is '0.4, 3 named for each'; expected at "
        + "most all neurons named"),
    BrokenSample(
      "window: 5 tokens", "window: 5 tokens, held-share: 0",
      "sample.yaml:8:57: error: neurons.held-share is '0'; expected a number between 0.0001 and "
        + "1.0"),
    BrokenSample(
      "window: 5 tokens", "window: 2.5 tokens",
      "sample.yaml:8:35: error: neurons.window is '2.5 tokens'; expected a whole number of tokens"),
  ])
  func neurons(_ broken: BrokenSample) { broken.check(in: ScenarioSample.neurons) }
}
