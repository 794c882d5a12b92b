import Benchmark

/// Every benchmark of the package; each checks how much work was done before it reports a rate.
let benchmarks: @Sendable () -> Void = {
  playbackBenchmarks()
  resolveBenchmarks()
  analyticBenchmarks()
  sweepBenchmarks()
  callBenchmarks()
  traceBenchmarks()
  startBenchmark()
}
