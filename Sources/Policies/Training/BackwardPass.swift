import Programs
import Quantities
import Workloads

extension Operation {
  /// The operation of a prompt under the name of a phase of training.
  func inPhase(_ phase: String) -> Operation {
    var operation = self
    operation.name = Self.name(name, in: phase)
    operation.after = after.map {
      Dependency(on: Self.name($0.operation, in: phase), blocksBack: $0.blocksBack)
    }
    return operation
  }

  private static func name(_ name: String, in phase: String) -> String {
    guard !name.isEmpty else { return name }
    let own = name.hasPrefix("prompt.") ? String(name.dropFirst("prompt.".count)) : name
    return "\(phase).\(own)"
  }

  /// What the backward pass does for an operation of the forward pass:
  ///
  /// - a product has one of the same flops for the gradient of its inputs, and where its weights are
  ///   trained another for theirs;
  /// - attention has five products where the forward pass has two, as scores are computed again
  ///   (FlashAttention-2, section 3.1.2);
  /// - a kernel that reads and writes activations has two, one for each operand;
  /// - a stated work has as many of itself as it states, and a search none.
  func backward(isTrained: Bool, of setting: Setting) -> [Operation] {
    guard stream == 0 else { return [] }
    var own = inPhase("backward")
    own.after = []
    if let work = setting.method.overheads.first(where: { name.isOf($0) }) {
      guard work.backward > 0 else { return [] }
      return [own.repeated(work.backward)]
    }
    switch kind {
    case .matrixProduct:
      own.call = call?.inputGradient ?? call
      guard isTrained, !isAdapter else { return [own] }
      return [own, weightGradient(setting)]
    case .attentionPrefill: return [own.repeated(TrainingCounts.attention)]
    case .elementwise, .broadcast, .rowReduction: return [own.repeated(TrainingCounts.elementwise)]
    case .matrixVector, .attentionDecode, .batchedMatrixVector, .topK, .sort, .gather, .copy,
      .lookup, .chain, .join, .storageRead, .move, .hostIssue:
      return []
    }
  }

  private var isAdapter: Bool { name.hasPrefix(TrainingCounts.adapters) }

  /// The product of the gradient of the results with the inputs; what it writes is as large as the
  /// weights.
  private func weightGradient(_ setting: Setting) -> Operation {
    var gradient = inPhase("backward")
    gradient.name += ".weights"
    gradient.after = []
    gradient.precision = setting.activations
    gradient.call = call?.weightGradient ?? call
    return gradient
  }

  /// So many times the work, one kernel for each launch as before.
  private func repeated(_ times: Double) -> Operation {
    var operation = self
    operation.flops = flops * times
    operation.traffic = traffic.map { Traffic(through: $0.through, bytes: $0.bytes * times) }
    if kind == .attentionPrefill || kind == .matrixProduct {
      operation.call = call.map { .repeated($0.example, times: $0.times * times) }
    } else {
      operation.launches = launches * times
    }
    return operation
  }
}

extension String {
  /// Whether it names an operation of a stated work, of which a search has two.
  fileprivate func isOf(_ work: StatedWork) -> Bool {
    let own = "prompt.\(work.name)"
    return self == own || hasPrefix(own + ".")
  }
}

/// Counts of the backward pass.
enum TrainingCounts {
  /// Flops of attention's backward pass over those of the forward pass.
  static let attention = 2.5
  /// Kernels and bytes of a kernel of activations.
  static let elementwise = 2.0
  static let adapters = "prompt.adapters"
}

extension SizedCall {
  /// `dx[m, k] = dy[m, n] W[n, k]`.
  fileprivate var inputGradient: SizedCall? {
    guard case .constant(.product(var call)) = self else { return nil }
    (call.n, call.k) = (call.k, call.n)
    return .constant(.product(call))
  }

  /// `dW[n, k] = dy[m, n]ᵀ x[m, k]`.
  fileprivate var weightGradient: SizedCall? {
    guard case .constant(.product(let call)) = self else { return nil }
    return .constant(
      .product(
        MatrixCall(
          m: call.n, n: call.k, k: call.m, weights: call.arithmetic, arithmetic: call.arithmetic)))
  }
}
