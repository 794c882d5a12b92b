import Diagnostics
import Models
import Policies
import Scenarios
import Traces

/// Draws the trace that a site asks for with `like`: the scenario's dimensions, the recording's
/// statistics.
struct TraceDrawing {
  let scenario: Scenario
  let model: Model
  let file: String
  let drawn: DrawnTraces

  /// - Throws: `Faults` when the recording lacks what the site needs, or the dimensions are absurd.
  func draw(like parent: Trace, site: String, reference: TraceReference) throws(Faults) -> Trace {
    do {
      switch site {
      case "cache": return try pages(parent, reference)
      case "experts": return try experts(parent, reference)
      default: return try neurons(parent, reference)
      }
    } catch {
      throw Faults(error.problem, at: SourcePosition(file: file))
    }
  }

  private func steps(_ reference: TraceReference) -> Int {
    reference.firstStep + scenario.workload.generate
  }

  private func pages(_ parent: Trace, _ reference: TraceReference) throws(TraceFault) -> Trace {
    let layers = (0..<model.layerCount).filter { model.layer($0).attention.kvHeads > 0 }
    guard case .pages(let keep, let page) = scenario.method.attention.selection,
      let first = layers.first
    else {
      throw TraceFault(
        .missingKey("attention.select", expected: "pages to keep, which the trace is drawn for"))
    }
    return try TraceSynthesis.pages(
      like: parent,
      as: PageTarget(
        layers: layers.count, kvHeads: model.layer(first).attention.kvHeads,
        picks: (keep + page - 1) / page, steps: steps(reference), pageTokens: page,
        context: scenario.workload.prompt + 1), seed: scenario.seed)
  }

  private func experts(_ parent: Trace, _ reference: TraceReference) throws(TraceFault) -> Trace {
    let layers = (0..<model.layerCount).filter { model.layer($0).feedForward.isMixture }
    guard let first = layers.first,
      case .experts(let shape) = model.layer(first).feedForward
    else { throw TraceFault(.missingKey("experts", expected: "a model with experts")) }
    return try TraceSynthesis.experts(
      like: parent,
      as: ExpertTarget(
        layers: layers.count, experts: shape.count,
        topK: scenario.method.experts.topK ?? shape.topK, steps: steps(reference)),
      seed: scenario.seed)
  }

  private func neurons(_ parent: Trace, _ reference: TraceReference) throws(TraceFault) -> Trace {
    let layers = (0..<model.layerCount).filter { model.layer($0).feedForward.isDense }
    guard let first = layers.first, case .dense(let shape) = model.layer(first).feedForward else {
      throw TraceFault(.missingKey("neurons", expected: "a model with dense layers"))
    }
    let target = NeuronTarget(
      layers: layers.count, neurons: shape.intermediate, tokens: steps(reference),
      density: reference.density)
    guard case .like(let recording) = reference.use else { return parent }
    let key = DrawnTraces.Key(recording: recording, target: target, seed: scenario.seed)
    return try drawn.neurons(key) { () throws(TraceFault) in
      try TraceSynthesis.neurons(like: parent, as: target, seed: scenario.seed)
    }
  }
}
