/// A number format of weights, activations or KV entries.
public enum Precision: String, CaseIterable, Sendable {
  case fp32, tf32, fp16, bf16, fp8, int8, int4, fp4
  /// llama.cpp's mixed 4-bit format: 4.85 bits a weight on average over a model (144-byte blocks of
  /// 256 weights are 4.5 bits; some tensors are kept at 6 bits).
  case q4km = "q4_k_m"

  /// Bits that one number takes in memory, scales and zero points included for block formats.
  public var bits: Double {
    switch self {
    case .fp32, .tf32: 32
    case .fp16, .bf16: 16
    case .fp8, .int8: 8
    case .int4, .fp4: 4
    case .q4km: 4.85
    }
  }

  /// Bytes of `count` numbers.
  public func bytes(of count: Double) -> Bytes { Bytes(count * bits / 8) }
}

/// How regular the zeros are that an arithmetic unit can skip.
public enum PeakDensity: String, CaseIterable, Sendable {
  case dense
  case twoFour = "2:4"
}
