import Diagnostics
import Hardware
import Programs
import Quantities

/// Prices operations on one device under one runtime.
///
/// Physics gives the bytes, flops and peaks; the profile's kernel coefficients say what share of
/// each peak the runtime's kernel reaches and what a launch takes. A kernel that the profile has
/// not measured runs at the tier's efficiency curve, or at the peak, and `unmeasured` names it.
public struct CostModel: Sendable {
  public let profile: Profile
  public let runtime: Runtime

  public init(profile: Profile, runtime: Runtime) {
    self.profile = profile
    self.runtime = runtime
  }

  /// Resolves one operation on the profile.
  /// - Throws: `Faults` when the profile lacks a tier, link, unit or peak that the operation needs.
  public func resolve(_ operation: Operation, on stream: Programs.Stream) throws(Faults)
    -> PricedOperation
  {
    try resolve(operation, on: stream, unit: try computeUnit(of: stream))
  }

  /// Resolves all operations of a program: for each block, one for each of its operations.
  /// - Throws: `Faults` as `resolve(_:on:)` does.
  public func resolve(_ program: Program) throws(Faults) -> [[PricedOperation]] {
    var units: [ComputeUnit?] = []
    for stream in program.streams { units.append(try computeUnit(of: stream)) }
    var resolved: [[PricedOperation]] = []
    resolved.reserveCapacity(program.blocks.count)
    for b in program.blocks.indices {
      let operations = program.blocks[b].operations
      var row: [PricedOperation] = []
      row.reserveCapacity(operations.count)
      for o in operations.indices {
        let stream = operations[o].stream
        var priced = try resolve(operations[o], on: program.streams[stream], unit: units[stream])
        if program.joins(block: b, operation: o) {
          priced.group += units[stream]?.forkJoin?.value.value ?? 0
        }
        row.append(priced)
      }
      resolved.append(row)
    }
    return resolved
  }

  private func resolve(
    _ operation: Operation, on stream: Programs.Stream, unit: ComputeUnit?
  ) throws(Faults) -> PricedOperation {
    let kernel = coefficients(of: operation, unit: unit)
    var paths: [PricedOperation.Path] = []
    paths.reserveCapacity(operation.traffic.count)
    for traffic in operation.traffic where traffic.bytes != .zero {
      paths.append(try path(traffic, operation: operation, kernel: kernel))
    }
    let arithmetic = try arithmeticRates(operation, unit: unit, kernel: kernel)
    return PricedOperation(
      kind: operation.kind, paths: paths, flops: operation.flops,
      achievedArithmetic: arithmetic.achieved, peakArithmetic: arithmetic.peak,
      energyPerFlop: unit?.energyPerFlop?.value.value ?? 0,
      fixed: fixed(operation, unit: unit, kernel: kernel),
      rowTime: (kernel?.perRow?.value.value ?? 0) * operation.rows,
      group: kernel?.group?.value.value ?? 0, launches: operation.launches,
      pieces: operation.pieces,
      programRate: kernel?.programRate?.value.value ?? .infinity,
      programSlots: slots(unit: unit, kernel: kernel),
      storage: try storageForm(operation, on: stream),
      cores: cores(operation, unit: unit, kernel: kernel, paths: paths))
  }

  /// The kernels of `operations` for which the profile has no measured coefficients.
  public func unmeasured(_ program: Program) throws(Faults) -> [String] {
    var missing: Set<String> = []
    for block in program.blocks {
      for operation in block.operations {
        let unit = try computeUnit(of: program.streams[operation.stream])
        guard operation.kind != .storageRead, operation.kind != .hostIssue,
          coefficients(of: operation, unit: unit) == nil
        else { continue }
        missing.insert(operation.kind.rawValue)
      }
    }
    return missing.sorted()
  }

  func computeUnit(of stream: Programs.Stream) throws(Faults) -> ComputeUnit? {
    guard case .compute(let name) = stream.engine else { return nil }
    guard let unit = profile.computeUnit(name) else {
      throw Faults(
        .unknownName(
          key: "hardware", kind: "compute unit in \(profile.name)", found: name,
          known: profile.computeUnits.map(\.name)), at: SourcePosition(file: profile.name))
    }
    return unit
  }

