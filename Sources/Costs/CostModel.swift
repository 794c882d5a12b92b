import Diagnostics
import Hardware
import Programs
import Quantities

/// Prices operations on one device under one runtime.
///
/// Physics gives the bytes, flops and peaks; the profile's kernel coefficients say what share of
/// each peak the runtime's kernel reaches and what a launch takes. Where the runtime names a library and
/// an operation its call, the library's calibrated kernel prices it instead, of this device or the
/// nearest. A kernel that nobody measured runs at the tier's efficiency curve, or at the peak, and
/// says so.
public struct CostModel: Sendable {
  public let profile: Profile
  public let runtime: Runtime
  private let units: [UnitRates]
  /// What serves copies and storage reads, which run on no unit, by `Operation.Kind.place`.
  private let transferKernels: [KernelRates?]
  /// Links first, then tiers: a name means the link where both have it.
  private let paths: [PathRates]

  /// Seconds of a load that finds its line in the last cache, else in memory; nil where neither states
  /// a latency.
  private let loadLatency: Double?

  private let calibrated: CalibratedKernels

  /// - Parameter book: the calibrated kernels to choose from, by default the profile's own.
  public init(profile: Profile, runtime: Runtime, book: KernelBook? = nil) {
    self.profile = profile
    self.runtime = runtime
    units = profile.computeUnits.map { UnitRates($0, profile: profile, runtime: runtime) }
    transferKernels = KernelRates.byKind(of: profile) { runtime.kernels[$0] }
    calibrated = CalibratedKernels(
      book ?? KernelBook([profile]), profile: profile, runtime: runtime)
    paths = profile.links.map(PathRates.init) + profile.tiers.map(PathRates.init)
    let near = [Tier.Kind.cache, .memory].lazy.compactMap { kind in
      profile.tiers.last { $0.kind == kind && $0.latency != nil }?.latency?.value.value
    }
    loadLatency = near.first
  }

  /// Resolves one operation on the profile.
  /// - Throws: `Faults` when the profile lacks a tier, link, unit or peak that the operation needs.
  public func resolve(_ operation: Operation, on stream: Programs.Stream) throws(Faults)
    -> PricedOperation
  {
    try resolve(operation, on: stream, unit: try unit(of: stream))
  }

  /// Resolves all operations of a program: for each block, one for each of its operations.
  /// - Throws: `Faults` as `resolve(_:on:)` does.
  public func resolve(_ program: Program) throws(Faults) -> [[PricedOperation]] {
    var units: [Int?] = []
    for stream in program.streams { units.append(try unit(of: stream)) }
    var resolved: [[PricedOperation]] = []
    resolved.reserveCapacity(program.blocks.count)
    for b in program.blocks.indices {
      let operations = program.blocks[b].operations
      var row: [PricedOperation] = []
      row.reserveCapacity(operations.count)
      for o in operations.indices {
        let stream = operations[o].stream
        row.append(
          try resolve(operations[o], on: program.streams[stream], unit: units[stream]))
        if let unit = units[stream], program.joins(block: b, operation: o) {
          row[o].group += self.units[unit].forkJoin
        }
      }
      resolved.append(row)
    }
    return resolved
  }

  private func resolve(
    _ operation: Operation, on stream: Programs.Stream, unit: Int?
  ) throws(Faults) -> PricedOperation {
    if operation.kind == .chain, loadLatency == nil {
      throw Faults(
        .missingKey(
          "tiers.*.latency", expected: "that of a cache or memory, for \(operation.name)"),
        at: SourcePosition(file: profile.name))
    }
    var call: PricedCall?
    if let sized = operation.call, let unit, units[unit].name == runtime.unit {
      call = try calibrated.priced(sized)
    }
    let kernel = try kernel(operation.kind, unit: unit)
    var resolved: [PricedOperation.Path] = []
    resolved.reserveCapacity(operation.traffic.count)
    for traffic in operation.traffic where traffic.bytes != .zero {
      resolved.append(try path(traffic, operation: operation, kernel: kernel))
    }
    let peak = try arithmeticPeak(operation, unit: unit)
    let cores = unit.map { units[$0].cores } ?? 1
    return PricedOperation(
      kind: operation.kind, paths: resolved, flops: operation.flops,
      achievedArithmetic: peak * (kernel?.arithmeticShare ?? 1), peakArithmetic: peak,
      energyPerFlop: unit.map { units[$0].energyPerFlop } ?? 0,
      activePower: operation.kind == .hostIssue ? 0 : unit.map { units[$0].activePower } ?? 0,
      fixed: fixed(operation, on: stream, unit: unit, kernel: kernel),
      rowTime: (kernel?.perRow ?? 0) * operation.rows,
      group: kernel?.group ?? 0, launches: operation.launches, pieces: operation.pieces,
      programRate: kernel?.programRate ?? .infinity,
      programSlots: cores * (kernel?.programsPerCore ?? 1),
      spread: kernel?.spread, storage: try storageForm(operation, on: stream),
      cores: coreNeed(operation, unit: unit, kernel: kernel), call: call,
      isMeasured: kernel != nil || call != nil)
  }

  /// The calibrated kernel of the runtime that a call takes; nil where there is none.
  /// - Throws: `Faults` when a calibration does not fit its form.
  public func call(_ sized: SizedCall) throws(Faults) -> PricedCall? {
    try calibrated.priced(sized)
  }

