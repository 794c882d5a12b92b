import AllocationCount
import Benchmark
import Glibc

/// Registers a benchmark that reports work per second of one core.
///
/// Rates are taken over the processor time of the measuring thread, so that what else the machine
/// does changes them little.
/// - Parameters:
///   - unit: what is counted: `events`, `touches`.
///   - prepare: makes the input; runs once, unmeasured.
///   - work: does the work and returns how much it was.
func rateBenchmark<Input>(
  _ name: String, unit: String, seconds: Int = 3, prepare: @escaping () throws -> Input,
  work: @escaping (Input) throws -> Int
) {
  let rate = BenchmarkMetric.custom(
    "\(unit) per second", polarity: .prefersLarger, useScalingFactor: false)
  let amount = BenchmarkMetric.custom("\(unit)", polarity: .prefersLarger, useScalingFactor: false)
  let input = Prepared(prepare)
  Benchmark(
    name,
    configuration: .init(
      metrics: [rate, amount], units: [rate: .count, amount: .count], warmupIterations: 1,
      maxDuration: .seconds(seconds), maxIterations: 1000)
  ) { benchmark in
    let prepared = try input.get()
    let start = processorTime()
    let done = try work(prepared)
    let time = processorTime() - start
    try expect(done > 0 && time > 0, "\(name) did nothing")
    benchmark.measurement(rate, Int(Double(done) / time))
    benchmark.measurement(amount, done)
  }
}

/// Registers a benchmark that reports the processor time of one piece of work, as the mean of a
/// thousand.
func timeBenchmark<Input>(
  _ name: String, seconds: Int = 3, prepare: @escaping () throws -> Input,
  work: @escaping (Input) throws -> Bool
) {
  let time = BenchmarkMetric.custom("ns each", useScalingFactor: false)
  let input = Prepared(prepare)
  Benchmark(
    name,
    configuration: .init(
      metrics: [time], units: [time: .count], warmupIterations: 1, maxDuration: .seconds(seconds),
      maxIterations: 1000)
  ) { benchmark in
    let prepared = try input.get()
    let start = processorTime()
    var done = 0
    for _ in 0..<1000 where try work(prepared) { done += 1 }
    let spent = processorTime() - start
    try expect(done == 1000, "\(name) gave no result")
    benchmark.measurement(time, Int(spent * 1e9 / 1000))
  }
}

/// An input that is made when it is first asked for.
private final class Prepared<Input> {
  private let make: () throws -> Input
  private var made: Input?

  init(_ make: @escaping () throws -> Input) { self.make = make }

  func get() throws -> Input {
    if let made { return made }
    let input = try make()
    made = input
    return input
  }
}

/// Work that was not what the benchmark promises to measure.
struct UnexpectedWork: Error { var what: String }

func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
  if !condition { throw UnexpectedWork(what: what()) }
}

/// Seconds that this thread has had a core.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// How many blocks of memory `work` asks for.
func allocations(during work: () -> Void) -> Int {
  let before = allocation_count()
  work()
  return Int(allocation_count() - before)
}
