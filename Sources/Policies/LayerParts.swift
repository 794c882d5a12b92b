import Hardware
import Models
import Programs

/// The kernels of a layer's small parts as a runtime states them, sorted by family.
struct PartKernels: Sendable {
  /// So many launches of one family, and how their operations' names end.
  struct Launches: Sendable {
    var kind: Operation.Kind
    var ending: String
    var count: Int
    /// They work on next to nothing.
    var isTiny = false
  }

  /// A norm with the residual sum that leads to it; nil where the runtime states neither.
  let norm: [Launches]?
  /// The norm after the last layer, which no residual sum leads to.
  let finalNorm: [Launches]?
  let activation: [Launches]?
  let selection: [Launches]?
  let rotary: [Launches]
  let append: [Launches]

  init(_ runtime: Runtime) {
    finalNorm = runtime.launches[.norm].map(Self.launches)
    activation = runtime.launches[.activation].map(Self.launches)
    selection = runtime.launches[.selection].map(Self.launches)
    rotary = Self.launches(runtime.launches[.rotary] ?? [:])
    append = Self.launches(runtime.launches[.append] ?? [:])
    guard runtime.launches[.norm] != nil || runtime.launches[.residual] != nil else {
      norm = nil
      return
    }
    let oneKernel = [Operation.Kind.elementwise.rawValue: 1]
    let counts = runtime.launches[.norm] ?? oneKernel
    norm = Self.launches(counts.merging(runtime.launches[.residual] ?? oneKernel) { $0 + $1 })
  }

  private static func launches(_ counts: [String: Int]) -> [Launches] {
    counts.sorted { $0.key < $1.key }.compactMap { family, count in
      let isTiny = family == Runtime.tiny
      return (isTiny ? .elementwise : Operation.Kind(rawValue: family)).map {
        Launches(kind: $0, ending: ".\(family)", count: count, isTiny: isTiny)
      }
    }
  }
}

extension StepBuilder {
  /// The norm before a block, with the residual sum that leads to it.
  mutating func addNorm(_ name: String, after: [Dependency] = []) {
    let width = Double(setting.model.hidden)
    guard let norm = setting.parts.norm else {
      addElementwise(name, width: width, launches: 2, after: after)
      return
    }
    addKernels(name, norm, width: width, after: after)
  }

  /// What turns queries and keys by their positions, and what adds the tokens to the cache, where the
  /// runtime states kernels of their own. Each works on the queries or the keys, on the keys or the
  /// values: on half of both in the mean.
  mutating func addPositions(_ name: String, _ attention: Attention) {
    let parts = setting.parts
    guard !parts.rotary.isEmpty || !parts.append.isEmpty,
      case .grouped(let it) = attention, it.projected
    else { return }
    let turned = Double((it.queryHeads + it.kvHeads) * it.keyDimension)
    addKernels(name + ".rotary", parts.rotary, width: turned / 2)
    addKernels(name + ".append", parts.append, width: it.kvElementsPerEntry / 2)
  }

  /// The norm after the last layer, where the runtime says what a norm takes.
  mutating func addFinalNorm() {
    guard let norm = setting.parts.finalNorm else { return }
    addKernels("head.norm", norm, width: Double(setting.model.hidden))
  }

  /// The nonlinearity of a feed-forward block; `launches` are those of a runtime that does not say.
  mutating func addActivation(
    _ name: String, site: Site = .model, width: Int, launches: Double, column: String? = nil
  ) {
    guard let activation = setting.parts.activation else {
      addElementwise(name, site: site, width: Double(width), launches: launches, column: column)
      return
    }
    addKernels(name, activation, site: site, width: Double(width), column: column)
  }

  /// As many kernels of each family as `kernels` says.
  mutating func addKernels(
    _ name: String, _ kernels: [PartKernels.Launches], site: Site = .model, width: Double,
    column: String? = nil, after: [Dependency] = []
  ) {
    let tier = activationTier(width: width)
    for it in kernels {
      addElementwise(
        name + it.ending, kind: it.kind, site: site, width: it.isTiny ? 0 : width,
        launches: Double(it.count),
        through: tier, column: column, after: after)
    }
  }

  /// What one kernel of a step wrote is still in a cache that holds it when the next one reads it.
  private func activationTier(width: Double) -> String {
    cache(of: setting.activations.bytes(of: 3 * width * Double(tokens)).value) ?? nearTier
  }

  /// The first cache that holds so many bytes.
  func cache(of bytes: Double) -> String? {
    setting.profile.tiers.first { $0.kind == .cache && bytes <= $0.capacity.value.value }?.name
  }
}
