import EventKernel
import Simulation

/// Playback of 10,000 tokens of the shipped examples. An event is the start or the completion of an
/// operation that was really scheduled; skipped operations count nothing.
func playbackBenchmarks() {
  playback("flash-windowing", variant: "bundled")
  playback("kv-offload", variant: "lru")
  // Gathers ahead of the need share cores and bandwidth with the model's own stream.
  playback("kv-offload", variant: "prefetch")
  playback("moe-offload-phone", variant: "qwen3")
  playback("moe-offload-phone", variant: "gemma4")
  playback("moe-offload-4090", variant: "lru")
  playback("moe-offload-4090", variant: "prefetch")
}

private let tokens = 10_000

private func playback(_ example: String, variant: String) {
  let name = "\(example) \(variant)"
  rateBenchmark("playback \(name)", unit: "events") {
    let schedule = try Examples.priced(example, variant: variant, tokens: tokens).schedule()
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
