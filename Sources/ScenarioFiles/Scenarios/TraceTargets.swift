import Models
import Policies
import Scenarios
import Traces

/// The dimensions of the traces that a scenario's sites ask for with `like`.
struct TraceTargets {
  let scenario: Scenario
  let model: Model

  private func steps(_ reference: TraceReference) -> Int {
    reference.firstStep + scenario.workload.generate + scenario.method.depth.positions - 1
  }

  /// - Throws: `TraceFault` when no pages are selected.
  func pages(_ reference: TraceReference) throws(TraceFault) -> TraceRecipe.Target {
    let layers = (0..<model.layerCount).filter { model.layer($0).attention.kvHeads > 0 }
    guard case .pages(let keep, let page) = scenario.method.attention.selection,
      let first = layers.first
    else {
      throw TraceFault(
        .missingKey("attention.select", expected: "pages to keep, which the trace is drawn for"))
    }
    return .pages(
      PageTarget(
        layers: layers.count, kvHeads: model.layer(first).attention.kvHeads,
        picks: (keep + page - 1) / page, steps: steps(reference), pageTokens: page,
        context: scenario.workload.prompt + 1))
  }

  /// - Throws: `TraceFault` when the model has no experts.
  func experts(_ reference: TraceReference) throws(TraceFault) -> TraceRecipe.Target {
    let layers = (0..<model.layerCount).filter { model.layer($0).feedForward.isMixture }
    guard let first = layers.first,
      case .experts(let shape) = model.layer(first).feedForward
    else { throw TraceFault(.missingKey("experts", expected: "a model with experts")) }
    return .experts(
      ExpertTarget(
        layers: layers.count, experts: shape.count,
        topK: scenario.method.experts.topK ?? shape.topK, steps: steps(reference)))
  }

  /// - Throws: `TraceFault` when the model has no dense layers.
  func neurons(_ reference: TraceReference) throws(TraceFault) -> TraceRecipe.Target {
    let layers = (0..<model.layerCount).filter { model.layer($0).feedForward.isDense }
    guard let first = layers.first, case .dense(let shape) = model.layer(first).feedForward else {
      throw TraceFault(.missingKey("neurons", expected: "a model with dense layers"))
    }
    var named = 1.0
    if case .predictor(let predictor) = scenario.method.neurons.selection {
      named = predictor.overPrediction
    }
    return .neurons(
      NeuronTarget(
        layers: layers.count, neurons: shape.intermediate, tokens: steps(reference),
        density: reference.density, namedPerFiring: named,
        workingSet: reference.workingSet.map { .init(window: $0.window, share: $0.share) }))
  }
}
