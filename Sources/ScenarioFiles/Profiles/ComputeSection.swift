import Diagnostics
import Hardware
import Quantities

/// Reads `compute`: the processors of a device by name.
struct ComputeSection {
  static let names = ["gpu", "cpu", "npu"]
  let book: SourceBook

  func units(_ section: MapReader, references: inout [TierReference]) -> [ComputeUnit] {
    section.keys.compactMap { name in
      guard let value = section.value(name) else { return nil }
      guard ComputeSection.names.contains(name) else {
        value.refuse(
          .unknownName(
            key: "compute", kind: "compute unit", found: name, known: ComputeSection.names))
        return nil
      }
      return value.map().flatMap { unit(name, $0, &references) }
    }
  }

  private func unit(
    _ name: String, _ map: MapReader, _ references: inout [TierReference]
  ) -> ComputeUnit? {
    defer { map.finish() }
    let figures = FigureReader(map, book: book)
    let memory = map.required("memory", "the tier it computes from").flatMap { value in
      value.text("the name of a tier").map { text in
        references.append(TierReference(value, tier: text))
        return text
      }
    }
    let cores = figures.required("cores", "a count with a source") {
      $0.integer(in: Limits.count)
    }
    let clock = figures.optional("clock", in: Limits.clock)
    let coreMemory = figures.optional("core-memory", in: Limits.size)
    let launch = figures.optional("launch", in: Limits.delay)
    let graphNode = figures.optional("graph-node", in: Limits.delay)
    let coreBandwidth = figures.optional("core-bandwidth", in: Limits.rate)
    let forkJoin = figures.optional("fork-join", in: Limits.delay)
    let peerBandwidth = figures.optional("peer-bandwidth", in: Limits.rate)
    let energy = figures.optional("energy-per-flop", in: Limits.energyPerFlop)
    let activePower = figures.optional("active-power", in: Limits.power)
    let peaks = map.required("peaks", "rates by precision").flatMap { $0.map() }
      .map { self.peaks($0, under: figures.origin) }
    guard let memory, let cores, let peaks else { return nil }
    return ComputeUnit(
      name: name, memory: memory, cores: cores, clock: clock, coreMemory: coreMemory, peaks: peaks,
      launch: launch, graphNode: graphNode, coreBandwidth: coreBandwidth, forkJoin: forkJoin,
      peerBandwidth: peerBandwidth, energyPerFlop: energy,
      activePower: activePower)
  }

  private func peaks(_ map: MapReader, under origin: Origin) -> [Peak] {
    defer { map.finish() }
    var peaks: [Peak] = []
    for precision in Precision.allCases {
      guard let value = map.value(precision.rawValue), let rates = value.map() else { continue }
      let figures = FigureReader(rates, under: origin, book: book)
      var found: [PeakDensity: Figure<FlopsPerSecond>] = [:]
      for density in PeakDensity.allCases {
        guard let rate = figures.optional(density.rawValue, in: Limits.arithmetic) else { continue }
        found[density] = rate
        peaks.append(Peak(precision: precision, density: density, rate: rate))
      }
      if let dense = found[.dense], let sparse = found[.twoFour], sparse.value < dense.value {
        value.refuse(
          .conflict(
            key: "\(value.name).2:4", found: "\(sparse.value)",
            mend: "it cannot be below the dense rate \(dense.value)"))
      }
      if !rates.contains(PeakDensity.dense.rawValue) {
        value.refuse(.missingKey("\(value.name).dense", expected: "a rate such as 312 TFLOP/s"))
      }
      rates.finish()
    }
    if map.keys.isEmpty {
      map.faults.add(
        .missingKey("\(map.path).fp16", expected: "a rate for one precision or more"),
        at: map.position)
    }
    return peaks
  }
}

/// A place in a profile that names a tier; checked when all parts are together.
struct TierReference {
  var key: String
  var tier: String
  var position: SourcePosition

  init(_ value: Value, tier: String) {
    key = value.name
    self.tier = tier
    position = value.position
  }
}