  /// The coefficients of the runtime's kernel for this family; on another unit than the runtime's
  /// own, the kernel named for that unit (`gemv/cpu`).
  func coefficients(of operation: Operation, unit: ComputeUnit?) -> KernelCoefficients? {
    let family = operation.kind.rawValue
    if let unit, unit.name != runtime.unit {
      return profile.kernels.first { $0.family == family && $0.kernel == unit.name }
    }
    guard let kernel = runtime.kernels[family] else { return nil }
    return profile.kernels.first { $0.family == family && $0.kernel == kernel }
  }

  private func path(
    _ traffic: Traffic, operation: Operation, kernel: KernelCoefficients?
  ) throws(Faults) -> PricedOperation.Path {
    // Figures are read where they stand: a whole link or tier is long to copy.
    if let l = profile.links.firstIndex(where: { $0.name == traffic.through }) {
      let curve = operation.kind == .gather ? profile.links[l].gather : profile.links[l].efficiency
      let peak = profile.links[l].bandwidth.value.value
      return PricedOperation.Path(
        through: traffic.through, bytes: traffic.bytes,
        achieved: peak * (kernel?.bandwidthShare.value ?? 1), peak: peak, isLink: true,
        efficiency: kernel == nil ? curve?.value : nil,
        energyPerByte: profile.links[l].energyPerByte?.value.value ?? 0)
    }
    guard let t = profile.tiers.firstIndex(where: { $0.name == traffic.through }) else {
      throw Faults(
        .unknownName(
          key: operation.name, kind: "tier or link in \(profile.name)", found: traffic.through,
          known: profile.tiers.map(\.name) + profile.links.map(\.name)),
        at: SourcePosition(file: profile.name))
    }
    let overLink = operation.kind == .gather || operation.kind == .copy
    let share = overLink ? 1 : kernel?.bandwidthShare.value ?? 1
    let peak = profile.tiers[t].bandwidth.value.value
    return PricedOperation.Path(
      through: traffic.through, bytes: traffic.bytes, achieved: peak * share, peak: peak,
      isLink: false,
      efficiency: kernel == nil && !overLink ? profile.tiers[t].efficiency?.value : nil,
      energyPerByte: profile.tiers[t].energyPerByte?.value.value ?? 0)
  }

  private func arithmeticRates(
    _ operation: Operation, unit: ComputeUnit?, kernel: KernelCoefficients?
  ) throws(Faults) -> (achieved: Double, peak: Double) {
    guard operation.flops != .zero, let unit else { return (.infinity, .infinity) }
    guard let peak = unit.widened(operation.precision)?.value else {
      throw Faults(
        .unknownName(
          key: operation.name, kind: "arithmetic peak of \(profile.name)/\(unit.name)",
          found: operation.precision.rawValue, known: unit.peaks.map(\.precision.rawValue)),
        at: SourcePosition(file: profile.name))
    }
    return (peak * (kernel?.arithmeticShare?.value ?? 1), peak)
  }

  private func fixed(
    _ operation: Operation, unit: ComputeUnit?, kernel: KernelCoefficients?
  ) -> Double {
    if let kernel {
      return kernel.fixed.value.value + (kernel.byRows?.value(operation.rows) ?? 0)
        + (kernel.byWidth?.value(operation.width) ?? 0)
    }
    switch operation.kind {
    case .copy:
      let link = operation.traffic.lazy.compactMap { traffic in
        profile.links.first { $0.name == traffic.through }
      }.first
      return link?.latency?.value.value ?? 0
    case .hostIssue: return runtime.hostPerStep.value.value
    case .storageRead, .move: return 0
    default:
      return (runtime.graph ? unit?.graphNode ?? unit?.launch : unit?.launch)?.value.value ?? 0
    }
  }

  private func slots(unit: ComputeUnit?, kernel: KernelCoefficients?) -> Double {
    Double(unit?.cores.value ?? 1) * (kernel?.programsPerCore?.value ?? 1)
  }

  private func cores(
    _ operation: Operation, unit: ComputeUnit?, kernel: KernelCoefficients?,
    paths: [PricedOperation.Path]
  ) -> Affine {
    guard let unit else { return .zero }
    let all = Double(unit.cores.value)
    if operation.kind == .gather {
      let perCore = kernel?.programsPerCore?.value ?? 1
      return Affine(base: operation.pieces.base / perCore, each: operation.pieces.each / perCore)
    }
    guard let coreRate = unit.coreBandwidth?.value.value, operation.kind != .matrixProduct,
      operation.kind != .attentionPrefill
    else { return Affine(base: all) }
    let rate = paths.map(\.achieved).max() ?? 0
    return Affine(base: min(all, max(1, rate / coreRate)))
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
