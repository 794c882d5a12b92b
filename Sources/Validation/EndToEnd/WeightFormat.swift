import Quantities

/// How many bits the weights of a served model take, and at which rate they are multiplied.
public struct WeightFormat: Sendable, Hashable {
  /// The name that coefficient files use: `q4_k_m`.
  public var name: String
  /// Bits of a dense weight, of an expert's and of the LM head's, scales included.
  public var dense: Double
  public var expert: Double
  public var head: Double
  /// The format that the arithmetic runs in.
  public var arithmetic: Precision

  public init(
    _ name: String, dense: Double, expert: Double? = nil, head: Double? = nil,
    arithmetic: Precision = .bf16
  ) {
    self.name = name
    self.dense = dense
    self.expert = expert ?? dense
    self.head = head ?? dense
    self.arithmetic = arithmetic
  }

  /// llama.cpp's block formats by their blocks (Q8_0: 34 bytes for 32 weights) and, for mixtures,
  /// the averages of whole files, which keep the LM head in Q6_K (6.5625 bits); fp8 and fp4 of
  /// servers leave the head in bf16; a group of 64 with two halves a group is 4.5 bits (MLX), one of
  /// 64 with one half 4.25 (Core AI, LiteRT).
  public static let all: [WeightFormat] = [
    .init("bf16", dense: 16),
    .init("fp8", dense: 8, head: 16, arithmetic: .fp8),
    .init("nvfp4", dense: 8, expert: 4.5, head: 16, arithmetic: .fp8),
    .init("mxfp4-bf16", dense: 16, expert: 4.25, head: 16),
    .init("int4-awq", dense: 16, expert: 4.25, head: 16),
    .init("mxfp4", dense: 8.5, expert: 4.25),
    .init("q8_0", dense: 8.5),
    .init("q6_k", dense: 6.5625),
    .init("q5_k_m", dense: 5.7, head: 6.5625),
    .init("q4_k_m", dense: 4.9, head: 6.5625),
    .init("q4_k_s", dense: 4.6, head: 6.5625),
    .init("q4_0", dense: 4.5, head: 6.5625),
    .init("q3_k_m", dense: 3.95, head: 6.5625),
    .init("q2_k", dense: 3, head: 6.5625),
    .init("q4-mlx", dense: 4.5),
    .init("int8", dense: 8.25),
    .init("int4", dense: 4.25, head: 8),
  ]

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The format of a name, in any case; nil for one that is not known.
  public static func named(_ name: String) -> WeightFormat? { byName[name.lowercased()] }
}
