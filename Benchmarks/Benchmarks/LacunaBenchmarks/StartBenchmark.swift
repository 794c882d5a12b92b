import Benchmark
import Glibc

/// Wall-clock time of `lacuna --version`, from the start of the process to its end.
///
/// The binary is `$LACUNA`, which `Benchmarks/run.sh` sets to the static one.
func startBenchmark() {
  let time = BenchmarkMetric.custom("us each", useScalingFactor: false)
  Benchmark(
    "start-up",
    configuration: .init(
      metrics: [time], units: [time: .count], warmupIterations: 5, maxDuration: .seconds(5),
      maxIterations: 200)
  ) { benchmark in
    guard let binary = getenv("LACUNA") else {
      throw UnexpectedWork(what: "LACUNA names no binary")
    }
    let start = wallTime()
    let status = run(String(cString: binary), "--version")
    let spent = wallTime() - start
    try expect(status == 0, "lacuna --version ended with \(status)")
    benchmark.measurement(time, Int(spent * 1e6))
  }
}

private func wallTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Runs a program with its output thrown away and returns its wait status, or -1.
private func run(_ program: String, _ argument: String) -> Int32 {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(argument), nil]
  defer { arguments.forEach { free($0) } }
  var process = pid_t()
  guard posix_spawn(&process, program, &actions, nil, &arguments, environ) == 0 else { return -1 }
  var status: Int32 = -1
  return waitpid(process, &status, 0) == process ? status : -1
}
