import Diagnostics
import Models
import Policies

/// Holds how weights are stored and neurons chosen against the model.
struct WeightsCheck: SettingCheck {
  let setting: Setting
  let file: String

  /// Everything that the model cannot have.
  func faults() -> [Fault] {
    let policy = setting.method.weights
    let blocks = setting.model.shapes.map(\.feedForward)
    var faults: [Fault] = []
    if policy.slice != nil, setting.model.vocabulary == 0 {
      faults.append(
        conflict(
          "weights.slice", "a recording of kernels",
          "its products have no residual stream; give them their sliced sizes"))
    }
    if let form = policy.forms[.ffn], form.wrap > 0, blocks.contains(where: \.isMixture) {
      faults.append(
        conflict(
          "weights.ffn.form.wrap", "\(form.wrap)", "no kernel wraps routed experts; leave it out"))
    }
    if setting.method.neurons.computesGate, blocks.contains(where: \.isUngated) {
      faults.append(
        conflict(
          "neurons.select", "gate", "the FFN of \(setting.model.name) has no gate; use stated"))
    }
    return faults
  }
}

extension FeedForward {
  fileprivate var isMixture: Bool {
    if case .experts = self { return true }
    return false
  }

  fileprivate var isUngated: Bool {
    if case .dense(let block) = self { return !block.gated }
    return false
  }
}
