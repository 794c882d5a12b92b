import Foundation
import Hardware
import Kernels
import Quantities

/// The profile of this machine as it was measured.
struct HostMachine {
  private(set) var profile: Profile

  /// - Throws: `KernelFault` for want of memory.
  init(
    name: String, date: String, one: WorkerPool, all: WorkerPool, advance: (String) -> Void
  ) throws {
    let memory = HostMemory(
      try MemoryProbe(bytes: HostMemory.bytes), one: one, all: all, advance: advance)
    // One core's, for all: a ceiling, whatever else the machine does meanwhile.
    var peak = CoreProbe.arithmetic(on: one)
    peak.median *= Double(all.threads)
    let launch = CoreProbe.wake(all)
    let dram = memory.tiers.last
    var unit = ComputeUnit(
      name: "cpu", memory: "dram",
      cores: Figure(all.threads, source: HostMemory.stated, basis: .datasheet),
      peaks: [
        Peak(
          precision: .fp32, density: .dense,
          rate: Figure(
            FlopsPerSecond(peak.median), source: HostMemory.timed, basis: .derived,
            spread: peak.spread))
      ], launch: HostMemory.measured(launch) { Seconds($0) }, coreBandwidth: dram?.coreBandwidth)
    unit.clock = Self.clock.map {
      Figure(PerSecond($0), source: HostMemory.stated, basis: .datasheet)
    }
    let products = try HostProducts(
      on: all, peak: peak.median, bandwidth: dram?.bandwidth.value.value ?? 0, launch: launch)
    advance("products")
    profile = Profile(
      name: name, title: "\(Self.processor), \(all.threads) cores, \(Self.level)",
      aliases: [], deviceClass: .server, computeUnits: [unit],
      tiers: memory.tiers, links: [], kernels: products.kernels, calibrations: [],
      power: nil, price: nil,
      sources: [
        HostMemory.timed: "lacuna calibrate host, \(date): medians of repeats; one core by its own "
          + "time, all cores by the clock",
        HostMemory.stated: "what the operating system states, \(date)",
      ])
  }

  /// Adds the disk as it was measured.
  mutating func take(_ disk: HostDisk) {
    let flash = disk.tier
    profile.tiers.append(flash)
    profile.links.append(
      Link(
        name: "storage", far: flash.name, near: "dram", bandwidth: flash.bandwidth, duplex: .half))
    let way = disk.bestWay == .uring ? "io_uring" : "threads"
    let cache = disk.isDirect ? "past the page cache" : "through the page cache"
    profile.sources[HostMemory.timed, default: ""] += "; disk reads by \(way), \(cache)"
  }

  /// Puts the limits behind the disk's read table beside it.
  mutating func take(_ service: ReadService?) {
    for place in profile.tiers.indices where profile.tiers[place].kind == .storage {
      profile.tiers[place].service = service
    }
  }

  private static var level: String {
    switch InstructionLevel.current {
    case .least: "vectors of 128 bits"
    case .avx2: "AVX2"
    case .avx512: "AVX-512"
    }
  }

  /// The value of a key of /proc/cpuinfo.
  private static func stated(_ key: String) -> String? {
    guard let text = FileManager.default.contents(atPath: "/proc/cpuinfo") else { return nil }
    let line = String(decoding: text, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix(key)
    }
    return line?.split(separator: ":", maxSplits: 1).last.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  private static var processor: String { stated("model name") ?? "this machine" }

  /// Hz; nil where the system does not say.
  private static var clock: Double? {
    guard let text = stated("cpu MHz"), let megahertz = Double(text),
      (100...10_000).contains(megahertz)
    else { return nil }
    return megahertz * 1e6
  }
}

/// What matrix products of each precision reach, as coefficients of their families.
struct HostProducts {
  private(set) var kernels: [KernelCoefficients] = []

  /// - Throws: `KernelFault` for want of memory.
  init(
    on pool: WorkerPool, peak: Double, bandwidth: Double, launch: Repeated
  ) throws(KernelFault) {
    let fixed = HostMemory.measured(launch) { Seconds($0) }
    for (name, family, format, sizes) in [
      ("gemm", "gemm", "fp32", [768, 768, 768]), ("gemv", "gemv", "fp32", [8192, 4096]),
      ("int8-gemv", "gemv", "int8", [16384, 4096]),
      ("int4-gemv", "gemv", "int4", [16384, 4096, 4]),
    ] {
      guard let kernel = Kernel.named(name) else { continue }
      let isOwnTwin = MeasuredRange.of(kernel)?.hasTwin == false
      let timing = try CaseTiming(
        kernel, shape: KernelShape(sizes: sizes, density: 1), hasTwin: !isOwnTwin, on: pool,
        seconds: 0.5)
      let side = timing.sparse ?? timing.dense
      func share(_ amount: Double, of most: Double) -> Figure<Double> {
        Figure(
          max(1e-3, min(1, amount / side.seconds.median / most)), source: HostMemory.timed,
          basis: .measured, spread: side.seconds.spread)
      }
      kernels.append(
        KernelCoefficients(
          family: family, kernel: "lacuna-\(format)", fixed: fixed,
          bandwidthShare: share(side.bytes, of: bandwidth),
          arithmeticShare: share(side.flops, of: peak)))
    }
  }
}
