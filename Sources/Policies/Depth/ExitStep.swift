import Programs

/// Which layers of a pass run when it may leave early.
struct ExitPlan {
  /// Layers that are in the program.
  let layers: Int
  /// The layer that runs in a part of the steps, and that part.
  let partial: (layer: Int, share: Double)?
  private let predictor: DepthPolicy.Exit.Predictor?
  private let count: Int

  init(_ setting: Setting) {
    count = setting.model.layerCount
    guard let exit = setting.method.depth.exit, exit.meanLayers < Double(count) else {
      layers = count
      partial = nil
      predictor = nil
      return
    }
    let whole = Int(exit.meanLayers)
    let share = exit.meanLayers - Double(whole)
    layers = share > 1e-9 ? whole + 1 : whole
    partial = share > 1e-9 ? (whole, share) : nil
    predictor = exit.predictor
  }

  /// What of the exit makes a layer's block its own: a bit for its predictor, one for running in a
  /// part of the steps.
  func mark(_ layer: Int) -> Int {
    let predicts = predictor?.stands(after: layer, of: count) ?? false
    return (predicts ? 1 : 0) | (partial?.layer == layer ? 2 : 0)
  }

  /// Whether the partial layer runs in a step: evenly, in its share of them.
  static func runs(_ step: Int, share: Double) -> Bool {
    Int(Double(step + 1) * share + 1e-9) > Int(Double(step) * share + 1e-9)
  }
}

extension Setting {
  /// The layer that runs in a part of the steps, and that part.
  public var partialLayer: (layer: Int, share: Double)? { ExitPlan(self).partial }

  /// Whether the partial layer runs in a step.
  public func partialLayerRuns(_ step: Int) -> Bool {
    partialLayer.map { ExitPlan.runs(step, share: $0.share) } ?? true
  }

  /// The column that has the counts of another where the partial layer runs, and else zero.
  public static func partialColumn(_ name: String) -> String { "exit.\(name)" }

  /// The column of the partial layer's operations that need no other: one where it runs.
  public static let partialRun = "exit.run"

  /// Weights of the exit's predictors.
  public var exitPredictorElements: Double {
    guard let predictor = method.depth.exit?.predictor else { return 0 }
    let layers = model.layerCount
    return Double((0..<layers).count { predictor.stands(after: $0, of: layers) })
      * predictor.elements
  }
}

extension DepthPolicy.Exit.Predictor {
  /// Weights of one: inputs to width, width to one.
  var elements: Double { Double(inputs * width + width) }
}

extension StepBuilder {
  /// The predictor after a layer: the state against some columns of the head, then two products and
  /// what the method says lies between.
  mutating func addExitPredictor() {
    guard let exit = setting.method.depth.exit, let predictor = exit.predictor else { return }
    if exit.candidates > 0 {
      addProduct(
        "exit.candidates", site: .depth,
        elements: Double(exit.candidates * setting.model.hidden), inputs: setting.model.hidden)
    }
    addProduct("exit.predict", site: .depth, elements: predictor.elements, launches: 2)
    if predictor.launches > 0 {
      addElementwise(
        "exit.features", site: .depth, width: Double(predictor.inputs),
        launches: Double(predictor.launches))
    }
  }

  /// Gathers the columns of the head that the next step's predictors look at.
  mutating func addExitColumns() {
    guard let exit = setting.method.depth.exit, exit.predictor != nil, exit.candidates > 0 else {
      return
    }
    let columns = Double(exit.candidates * setting.model.hidden)
    addElementwise("exit.gather", site: .depth, width: columns / Double(tokens))
  }

  /// The block of a layer that runs in a part of the steps: nothing of it happens in the others. What
  /// follows the context is that of the mean one, so that a count says whether it runs and no more.
  mutating func inPart(_ block: Block) -> Block {
    let context = StatedSizes(decode: setting).meanCount
    var block = block
    for place in block.operations.indices {
      let name = block.operations[place].column.map { columns[$0] }
      if name == "context" { block.operations[place].fix(at: context) }
      let column = name.flatMap { $0 == "context" ? nil : $0 }
      block.operations[place].column = self.column(
        column.map(Setting.partialColumn) ?? Setting.partialRun)
      block.operations[place].skippedWhenEmpty = true
    }
    return block
  }
}

extension Operation {
  /// Takes the sizes that it has at a count for its own.
  fileprivate mutating func fix(at count: Double) {
    func fixed(_ amount: Affine) -> Affine { Affine(base: amount(count)) }
    flops = fixed(flops)
    pieces = fixed(pieces)
    launches = fixed(launches)
    for place in traffic.indices { traffic[place].bytes = fixed(traffic[place].bytes) }
    call = call.map { .constant($0(count)) }
  }
}
