import Hardware
import Programs

/// How long collectors leave the board without load between two measured calls.
///
/// They make operands and record a graph in between. Seconds by family, fitted with the energies of
/// a board by `lacuna calibrate`; the values here are those of the `power_*` tables of an H200.
public struct PowerGap: Sendable, Hashable {
  /// By family: `gemm`, `attention-decode`, ….
  public var seconds: [String: Double] = usual
  /// Seconds that each sequence of a batch adds: KV is made one sequence after the other.
  public var eachSequence = 1.3e-4

  static let usual = ["gemm": 0.038, "attention-decode": 0.39, "moe": 0.021]

  /// Those of a board's calibration, and the usual ones for what it does not hold.
  public init(_ calibration: KernelCalibration? = nil) {
    for coefficient in calibration?.coefficients ?? [] {
      if coefficient.name == Self.sequence { eachSequence = coefficient.value }
      guard coefficient.name.hasPrefix(Self.prefix) else { continue }
      seconds[String(coefficient.name.dropFirst(Self.prefix.count))] = coefficient.value
    }
  }

  /// Names of the coefficients.
  static let prefix = "gap-s-"
  static let sequence = "sequence-gap-s"

  public func callAsFunction(_ call: KernelCall, family: String) -> Double {
    let base = seconds[family] ?? 0
    guard case .attentionDecode(let call) = call else { return base }
    return base + eachSequence * Double(call.batch)
  }
}
