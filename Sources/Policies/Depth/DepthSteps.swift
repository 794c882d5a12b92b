import Models

extension Setting {
  /// Tokens of a sequence that a step yields in the mean.
  public var tokensPerStep: Double { method.depth.accepted }

  /// Steps that yield the tokens asked for.
  public var steps: Int {
    max(1, Int((Double(workload.generate) / tokensPerStep).rounded()))
  }

  /// KV entries of a sequence that a step sees, its first new one among them.
  public func context(step: Int) -> Int {
    let before = tokensPerStep == 1 ? step : Int(Double(step) * tokensPerStep)
    return promptPositions + min(before + 1, workload.generate)
  }

  /// Tokens of all sequences that pass through the model together in a decode step.
  public var rows: Int { workload.batch * positions }

  /// The same work for a draft model that proposes: dense, and all beside the processor.
  func drafting(_ model: Model, _ draft: DepthPolicy.Draft) -> Setting {
    var other = self
    other.model = model
    other.method = MethodChoice()
    other.method.prompt = method.prompt
    other.positions = draft.width
    (other.expertBytes, other.denseBytes) = ([], [])
    return other
  }

  /// The sparse passes before a correction: one position a sequence.
  var withoutCorrection: Setting {
    var other = self
    other.positions = 1
    return other
  }

  /// The pass that corrects: every neuron, over all the tokens since the last.
  var correcting: Setting {
    var other = self
    other.method.neurons = NeuronsPolicy()
    return other
  }
}
