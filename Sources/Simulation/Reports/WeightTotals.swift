import Models
import Policies

/// What a model's weights come to once they are pruned, cut and stored.
struct WeightTotals {
  /// Numbers that are stored, zeros that a form leaves out not counted.
  var parameters = 0.0
  /// Those of them that one token is multiplied with.
  var active = 0.0
  /// Bytes of all weights as they are stored, places and scales included.
  var bytes = 0.0
  /// Numbers and bytes of the layers alone, without embeddings and head.
  private(set) var layerParameters = 0.0
  private(set) var layerBytes = 0.0

  /// - Parameter chosen: mean number of neurons that a token computes at a layer, where a trace says.
  init(_ setting: Setting, chosen: (Int) -> Double?) {
    let model = setting.model
    for index in 0..<model.layerCount {
      let layer = model.layer(index)
      let matrices = layer.matrices(hidden: model.hidden)
      bytes += setting.storedBytes(of: matrices.filter { $0.role != .expert })
      if case .experts(let shape) = layer.feedForward {
        bytes += setting.bytesOfExpert(layer: index) * Double(shape.count)
      }
      for matrix in matrices {
        let kept = setting.form(of: matrix)?.kept ?? 1
        let wrapping = setting.wrappingElements([matrix])
        parameters += kept * matrix.elements + wrapping
        active += wrapping * Double(matrix.used) / Double(max(1, matrix.copies))
        active += kept * Self.active(matrix, layer, setting, chosen: chosen(index))
      }
    }
    (layerParameters, layerBytes) = (parameters, bytes)
    let kept = setting.method.weights.forms[.embeddings]?.kept ?? 1
    parameters += kept * model.outerParameters
    active += model.vocabulary > 0 ? kept * model.headParameters : 0
    bytes += setting.storedBytes(of: model.outerParameters, .embeddings)
  }

  private static func active(
    _ matrix: Matrix, _ layer: Layer, _ setting: Setting, chosen: Double?
  ) -> Double {
    let policy = setting.method.neurons
    switch (matrix.role, layer.feedForward) {
    case (.expert, .experts(let shape)):
      return matrix.elementsPerCopy * Double(setting.method.experts.topK ?? shape.topK)
    case (.feedForward, .dense(let shape)) where matrix.columns > 1:
      if policy.computesGate, matrix.name == "gate" { return matrix.elements }
      if let share = policy.statedShare(batch: 1) { return matrix.elements * share }
      return matrix.elements * (chosen.map { $0 / Double(shape.intermediate) } ?? 1)
    default: return matrix.activeElements
    }
  }
}
