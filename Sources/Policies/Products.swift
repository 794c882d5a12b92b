import Models
import Programs
import Quantities

extension StepBuilder {
  /// A product of weights in the near tier with the step's tokens on the main stream.
  ///
  /// Reads every weight once and the activations of the batch; two flops a weight and token.
  ///
  /// - Parameter inputs: columns of the matrix, where a calibrated kernel may price the product.
  mutating func addProduct(
    _ name: String, site: Site = .model, elements: Double, inputs: Int = 0, bytes: Double? = nil,
    launches: Double = 1, launchedOnce: Bool = false, column: String? = nil,
    after: [Dependency] = []
  ) {
    guard elements > 0 else { return }
    let batch = Double(tokens)
    let weightBytes = bytes ?? setting.heldBytes(of: elements, part) * weightScale
    func affine(_ amount: Double) -> Affine {
      column == nil ? Affine(base: amount) : Affine(each: amount)
    }
    add(
      Operation(
        name: name, site: site, kind: tokens > 8 ? .matrixProduct : .matrixVector,
        stream: main, precision: setting.weights,
        flops: affine(2 * elements * batch * setting.computedShare(part)),
        traffic: [Traffic(through: nearTier, bytes: affine(weightBytes))],
        launches: column == nil || launchedOnce
          ? Affine(base: launches) : Affine(each: launches),
        rows: column == nil ? batch : 1,
        column: column.map { self.column($0) }, skippedWhenEmpty: column != nil, after: after,
        call: productCall(
          rows: tokens, elements: elements, inputs: inputs, form: form(part))))
  }

  /// The products of several matrices: one, or one for each number of inputs where a calibrated
  /// kernel may price each.
  mutating func addProducts(
    _ name: String, site: Site = .model, _ matrices: [Matrix], launches: Double = 1,
    after: [Dependency] = []
  ) {
    addWrapping(name, matrices)
    let joins = setting.runtime.joinsProducts
    guard callsProducts else {
      let apart = joins ? 0 : Double(matrices.filter { $0.columns > 1 }.count)
      addProduct(
        name, site: site, elements: matrices.elements, launches: max(launches, apart),
        after: after)
      return
    }
    for (place, group) in (joins ? matrices.byInputs : matrices.oneByOne).enumerated() {
      addProduct(
        place == 0 ? name : "\(name).\(group.name)", site: site, elements: group.elements,
        inputs: group.inputs, after: place == 0 ? after : [])
    }
  }

  /// Kernels that read and write the activations of the step and little else.
  mutating func addElementwise(
    _ name: String, kind: Operation.Kind = .elementwise, site: Site = .model, width: Double,
    launches: Double = 1, through tier: String? = nil, column: String? = nil,
    after: [Dependency] = []
  ) {
    guard launches > 0 else { return }
    let bytes = setting.activations.bytes(of: 3 * width * Double(tokens)).value
    func affine(_ amount: Double) -> Affine {
      column == nil ? Affine(base: amount) : Affine(each: amount)
    }
    add(
      Operation(
        name: name, site: site, kind: kind, stream: main, precision: setting.activations,
        flops: .zero,
        traffic: [Traffic(through: tier ?? nearTier, bytes: affine(bytes * launches))],
        launches: affine(launches), rows: column == nil ? Double(tokens) : 1,
        column: column.map { self.column($0) },
        skippedWhenEmpty: column != nil, after: after))
  }
}
