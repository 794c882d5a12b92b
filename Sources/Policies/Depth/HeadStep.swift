import Programs

extension Setting {
  /// Weights of the heads that guess beside the model's own.
  public var draftHeadElements: Double {
    let hidden = Double(model.hidden)
    let each = hidden * hidden + hidden * Double(model.vocabulary)
    return Double(method.depth.draft?.heads ?? 0) * each
  }
}

extension StepBuilder {
  /// Heads that refused a guess.
  mutating func addRefusedHeads() {
    guard let exit = setting.method.depth.exit, exit.refused > 0 else { return }
    let elements = setting.model.headParameters
    for place in 0..<exit.refused {
      addProduct(
        "exit.head-\(place + 1)", site: .depth, elements: elements, inputs: setting.model.hidden)
    }
  }

  /// Heads that guess further tokens, from the state of the last layer.
  mutating func addDraftHeads() {
    let heads = setting.method.depth.draft?.heads ?? 0
    let hidden = setting.model.hidden
    for place in 0..<heads {
      let name = "draft.head-\(place + 1)"
      addProduct(
        "\(name).inner", site: .depth, elements: Double(hidden * hidden), inputs: hidden)
      addProduct(
        name, site: .depth, elements: Double(hidden * setting.model.vocabulary), inputs: hidden)
    }
  }
}
