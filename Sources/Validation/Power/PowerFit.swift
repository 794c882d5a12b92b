import Costs
import Hardware
import NumericalMethods
import Programs
import Quantities

/// Fits the energies of a board to power readings: one set for all kinds of kernels.
///
/// Robust least squares on the logarithm of the reading. Every series counts alike, whatever its
/// rows; settled readings count a hundred times as much: their spread is a third of that of readings
/// that hold what came before, and those of one collector share what a gap says too simply of it, so
/// that their number says little. Idle power is the profile's.
public struct PowerFit: Sendable {
  /// Under which the fit stands in a file of calibrations: `power/board`.
  public static let family = "power"
  public static let kernel = "board"

  /// What a fit found, with the errors of rows whose shape group it had not seen.
  public struct Outcome: Sendable {
    public var coefficients: [KernelCalibration.Coefficient]
    public var rows: Int
    public var groups: Int
    /// Expected over measured less 1, by family.
    public var unseenErrors: [String: [Double]]
    public var skipped: [String: Int]
  }

  /// One reading with its series.
  public struct Row: Sendable {
    public var family: String
    public var row: MeasuredCall
    public init(family: String, row: MeasuredCall) {
      self.family = family
      self.row = row
    }
  }

  private struct Case {
    var family: String
    var call: KernelCall
    var work: BoardWork
    var seconds: Double
    var reading: PowerReading
    var group: String
  }

  private static let settledWeight = 100.0
  private static let folds = 5
  private let device: DeviceFigures
  private let start: BoardPower

  /// - Throws: `Faults` when the profile lacks what forms need, or states no power.
  public init?(_ profile: Profile) throws {
    device = try DeviceFigures(profile)
    guard let power = profile.power else { return nil }
    // Where a profile states no energies: those of an H200.
    start =
      BoardPower(profile)
      ?? BoardPower(
        idle: power.idle.value.value, sustained: power.mostSustained.value, cores: 80,
        memory: 100e-12, cache: 20e-12, operation: 1.4e-12)
  }

  /// - Throws: `NumericalFault`; `.undetermined` names the energies that the rows leave open.
  public func fit(_ rows: [Row]) throws(NumericalFault) -> Outcome {
    var skipped: [String: Int] = [:]
    var cases: [Case] = []
    for row in rows {
      guard let reading = row.row.reading else { continue }
      let work = BoardWork(row.row.call, on: device)
      if let doubt = PowerDoubt.doubt(row.row, reading, work: work, board: start) {
        skipped[doubt, default: 0] += 1
        continue
      }
      cases.append(
        Case(
          family: row.family, call: row.row.call, work: work, seconds: row.row.seconds,
          reading: reading, group: "\(row.family)/\(row.row.group)"))
    }
    let names = Self.names(cases)
    let whole = try fit(cases, names)
    let bounds = try whole.intervals(level: 0.95)
    let groups = Set(cases.map(\.group)).sorted()
    guard groups.count >= 2 else {
      throw .tooFew(argument: "shape groups", found: groups.count, needed: 2)
    }
    var part: [String: Int] = [:]
    for (place, group) in groups.enumerated() { part[group] = place % Self.folds }
    var unseen: [String: [Double]] = [:]
    for fold in 0..<min(Self.folds, groups.count) {
      let seen = try fit(cases.filter { part[$0.group] != fold }, names)
      for one in cases where part[one.group] == fold {
        unseen[one.family, default: []].append(
          expected(one, names, seen.values) / one.reading.watts - 1)
      }
    }
    return Outcome(
      coefficients: zip(names, zip(whole.values, bounds)).map {
        KernelCalibration.Coefficient(
          name: $0, value: $1.0, low: max(0, $1.1.low), high: $1.1.high)
      }, rows: cases.count, groups: groups.count, unseenErrors: unseen, skipped: skipped)
  }

  /// Energies, and the gaps of the families whose readings hold what came before.
  private static func names(_ cases: [Case]) -> [String] {
    let open = cases.filter { !$0.reading.isSettled }
    let families = Set(open.map(\.family)).sorted()
    let sequence = families.contains("attention-decode") ? [PowerGap.sequence] : []
    return BoardPower.names + families.map { PowerGap.prefix + $0 } + sequence
  }

  private func fit(_ cases: [Case], _ names: [String]) throws(NumericalFault) -> Fit {
    var counts: [String: Double] = [:]
    for one in cases { counts[Self.series(one), default: 0] += 1 }
    let starts = names.map { name in start.coefficient(name) ?? Self.gapStart(name) }
    return try RobustFit(
      parameters: zip(names, starts).map { RobustFit.Parameter($0, start: $1) },
      loss: .huber(threshold: 1.345), shape: .kinked(step: 2e-4, tolerance: 1e-3)
    ).fit(
      measured: cases.map { Elementary.logarithm($0.reading.watts) },
      weights: cases.map {
        ($0.reading.isSettled ? Self.settledWeight : 1) / (counts[Self.series($0)] ?? 1)
      }
    ) { values in
      guard values.allSatisfy({ $0 >= 0 }) else { return cases.map { _ in .nan } }
      return cases.map { Elementary.logarithm(expected($0, names, values)) }
    }
  }

  private static func series(_ one: Case) -> String {
    one.reading.isSettled ? "settled" : one.family
  }

  private static func gapStart(_ name: String) -> Double {
    if name == PowerGap.sequence { return PowerGap().eachSequence }
    return PowerGap.usual[String(name.dropFirst(PowerGap.prefix.count))] ?? 0.1
  }

  private func expected(_ one: Case, _ names: [String], _ values: [Double]) -> Double {
    var board = start
    var gap = 0.0
    for (name, value) in zip(names, values) {
      if board.set(name, value) { continue }
      if name == PowerGap.prefix + one.family { gap += value }
      if name == PowerGap.sequence, case .attentionDecode(let call) = one.call {
        gap += value * Double(call.batch)
      }
    }
    return one.reading.expected(
      watts: board.watts(one.work, seconds: one.seconds), idle: board.idle, gap: gap)
  }
}
