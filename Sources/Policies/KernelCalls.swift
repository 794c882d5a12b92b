import Hardware
import Models
import Programs
import Quantities

/// Which operations of a step may be calls of calibrated kernels under a runtime.
struct LibraryUse: Sendable {
  let products: Bool
  let decodeAttention: Bool
  let experts: Bool

  init(_ runtime: Runtime) {
    products = runtime.libraries["gemm"] != nil
    decodeAttention =
      runtime.libraries["attention-decode"] != nil || runtime.libraries["mla-decode"] != nil
    experts = runtime.libraries["moe"] != nil
  }
}

/// The kernel calls behind operations, for runtimes that name the libraries which run them.
///
/// Between two uses of a layer's weights or KV the whole model passes through the caches, so calls
/// are cold.
extension StepBuilder {
  /// Whether calibrated kernels may price products, so that matrices of different inputs are told
  /// apart.
  var callsProducts: Bool { setting.calls.products }

  /// - Parameter form: how the weights are stored; nil for as `precision.weights` has them.
  func productCall(
    rows: Int, elements: Double, inputs: Int, form: WeightForm? = nil
  ) -> SizedCall? {
    guard callsProducts, inputs > 0, rows > 0 else { return nil }
    let outputs = Int((elements / Double(inputs)).rounded())
    guard outputs > 0, form.map(isCalibrated) ?? true else { return nil }
    return .constant(
      .product(
        MatrixCall(
          m: rows, n: outputs, k: inputs, weights: setting.weights, arithmetic: arithmetic,
          isTwoFour: form?.isTwoFour ?? false, quantisesInput: setting.weights == .fp8)))
  }

  /// Whether calibrated kernels may know a form: the plain one, and 2:4 where the runtime names who
  /// multiplies it.
  private func isCalibrated(_ form: WeightForm) -> Bool {
    form.isPlain
      || form.isTwoFour && form.bits == nil && setting.runtime.libraries["gemm-2:4"] != nil
  }

  /// What weights are multiplied as: those of 4 bits, and of 8 without a scale for the inputs, are
  /// widened to the activations' format.
  private var arithmetic: Precision {
    switch setting.weights {
    case .int8, .int4, .fp4, .q4km: setting.activations
    case .fp32, .tf32, .fp16, .bf16, .fp8: setting.weights
    }
  }

  /// Attention of the step over `context` KV entries of each sequence, or over its window. Positions
  /// of a sequence read the same entries, as the query heads of a group do.
  func decodeCall(_ attention: Attention, context: Int, page: Int) -> DecodeAttentionCall? {
    guard setting.calls.decodeAttention else { return nil }
    let batch = setting.workload.batch
    switch attention {
    case .grouped(let it):
      let window = it.window ?? 0
      return DecodeAttentionCall(
        batch: batch, context: context, read: window > 0 ? min(window, context) : context,
        heads: it.queryHeads * setting.positions, kvHeads: it.kvHeads,
        keyDimension: it.keyDimension, valueDimension: it.valueDimension, window: window,
        page: page, kv: setting.kv, isCold: true)
    case .latent(let it):
      return DecodeAttentionCall(
        batch: batch, context: context, read: context, heads: it.heads * setting.positions,
        kvHeads: 1,
        keyDimension: it.kvRank + it.ropeDimension, valueDimension: it.kvRank,
        sharesKeysAndValues: true, page: page, kv: setting.kv, isCold: true)
    case .compressed, .recurrent, .none: return nil
    }
  }

  /// Causal attention of a whole prompt.
  func promptCall(_ attention: Attention) -> PrefillAttentionCall? {
    let (queries, kv, key, value): (Int, Int, Int, Int)
    switch attention {
    case .grouped(let it):
      (queries, kv) = (it.queryHeads, it.kvHeads)
      (key, value) = (it.keyDimension, it.valueDimension)
    case .latent(let it):
      (queries, kv) = (it.heads, it.heads)
      (key, value) = (it.nopeDimension + it.ropeDimension, it.valueDimension)
    case .compressed, .recurrent, .none: return nil
    }
    return PrefillAttentionCall(
      batch: setting.workload.batch, tokens: setting.workload.prompt, heads: queries, kvHeads: kv,
      keyDimension: key, valueDimension: value, window: attention.window ?? 0,
      arithmetic: setting.activations, kv: setting.kv, isCold: true)
  }

  /// The routed experts of a layer for `tokens` tokens that choose evenly.
  func expertCall(_ shape: ExpertFeedForward, tokens: Int) -> ExpertCall? {
    guard setting.calls.experts, tokens > 0, form(.ffn)?.isPlain ?? true else { return nil }
    let topK = setting.method.experts.topK ?? shape.topK
    // Experts that are dealt out see the tokens of all devices.
    let devices = setting.method.spread.experts
    return ExpertCall(
      tokens: tokens * devices, hidden: shape.latentWidth ?? setting.model.hidden,
      inner: shape.expert.intermediate, topK: topK, experts: shape.count * devices,
      expertParallel: devices, isGated: shape.expert.gated, routing: .balanced, weights: setting.weights,
      arithmetic: arithmetic, isCold: true)
  }
}

extension Sequence where Element == Matrix {
  /// The matrices that are products, each by itself.
  var oneByOne: [(name: String, inputs: Int, elements: Double)] {
    filter { $0.columns > 1 }.map { ($0.name, $0.columns, $0.elements) }
  }

  /// The matrices with the same inputs together, which a library multiplies as one: in the order of
  /// first use, with the name of the first. Vectors belong to no product.
  var byInputs: [(name: String, inputs: Int, elements: Double)] {
    var groups: [(name: String, inputs: Int, elements: Double)] = []
    for matrix in self where matrix.columns > 1 {
      if let place = groups.firstIndex(where: { $0.inputs == matrix.columns }) {
        groups[place].elements += matrix.elements
      } else {
        groups.append((matrix.name, matrix.columns, matrix.elements))
      }
    }
    return groups
  }
}
