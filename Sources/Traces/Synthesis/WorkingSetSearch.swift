import Quantities

/// Finds how unevenly neurons must be used for a few tokens to touch a stated share of them.
struct WorkingSetSearch {
  let fits: [RepeatFit]
  /// The recorded layer of each drawn one.
  let chosen: [Int]
  /// Drawn density over recorded.
  let scale: Double

  /// Ranks that the search looks at; frequencies change little from rank to rank.
  private static let ranks = 512
  /// Beyond this power every neuron fires always or never.
  private static let mostSkew = 12.0

  /// - Throws: `TraceFault` when no skew reaches the share, or the window is longer than the gaps
  ///   that the recording tells apart.
  func skew(for set: NeuronTarget.WorkingSet, density: Double) throws(TraceFault) -> Double {
    let span = fits.map { $0.laws.map(\.span).min() ?? 0 }.min() ?? 0
    guard (2...span + 1).contains(set.window) else {
      throw TraceFault(
        .outOfRange(
          key: "neurons.trace.working-set.window", found: "\(set.window) tokens",
          allowed: "2 to \(span + 1) tokens, the gaps that the recording tells apart"))
    }
    let even = share(skew: 0, window: set.window)
    let skewed = share(skew: WorkingSetSearch.mostSkew, window: set.window)
    guard set.share <= even, set.share >= skewed else {
      let limits = [skewed, even].map { Decimal.significant($0, digits: 3) }
      throw TraceFault(
        .outOfRange(
          key: "neurons.trace.working-set.share", found: "\(set.share)",
          allowed: "\(limits[0]) to \(limits[1]), which a density of "
            + "\(Decimal.significant(density, digits: 3)) and the recorded repeats can give"))
    }
    return MonotoneRoot.find(
      from: 0, to: WorkingSetSearch.mostSkew, tolerance: 1e-5 * set.share
    ) { set.share - share(skew: $0, window: set.window) }
  }

  /// The expected share, mean over the drawn layers.
  private func share(skew: Double, window: Int) -> Double {
    var uses = [Int](repeating: 0, count: fits.count)
    for layer in chosen { uses[layer] += 1 }
    var sum = 0.0
    for (layer, fit) in fits.enumerated() where uses[layer] > 0 {
      let law = LayerLaw(
        fit, count: WorkingSetSearch.ranks, density: fit.density * scale, skew: skew)
      sum += law.workingSet(window: window) * Double(uses[layer])
    }
    return sum / Double(chosen.count)
  }
}
