import Testing

/// One broken scenario of pages in a cache for each kind of fault, with the lines that a user sees.
@Suite struct PageFaultTests {
  /// The budget, the tiers and the work.
  @Test(arguments: [
    BrokenSample(
      "schema: 1", "schema: 7",
      "sample.yaml:1:9: error: schema is '7'; expected a whole number between 1 and 1"),
    BrokenSample(
      "schema: 1\n", "",
      "sample.yaml:1: error: missing key 'schema'; expected the schema number, 1"),
    BrokenSample(
      "precision:", "precison:",
      "sample.yaml:1: error: missing key 'precision'; expected a map with weights and kv",
      "sample.yaml:10:1: error: unknown key 'precison'; did you mean 'precision'?"),
    BrokenSample(
      "replace: lru", "repalce: lru",
      "sample.yaml:15:43: error: unknown key 'cache.resident.repalce'; did you mean "
        + "'cache.resident.replace'?"),
    BrokenSample(
      "runtime: cuda-graph\n", "",
      "sample.yaml:1: error: missing key 'runtime'; expected a runtime's name or file"),
    BrokenSample(
      "budget: 32 pages", "budget: 32 GB/s",
      "sample.yaml:15:33: error: cache.resident.budget '32 GB/s' is not a quantity; expected "
        + "a number and one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"),
    BrokenSample(
      "budget: 32 pages", "budget: -4 pages",
      "sample.yaml:15:33: error: cache.resident.budget is '-4 pages'; expected 1 to "
        + "1000000000 pages; leave 'resident' out to keep none"),
    BrokenSample(
      "budget: 32 pages", "budget: -4 GB",
      "sample.yaml:15:33: error: cache.resident.budget is '-4 GB'; expected between 1 B and "
        + "1000000 TB"),
    BrokenSample(
      "budget: 32 pages", "budget: nan GB",
      "sample.yaml:15:33: error: cache.resident.budget 'nan GB' is not a quantity; expected "
        + "a number and one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"),
    BrokenSample(
      "budget: 32 pages", "budget: 0 pages",
      "sample.yaml:15:33: error: cache.resident.budget is '0 pages'; expected 1 to "
        + "1000000000 pages; leave 'resident' out to keep none"),
    BrokenSample(
      "budget: 32 pages", "budget: 0 B",
      "sample.yaml:15:33: error: cache.resident.budget is '0 B'; expected between 1 B and "
        + "1000000 TB"),
    BrokenSample(
      "budget: 32 pages", "budget: 1 B",
      "sample.yaml:15:33: error: cache.resident.budget is '1 B'; one page is 32.77 kB; give room "
        + "for one or more"),
    BrokenSample(
      "budget: 32 pages", "budget: 1e300 TB",
      "sample.yaml:15:33: error: cache.resident.budget '1e300 TB' is not a quantity; "
        + "expected a number and one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"),
    BrokenSample(
      "budget: 32 pages", "budget: 4000000000 pages",
      "sample.yaml:15:33: error: cache.resident.budget is '4000000000 pages'; expected 1 to "
        + "1000000000 pages; leave 'resident' out to keep none"),
    BrokenSample(
      "budget: 32 pages", "budget: 32",
      "sample.yaml:15:33: error: cache.resident.budget '32' is not a quantity; expected a "
        + "number and one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"),
    BrokenSample(
      "budget: 32 pages", "budget: [32 pages]",
      "sample.yaml:15:33: error: cache.resident.budget is 'a list'; expected an amount of "
        + "memory or a number of pages"),
    BrokenSample(
      "page: 64 tokens", "page: 64 tokens, mass: 1.5",
      "sample.yaml:12:74: error: attention.select.mass is '1.5'; expected a number between 0.01 and "
        + "1.0"),
    BrokenSample(
      "replace: lru", "replace: window",
      "sample.yaml:15:13: error: missing key 'cache.resident.window'; expected the batches "
        + "an entry stays after its touch"),
    BrokenSample(
      "replace: lru", "replace: lur",
      "sample.yaml:15:52: error: cache.resident.replace: there is no replacement 'lur'; "
        + "known are lru, lfu, window, belady"),
    BrokenSample(
      "tier: hbm, budget", "tier: hmb, budget",
      "sample.yaml:15:20: error: cache.resident.tier: there is no tier in nvidia-h200-server "
        + "'hmb'; known are ddr, flash, l2, hbm"),
    BrokenSample(
      "tier: ddr", "tier: drr",
      "sample.yaml:14:9: error: cache.tier: there is no tier in nvidia-h200-server 'drr'; did you "
        + "mean 'ddr'?"),
    BrokenSample(
      "prompt: 4096", "prompt: 0",
      "sample.yaml:11:20: error: workload.prompt is '0'; expected a whole number between 1 "
        + "and 100000000"),
    BrokenSample(
      "prompt: 4096", "prompt: 1e3",
      "sample.yaml:11:20: error: workload.prompt is '1e3'; expected a whole number between 1 "
        + "and 100000000"),
    BrokenSample(
      "prompt: 4096", "prompt: 99999999999",
      "sample.yaml:11:20: error: workload.prompt is '99999999999'; expected a whole number "
        + "between 1 and 100000000"),
    BrokenSample(
      "prompt: 4096", "prompt: many",
      "sample.yaml:11:20: error: workload.prompt is 'many'; expected a whole number between "
        + "1 and 100000000"),
    BrokenSample(
      "generate: 8", "generate: 100000000",
      "sample.yaml:17:10: error: cache.trace is '512 steps'; the scenario plays steps 160 to "
        + "100000159; generate fewer tokens or use 'like'"),
    BrokenSample(
      "generate: 8", "generate: 400",
      "sample.yaml:17:10: error: cache.trace is '512 steps'; the scenario plays steps 160 to 559; "
        + "generate fewer tokens or use 'like'"),
  ])
  func keyValuePages(_ broken: BrokenSample) { broken.check(in: ScenarioSample.pages) }
}
