import Models
import Programs

extension StepBuilder {
  /// A mixture layer: router, shared experts, and the routed experts wherever they live.
  mutating func addExperts(_ shape: ExpertFeedForward, layer: Layer, index: Int) {
    let hidden = setting.model.hidden
    let matrices = layer.feedForward.matrices(hidden: hidden)
    part = .ffn
    addNorm(layer, after: [])
    // A recording of kernels drives the experts from a trace and runs no router.
    let routed = layer.normCount > 0
    addProduct(
      "experts.router", site: .experts,
      elements: routed ? matrices.filter { $0.role == .router }.elements : 0, inputs: hidden)
    let chosen = afterMain()
    let bytes = setting.bytesOfExpert(layer: index)
    let arrived = addExpertFetches(shape, bytes: bytes)
    addProducts(
      "experts.shared", matrices.filter { $0.role == .sharedExpert }, launches: 2)
    if setting.method.experts.compute {
      addRouted(shape, bytes: bytes, chosen: chosen, arrived: arrived)
    }
  }

  /// For each kind of matrix, in the order of use: what its product must wait for.
  private mutating func addExpertFetches(
    _ shape: ExpertFeedForward, bytes: Double
  ) -> [[Dependency]] {
    let slices = slices(shape)
    let policy = setting.method.experts
    guard let tier = policy.tier, tier != nearTier else {
      return slices.map { _ in [] }
    }
    let kept = setting.keptOnTheWay(policy.resident)
    let onwards = kept.map { Fetch.Kept(tier: $0, onwards: "experts.active") }
    var ahead: [Dependency] = []
    if let prefetch = policy.prefetch {
      ahead = add(
        Fetch(
          name: "experts.prefetch", site: .experts, tier: tier, column: "experts.prefetched",
          bytes: bytes, pieces: pieces(slices.count), transfer: policy.transfer,
          depth: policy.depth,
          after: [Dependency(on: "experts.router", blocksBack: prefetch.layers)],
          besideMain: true, kept: kept.map { Fetch.Kept(tier: $0) }))
    }
    let after = afterMain() + (kept == nil ? [] : ahead)
    let arrived = slices.map { slice -> [Dependency] in
      guard policy.onMiss == .fetch else { return ahead }
      guard policy.overlap == .projection else { return ahead }
      return ahead
        + add(
          Fetch(
            name: "experts.fetch.\(slice.name)", site: .experts, tier: tier,
            column: "experts.missed", bytes: bytes * slice.share, pieces: 1,
            transfer: policy.transfer, depth: policy.depth, after: after, besideMain: true,
            kept: onwards))
    }
    var whole: [Dependency] = []
    if policy.onMiss == .fetch && policy.overlap == .none {
      whole = add(
        Fetch(
          name: "experts.fetch", site: .experts, tier: tier, column: "experts.missed",
          bytes: bytes, pieces: pieces(slices.count), transfer: policy.transfer,
          depth: policy.depth, after: after, besideMain: true, kept: onwards))
    }
    if let inserted = policy.insertedColumn, policy.movedPerByte > 0 {
      addMove(
        "experts.move", site: .experts, bytes: bytes * policy.movedPerByte,
        column: inserted, after: [])
    }
    return arrived.map { $0 + whole }
  }

  /// From storage an expert is one read a matrix; a copy moves it whole.
  private func pieces(_ slices: Int) -> Double {
    let tier = setting.method.experts.tier.flatMap { setting.profile.tier($0) }
    return tier?.kind == .storage ? Double(slices) : 1
  }

  private struct Slice {
    var name: String
    /// Share of the expert's weights.
    var share: Double
  }

  /// The matrices of an expert as they are stored, in the order of use.
  private func slices(_ shape: ExpertFeedForward) -> [Slice] {
    if !shape.expert.gated {
      return [Slice(name: "up", share: 0.5), Slice(name: "down", share: 0.5)]
    }
    let third = 1.0 / 3
    if setting.method.experts.fusedGate {
      return [Slice(name: "gate-up", share: 2 * third), Slice(name: "down", share: third)]
    }
    return ["gate", "up", "down"].map { Slice(name: $0, share: third) }
  }

