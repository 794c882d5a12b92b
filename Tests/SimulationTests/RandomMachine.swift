import Hardware
import Quantities
import TestSupport

/// Random machines: a GPU with HBM, a host with DDR and flash behind it, curves and coefficients
/// present or not, all of them possible ones.
struct RandomMachine {
  var profile: Profile
  var runtime: Runtime

  static func figure<V: Sendable & Hashable>(_ value: V) -> Figure<V> {
    Figure(value, source: "test", basis: .derived)
  }

  init(_ random: inout SplitMix) {
    profile = Profile(
      name: "random-machine", title: "", deviceClass: .datacentreGPU,
      computeUnits: Self.units(&random), tiers: Self.tiers(&random), links: Self.links(&random),
      kernels: Self.kernels(&random),
      power: Power(idle: Self.figure(Watts(50)), limit: Self.figure(Watts(500))), price: nil,
      sources: [:])
    let measured = profile.kernels.map { ($0.family, $0.kernel) }
    // Drawn apart, so that the machines of earlier seeds stay as they were.
    var side = SplitMix(state: UInt64(profile.computeUnits[0].cores.value))
    let perLaunch =
      side.oneIn(3) ? Self.figure(Seconds(side.uniform(2e-6, 2e-5))) : nil
    runtime = Runtime(
      name: "random-runtime", unit: "gpu", graph: random.oneIn(2),
      hostPerStep: Self.figure(Seconds(random.oneIn(2) ? 0 : random.uniform(1e-6, 1e-4))),
      hostPerLaunch: perLaunch,
      kernels: Dictionary(uniqueKeysWithValues: measured), sources: [:])
  }

  private static func units(_ random: inout SplitMix) -> [ComputeUnit] {
    func peaks(_ rate: Double) -> [Peak] {
      [(Precision.fp16, 1.0), (.int8, 2), (.fp32, 0.5)].map {
        Peak(precision: $0, density: .dense, rate: figure(FlopsPerSecond(rate * $1)))
      }
    }
    let gpu = random.uniform(1e13, 1e15)
    let cpu = random.uniform(1e11, 3e12)
    return [
      ComputeUnit(
        name: "gpu", memory: "hbm", cores: figure(16 + random.below(120)), peaks: peaks(gpu),
        launch: figure(Seconds(random.uniform(1e-6, 8e-6))),
        graphNode: figure(Seconds(random.uniform(5e-7, 2e-6))),
        coreBandwidth: random.oneIn(2)
          ? figure(BytesPerSecond(random.uniform(2e10, 8e10))) : nil),
      ComputeUnit(name: "cpu", memory: "ddr", cores: figure(8), peaks: peaks(cpu)),
    ]
  }

  private static func tiers(_ random: inout SplitMix) -> [Tier] {
    let efficiency =
      random.oneIn(2)
      ? Curve(sizes: [4096, 1e6, 1e8], values: [0.3, random.uniform(0.5, 0.8), 0.95]) : nil
    return [
      Tier(
        name: "hbm", kind: .memory, capacity: figure(Bytes(1e12)),
        bandwidth: figure(BytesPerSecond(random.uniform(5e11, 5e12))),
        efficiency: efficiency.map(figure)),
      Tier(
        name: "ddr", kind: .memory, capacity: figure(Bytes(1e12)),
        bandwidth: figure(BytesPerSecond(random.uniform(2e10, 4e11))),
        latency: figure(Seconds(1e-7))),
      storage(&random),
    ]
  }

  /// Storage by one of its three descriptions.
  private static func storage(_ random: inout SplitMix) -> Tier {
    let bus = random.uniform(1e9, 1.2e10)
    let latency = random.uniform(2e-5, 2e-4)
    var tier = Tier(
      name: "flash", kind: .storage, capacity: figure(Bytes(1e13)),
      bandwidth: figure(BytesPerSecond(bus)), latency: figure(Seconds(latency)))
    let host = random.uniform(1e-6, 5e-6)
    let service = ReadService(
      latency: figure(Seconds(latency)), media: figure(BytesPerSecond(bus / 2)),
      host: figure(Seconds(host)), bandwidth: figure(BytesPerSecond(bus * 0.9)),
      group: figure(Seconds(random.uniform(0, 1e-4))))
    switch random.below(3) {
    case 0: tier.service = service
    case 1:
      // A table that a device of those service times would be measured to have.
      tier.reads = ReadTable(
        [1, 4, 32].flatMap { depth in
          [4096.0, 65536, 1_048_576].map { chunk in
            let interval = service.interval(chunk: Bytes(chunk), depth: Double(depth))
            return .init(
              chunk: Bytes(chunk), depth: depth,
              throughput: figure(BytesPerSecond(chunk / interval.value)))
          }
        })
    default: break
    }
    return tier
  }

  private static func links(_ random: inout SplitMix) -> [Link] {
    let pcie = Link(
      name: "pcie", far: "ddr", near: "hbm",
      bandwidth: figure(BytesPerSecond(random.uniform(8e9, 6e10))), duplex: .full,
      latency: figure(Seconds(random.uniform(1e-6, 1e-5))),
      efficiency: random.oneIn(2)
        ? figure(Curve(sizes: [4096, 1e6, 3e7], values: [0.4, 0.8, 0.95])) : nil,
      gather: random.oneIn(2)
        ? figure(Curve(sizes: [4096, 1e6], values: [0.5, 0.85])) : nil)
    let nvme = Link(
      name: "nvme", far: "flash", near: random.oneIn(3) ? "hbm" : "ddr",
      bandwidth: figure(BytesPerSecond(1.4e10)), duplex: .full)
    return [pcie, nvme]
  }

  private static func kernels(_ random: inout SplitMix) -> [KernelCoefficients] {
    var rows: [KernelCoefficients] = []
    for family in ["gemv", "attention-decode", "elementwise", "gather", "copy", "move"] {
      guard random.oneIn(2) else { continue }
      let gathers = family == "gather"
      rows.append(
        KernelCoefficients(
          family: family, kernel: "k-\(family)",
          fixed: figure(Seconds(random.uniform(0, 5e-6))),
          group: random.oneIn(2) ? figure(Seconds(random.uniform(0, 1e-5))) : nil,
          bandwidthShare: figure(random.uniform(0.3, 1)),
          arithmeticShare: figure(random.uniform(0.3, 1)),
          programRate: gathers ? figure(BytesPerSecond(random.uniform(1e8, 1e9))) : nil,
          programsPerCore: gathers ? figure(Double(1 + random.below(4))) : nil))
    }
    return rows
  }
}

extension Profile {
  /// Every rate of one tier or link times `factor`.
  mutating func multiplyBandwidth(of name: String, by factor: Double) {
    for t in tiers.indices where tiers[t].name == name {
      tiers[t].bandwidth.value = factor * tiers[t].bandwidth.value
      if let reads = tiers[t].reads {
        tiers[t].reads = ReadTable(
          reads.points.map { point in
            var point = point
            point.throughput.value = factor * point.throughput.value
            return point
          })
      }
      if var service = tiers[t].service {
        service.media.value = factor * service.media.value
        service.bandwidth.value = factor * service.bandwidth.value
        tiers[t].service = service
      }
    }
    for l in links.indices where links[l].name == name {
      links[l].bandwidth.value = factor * links[l].bandwidth.value
      for k in kernels.indices where kernels[k].family == "gather" {
        guard let rate = kernels[k].programRate?.value else { continue }
        kernels[k].programRate?.value = factor * rate
      }
    }
  }
}
