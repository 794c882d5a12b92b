import EventKernel
import Simulation

/// Playback of 10,000 tokens. An event is the start or the completion of an operation that was
/// really scheduled; skipped operations count nothing.
func playbackBenchmarks() {
  playback("kv", file: "trace-driven/kv.yaml", variant: "keep-16-cache-32")
  playback("moe", file: "trace-driven/moe.yaml", variant: "cache-8")
  playback("flash", file: "trace-driven/flash.yaml", variant: "window-5")
  // Gathers ahead of the need share cores and bandwidth with the model's own stream.
  playback(
    "kv, contended", file: "trace-driven/kv.yaml", variant: "keep-16-cache-32",
    settings: ["cache.prefetch.by=previous-step", "cache.prefetch.layers=1"])
}

private let tokens = 10_000

private func playback(
  _ name: String, file: String, variant: String, settings: [String] = []
) {
  rateBenchmark("playback \(name)", unit: "events") {
    let schedule = try Examples.priced(
      file, variant: variant, tokens: tokens, settings: settings
    ).schedule
    try expectNoAllocation(schedule, name)
    return Playback(schedule)
  } work: { playback in
    let result = playback.run()
    try expect(result.roundEnds.count == tokens, "\(name) played too few tokens")
    try expect(result.events >= 2 * tokens, "\(name) scheduled nothing in some token")
    return result.events
  }
}

/// A playback allocates its state once: as many blocks for all rounds as for two.
private func expectNoAllocation(_ schedule: Schedule, _ name: String) throws {
  var short = schedule
  short.rounds = 2
  let (whole, brief) = (Playback(schedule), Playback(short))
  var events = 0
  let allOfIt = allocations { events = whole.run().events }
  let little = allocations { events -= brief.run().events }
  try expect(events > 0, "\(name) played nothing")
  try expect(little > 0, "allocations are not counted")
  try expect(
    allOfIt == little,
    "\(name) asked for \(allOfIt - little) blocks of memory in \(events) events")
}