  /// The products of the routed experts, one kind of matrix after another.
  private mutating func addRouted(
    _ shape: ExpertFeedForward, bytes: Double, chosen: [Dependency], arrived: [[Dependency]]
  ) {
    let policy = setting.method.experts
    let onHost = policy.onMiss == .host && policy.tier != nil
    let column = onHost ? "experts.hit" : "experts.active"
    let elements = shape.elementsPerExpert(hidden: setting.model.hidden)
    if arrived.allSatisfy(\.isEmpty), !onHost, let call = expertCall(shape) {
      addLibraryExperts(call, bytes: bytes)
      return
    }
    let products = products(shape, arrived: arrived)
    for (place, product) in products.enumerated() {
      addProduct(
        "experts.\(product.name)", site: .experts, elements: elements * product.share,
        bytes: bytes * product.share, launchedOnce: setting.runtime.fusedExperts, column: column,
        after: product.after)
      if place == products.count - 2 && !setting.runtime.fusedExperts {
        addActivation(
          "experts.activation", site: .experts, width: shape.expert.intermediate, launches: 2,
          column: column)
      }
    }
    if onHost { addHostExperts(elements: elements, bytes: bytes, after: chosen) }
  }

  private func expertCall(_ shape: ExpertFeedForward) -> ExpertCall? {
    setting.runtime.fusedExperts ? expertCall(shape, tokens: tokens) : nil
  }

  /// All routed experts, of which none has to be fetched, as one call of a library.
  private mutating func addLibraryExperts(_ call: ExpertCall, bytes: Double) {
    add(
      Operation(
        name: "experts.routed", site: .experts, kind: .matrixProduct, stream: main,
        precision: setting.weights, flops: Affine(base: call.flops),
        traffic: [Traffic(through: nearTier, bytes: Affine(each: bytes))], rows: 1,
        column: column("experts.active"), skippedWhenEmpty: true, call: .activeExperts(call)))
  }

  private struct ExpertProduct {
    var name: String
    var share: Double
    var after: [Dependency]
  }

  /// The gate's and the up matrix are one product unless they arrive apart.
  private func products(
    _ shape: ExpertFeedForward, arrived: [[Dependency]]
  ) -> [ExpertProduct] {
    let apart = setting.method.experts.overlap == .projection || !shape.expert.gated
    if apart {
      return zip(slices(shape), arrived).map {
        ExpertProduct(name: $0.name, share: $0.share, after: $1)
      }
    }
    let first = arrived.dropLast().flatMap { $0 }
    return [
      ExpertProduct(name: "gate-up", share: 2 / 3, after: first),
      ExpertProduct(name: "down", share: 1 / 3, after: arrived.last ?? []),
    ]
  }

  /// Experts that are not resident are computed by the host, beside the processor's own.
  private mutating func addHostExperts(
    elements: Double, bytes: Double, after chosen: [Dependency]
  ) {
    guard let tier = setting.method.experts.tier else { return }
    let unit = setting.profile.computeUnits.first { $0.memory == tier }?.name ?? "cpu"
    let host = stream(unit, .compute(unit: unit))
    add(
      Operation(
        name: "experts.host", site: .experts, kind: .matrixVector, stream: host,
        precision: setting.weights,
        flops: Affine(each: 2 * elements * Double(tokens)),
        traffic: [Traffic(through: tier, bytes: Affine(each: bytes))], launches: Affine(each: 3),
        column: column("experts.missed"), skippedWhenEmpty: true,
        after: chosen))
    addElementwise(
      "experts.combine", site: .experts, width: Double(setting.model.hidden),
      after: [Dependency(on: "experts.host")])
  }
}
