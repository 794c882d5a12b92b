import Models
import Programs
import Quantities

extension Matrix {
  /// The part of the model that it is stored with.
  public var part: WeightsPolicy.Part {
    switch role {
    case .attention, .indexer, .norm: .attention
    case .feedForward, .expert, .sharedExpert, .router: .ffn
    case .embedding, .head: .embeddings
    }
  }
}

extension Setting {
  /// Bytes of `elements` weights of a part as they are stored, without their wrapping.
  public func storedBytes(of elements: Double, _ part: WeightsPolicy.Part) -> Double {
    guard let form = method.weights.forms[part] else { return weights.bytes(of: elements).value }
    return elements * form.bitsOfWeight(value: weights.bits) / 8
  }

  /// Bytes of `elements` weights of a part as the runtime holds and reads them beside the
  /// processor: in their form, which is expanded on the way to the arithmetic, or else widened.
  public func heldBytes(of elements: Double, _ part: WeightsPolicy.Part) -> Double {
    method.weights.forms[part] == nil
      ? heldBytes(of: elements) : storedBytes(of: elements, part)
  }

  /// How a matrix is stored; nil for whole, as `precision.weights` has it, as vectors always are.
  public func form(of matrix: Matrix) -> WeightForm? {
    matrix.role == .norm || matrix.columns == 1 ? nil : method.weights.forms[matrix.part]
  }

  /// Bytes of whole matrices as they are stored, with their wrapping.
  public func storedBytes(of matrices: some Sequence<Matrix>) -> Double {
    matrices.reduce(0) { sum, matrix in
      let bits = form(of: matrix)?.bitsOfWeight(value: weights.bits) ?? weights.bits
      return sum + matrix.elements * bits / 8 + weights.bytes(of: wrappingElements([matrix])).value
    }
  }

  /// Weights of the block-diagonal matrices around some matrices, which are stored whole.
  public func wrappingElements(_ matrices: some Sequence<Matrix>) -> Double {
    matrices.reduce(0) { sum, matrix in
      guard let form = form(of: matrix) else { return sum }
      return sum + Double(form.wrap) * Double(matrix.rows + matrix.columns) * Double(matrix.copies)
    }
  }

  /// Bits of a part's weight as the runtime holds it beside the processor over bits as it is stored.
  public func widening(_ part: WeightsPolicy.Part) -> Double {
    method.weights.forms[part] == nil ? widening : 1
  }

  /// Share of a part's multiplications that are carried out: those with kept weights where kernels
  /// skip the others; with 2:4 what sparse arithmetic gains on the unit; else all.
  func computedShare(_ part: WeightsPolicy.Part) -> Double {
    guard let form = method.weights.forms[part] else { return 1 }
    if form.skips { return form.kept }
    guard form.isTwoFour, let unit = profile.computeUnits.first(where: { $0.name == runtime.unit }),
      let sparse = unit.peak(weights, .twoFour), let dense = unit.peak(weights), sparse > dense
    else { return 1 }
    return dense.value / sparse.value
  }
}

extension StepBuilder {
  /// How a part's matrices are stored; nil for whole, as `precision.weights` has them.
  func form(_ part: WeightsPolicy.Part) -> WeightForm? { setting.method.weights.forms[part] }

  /// The block-diagonal matrices before and after some matrices: as many batched products of small
  /// blocks, each of which reads and writes the activations it turns.
  mutating func addWrapping(_ name: String, _ matrices: [Matrix]) {
    let elements = setting.wrappingElements(matrices)
    guard elements > 0 else { return }
    let turned = matrices.filter { $0.columns > 1 }
    let width = turned.reduce(0) { $0 + Double($1.rows + $1.columns) }
    let rows = Double(tokens)
    add(
      Operation(
        name: name + ".wrap", site: .weights, kind: .matrixProduct, stream: main,
        precision: setting.weights, flops: Affine(base: 2 * elements * rows),
        traffic: [
          Traffic(
            through: nearTier,
            bytes: Affine(
              base: setting.heldBytes(of: elements)
                + 2 * setting.activations.bytes(of: width * rows).value))
        ], launches: Affine(base: 2 * Double(turned.count))))
  }
}
