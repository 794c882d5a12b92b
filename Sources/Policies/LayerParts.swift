import Hardware
import Programs

extension StepBuilder {
  /// The norm before a block, with the residual sum that leads to it.
  mutating func addNorm(_ name: String, after: [Dependency] = []) {
    let width = Double(setting.model.hidden)
    let stated = setting.runtime.launches
    guard stated[.norm] != nil || stated[.residual] != nil else {
      addElementwise(name, width: width, launches: 2, after: after)
      return
    }
    var counts = stated[.norm] ?? Self.oneKernel
    counts.merge(stated[.residual] ?? Self.oneKernel) { $0 + $1 }
    addKernels(name, counts, width: width, after: after)
  }

  /// The norm after the last layer, where the runtime says what a norm takes.
  mutating func addFinalNorm() {
    guard let counts = setting.runtime.launches[.norm] else { return }
    addKernels("head.norm", counts, width: Double(setting.model.hidden))
  }

  /// The nonlinearity of a feed-forward block; `launches` are those of a runtime that does not say.
  mutating func addActivation(
    _ name: String, site: Site = .model, width: Int, launches: Double, column: String? = nil
  ) {
    guard let counts = setting.runtime.launches[.activation] else {
      addElementwise(name, site: site, width: Double(width), launches: launches, column: column)
      return
    }
    addKernels(name, counts, site: site, width: Double(width), column: column)
  }

  /// As many kernels of each family as `counts` says.
  mutating func addKernels(
    _ name: String, _ counts: [String: Int], site: Site = .model, width: Double,
    column: String? = nil, after: [Dependency] = []
  ) {
    for (family, launches) in counts.sorted(by: { $0.key < $1.key }) {
      guard let kind = Operation.Kind(rawValue: family) else { continue }
      addElementwise(
        "\(name).\(family)", kind: kind, site: site, width: width, launches: Double(launches),
        through: activationTier(width: width), column: column, after: after)
    }
  }

  private static var oneKernel: [String: Int] { [Operation.Kind.elementwise.rawValue: 1] }

  /// What one kernel of a step wrote is still in a cache that holds it when the next one reads it.
  private func activationTier(width: Double) -> String {
    let bytes = setting.activations.bytes(of: 3 * width * Double(setting.workload.batch))
    return setting.profile.tiers.first { $0.kind == .cache && bytes <= $0.capacity.value }?.name
      ?? setting.nearTier
  }
}