  /// What unequal contexts of a batch take beyond equal ones of the same sum; nil where the device's own
  /// kernel was not timed on such.
  /// - Throws: `Faults` when a calibration does not fit its form.
  public func tail(of call: MixedAttentionCall) throws(Faults) -> CalibratedForm? {
    try calibrated.tail(of: call)
  }

  /// Between which factors of the truth the prices of calls of one calibrated kernel lie, nine times
  /// of ten.
  /// - Parameter sizes: the calls at the counts that they meet.
  /// - Throws: `Faults` when a profile lacks what forms need, or a price is no number.
  public func band(of calls: [PricedCall], at sizes: [KernelCall]) throws(Faults) -> ErrorBand? {
    try calibrated.band(of: calls, at: sizes)
  }

  private func kernel(_ kind: Operation.Kind, unit: Int?) throws(Faults) -> KernelRates? {
    guard let unit else { return transferKernels[kind.place] }
    if let known = units[unit].kernels[kind.place] { return known }
    guard units[unit].name == runtime.unit, UnitRates.inherited.contains(kind) else { return nil }
    return try calibrated.inherited(kind)
  }

  /// The place in `units` of what computes on a stream; nil for copies and storage.
  private func unit(of stream: Programs.Stream) throws(Faults) -> Int? {
    let name: String
    switch stream.engine {
    case .compute(let unit): name = unit
    case .copy, .storage, .host: return nil
    }
    guard let unit = units.firstIndex(where: { $0.name == name }) else {
      throw Faults(
        .unknownName(
          key: "hardware", kind: "compute unit in \(profile.name)", found: name,
          known: profile.computeUnits.map(\.name)), at: SourcePosition(file: profile.name))
    }
    return unit
  }

  private func path(
    _ traffic: Traffic, operation: Operation, kernel: KernelRates?
  ) throws(Faults) -> PricedOperation.Path {
    guard let place = paths.firstIndex(where: { $0.name == traffic.through }) else {
      throw Faults(
        .unknownName(
          key: operation.name, kind: "tier or link in \(profile.name)", found: traffic.through,
          known: profile.tiers.map(\.name) + profile.links.map(\.name)),
        at: SourcePosition(file: profile.name))
    }
    let isLink = paths[place].isLink
    let overLink = operation.kind == .gather || operation.kind == .copy
    let share = isLink || !overLink ? kernel?.bandwidthShare ?? 1 : 1
    let peak = paths[place].peak
    var efficiency: Curve?
    if kernel == nil, isLink || !overLink {
      efficiency = operation.kind == .gather ? paths[place].gather : paths[place].efficiency
    }
    return PricedOperation.Path(
      through: traffic.through, bytes: traffic.bytes, achieved: peak * share, peak: peak,
      isLink: isLink, efficiency: efficiency, energyPerByte: paths[place].energyPerByte)
  }

  private func arithmeticPeak(
    _ operation: Operation, unit: Int?
  ) throws(Faults) -> Double {
    guard operation.flops != .zero, let unit else { return .infinity }
    let peak = units[unit].peaks[operation.precision.place]
    guard peak > 0 else {
      throw Faults(
        .unknownName(
          key: operation.name, kind: "arithmetic peak of \(profile.name)/\(units[unit].name)",
          found: operation.precision.rawValue, known: units[unit].statedPeaks.map(\.rawValue)),
        at: SourcePosition(file: profile.name))
    }
    return peak
  }

  private func fixed(
    _ operation: Operation, on stream: Programs.Stream, unit: Int?, kernel: KernelRates?
  ) -> Double {
    if let kernel { return kernel.launch(rows: operation.rows, width: operation.width) }
    switch operation.kind {
    case .copy:
      let link = operation.traffic.lazy.compactMap { traffic in
        paths.first { $0.isLink && $0.name == traffic.through }
      }.first
      return link?.latency ?? 0
    case .hostIssue:
      return stream.engine == .host
        ? runtime.hostPerLaunch?.value.value ?? 0 : runtime.hostPerStep.value.value
    case .storageRead, .move: return 0
    case .chain:
      return (unit.map { units[$0].launch } ?? 0) + operation.rows * (loadLatency ?? 0)
    default: return unit.map { units[$0].launch } ?? 0
    }
  }

  private func coreNeed(_ operation: Operation, unit: Int?, kernel: KernelRates?) -> CoreNeed {
    guard let unit else { return .none }
    if operation.kind == .gather {
      return .programs(operation.pieces, perCore: kernel?.programsPerCore ?? 1)
    }
    guard let coreRate = units[unit].coreRate, operation.kind != .matrixProduct,
      operation.kind != .attentionPrefill
    else { return .all }
    return .draw(coreRate: coreRate)
  }

  private func storageForm(
    _ operation: Operation, on stream: Programs.Stream
  ) throws(Faults) -> StorageForm? {
    guard operation.kind == .storageRead else { return nil }
    guard case .storage(let name) = stream.engine, let tier = profile.tier(name) else {
      throw Faults(
        .unknownName(
          key: operation.name, kind: "storage tier in \(profile.name)", found: "\(stream.name)",
          known: profile.tiers.filter { $0.kind == .storage }.map(\.name)),
        at: SourcePosition(file: profile.name))
    }
    return StorageForm(tier: tier, queueDepth: Double(operation.queueDepth))
  }
}
