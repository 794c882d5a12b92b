import Hardware
import Kernels
import Quantities

/// The caches and memory of this machine, each timed at working sets that it holds.
struct HostMemory {
  private(set) var tiers: [Tier] = []
  /// Sources by key: what the system states, and what was timed.
  static let timed = "timed"
  static let stated = "system"

  /// - Parameter advance: called with the name of each level that is done.
  init(
    _ probe: MemoryProbe, one: WorkerPool, all: WorkerPool, advance: (String) -> Void
  ) {
    let caches = CoreProbe.caches
    var lower = 8 << 10
    for cache in caches {
      tiers.append(
        Self.tier(
          "l\(cache.level)", .cache, capacity: cache.bytes, from: lower, to: cache.bytes,
          parts: cache.isOwn ? all.threads : 1, probe, one: one, all: all))
      lower = cache.bytes * 3 / 2
      advance("l\(cache.level)")
    }
    let beyond = max((caches.last?.bytes ?? 8 << 20) * 2, 64 << 20)
    tiers.append(
      Self.tier(
        "dram", .memory, capacity: max(CoreProbe.memoryBytes, 1),
        from: min(beyond, probe.bytes / 2),
        to: probe.bytes, parts: 1, probe, one: one, all: all))
    advance("dram")
  }

  /// What the largest working set of this machine's memory needs.
  static var bytes: Int { max((CoreProbe.caches.last?.bytes ?? 0) * 6, 192 << 20) }

  /// - Parameter parts: threads over which a working set of all threads is cut, each with its own.
  private static func tier(
    _ name: String, _ kind: Tier.Kind, capacity: Int, from low: Int, to high: Int, parts: Int,
    _ probe: MemoryProbe, one: WorkerPool, all: WorkerPool
  ) -> Tier {
    let sizes = Self.sizes(low, high)
    let streams = sizes.map { (size: $0, rate: probe.stream(workingSet: $0, on: one)) }
    let best = streams.max { $0.rate.median < $1.rate.median } ?? streams[0]
    let together = probe.stream(workingSet: best.size * parts, on: all)
    let most = together.median > best.rate.median ? together : best.rate
    let reach = sizes[sizes.count / 2]
    let latency = probe.latency(workingSet: reach)
    let runs = [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20]
      .filter { $0 * 4 <= high }
    let gathered = runs.map { run in
      (
        Double(run),
        share(probe.random(workingSet: high, granularity: run, on: one).median, of: best.rate)
      )
    }
    return Tier(
      name: name, kind: kind,
      capacity: Figure(Bytes(Double(capacity)), source: stated, basis: .datasheet),
      bandwidth: measured(most) { BytesPerSecond($0) },
      coreBandwidth: measured(best.rate) { BytesPerSecond($0) },
      latency: measured(latency) { Seconds($0) },
      granularity: Figure(Bytes(64), source: timed, basis: .derived),
      efficiency: curve(streams.map { (Double($0.size), share($0.rate.median, of: best.rate)) }),
      gather: gathered.isEmpty ? nil : curve(gathered))
  }

  static func measured<Q>(_ repeated: Repeated, _ amount: (Double) -> Q) -> Figure<Q> {
    Figure(amount(repeated.median), source: timed, basis: .measured, spread: repeated.spread)
  }

  private static func curve(_ points: [(Double, Double)]) -> Figure<Curve> {
    Figure(
      Curve(sizes: points.map(\.0), values: points.map(\.1)), source: timed, basis: .measured)
  }

  private static func share(_ rate: Double, of best: Repeated) -> Double {
    min(1, max(1e-4, rate / best.median))
  }

  /// Sizes from one to the other, four thirds apart or twice, whole KiB.
  private static func sizes(_ low: Int, _ high: Int) -> [Int] {
    var sizes: [Int] = []
    var size = max(low, 8 << 10)
    while size < high * 9 / 10 {
      sizes.append(size / 1024 * 1024)
      size = size * 8 < high ? size * 2 : size * 4 / 3
    }
    return sizes + [high / 1024 * 1024]
  }
}
