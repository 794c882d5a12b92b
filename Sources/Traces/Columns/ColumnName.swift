/// The columns that a trace may have. Names and shapes are part of the file format.
public enum ColumnName: String, CaseIterable, Sendable {
  /// u16 or u32 [steps, layers, KV heads, picks]: page ids, best first.
  case pages
  /// f16 or f32, shape of `pages`: the attention mass of each.
  case pageMass = "page_mass"
  /// u16 or u32 [steps, layers, query heads, shares]: tokens that hold each share of a head's mass.
  case topTokens = "topp_tokens"
  /// u8 or u16 [tokens, layers, top k]: expert ids, best first.
  case experts
  /// f16 or f32, shape of `experts`: router weights.
  case expertWeights = "expert_weights"
  /// u32 [steps + 1]: first token of each step, and the token count at the end.
  case stepStart = "step_start"
  /// u32 [sequences]: first token of each sequence, the first of all being 0.
  case sequenceStart = "sequence_start"
  /// u32 [layers]: bytes of one expert.
  case expertBytes = "expert_bytes"
  /// u32 [layers]: bytes of the layer's dense part.
  case denseBytes = "dense_bytes"
  /// bits [tokens, layers, neurons]: 1 where the neuron was active.
  case neurons

  /// The element types that the column may have.
  public var types: [ElementType] {
    switch self {
    case .pages, .topTokens: [.u16, .u32]
    case .pageMass, .expertWeights: [.f16, .f32]
    case .experts: [.u8, .u16]
    case .stepStart, .sequenceStart, .expertBytes, .denseBytes: [.u32]
    case .neurons: [.bits]
    }
  }

  /// The number of dimensions.
  public var rank: Int {
    switch self {
    case .pages, .pageMass, .topTokens: 4
    case .experts, .expertWeights, .neurons: 3
    case .stepStart, .sequenceStart, .expertBytes, .denseBytes: 1
    }
  }
}
