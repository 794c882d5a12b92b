import Diagnostics
import Policies

/// Holds what the site `prompt` states against the workload and the model.
struct PromptCheck: SettingCheck {
  let setting: Setting
  let file: String

  /// Passes of a chunked prompt through all layers.
  private static let layerLimit = 1_000_000

  /// Everything that contradicts.
  func faults() -> [Fault] {
    let policy = setting.method.prompt
    guard policy.isStated else { return [] }
    var faults: [Fault] = []
    let prompt = setting.workload.prompt
    let positions = setting.promptPositions
    if policy.question >= prompt, policy.question > 0 {
      faults.append(conflict("question", policy.question, "the prompt has \(prompt) tokens"))
    }
    if let cached = policy.cached, cached.tokens >= positions {
      faults.append(
        conflict(
          "cached.tokens", cached.tokens,
          "the prompt has \(positions) positions, of which one or more are computed"))
    }
    if policy.contexts > 1, policy.contexts > positions - min(policy.question, positions) {
      faults.append(
        conflict(
          "contexts", policy.contexts,
          "give each of them a token: the prompt has \(positions) positions, the question's among "
            + "them"))
    }
    if let chunk = policy.chunk {
      let passes = (positions + chunk - 1) / chunk
      if passes * max(1, setting.model.layerCount) > Self.layerLimit {
        faults.append(conflict("chunk", chunk, "\(passes) passes are too many; make chunks larger"))
      }
    }
    if let layer = firstOverfull() {
      faults.append(
        conflict(
          "attention", layer, "the entries of this layer take more than all of its heads"))
    }
    return faults
  }

  /// The first layer whose shares of heads add up to more than 1.
  private func firstOverfull() -> Int? {
    let count = setting.model.layerCount
    return (0..<count).first { layer in
      let shares = setting.method.prompt.attention.filter { $0.layers.contains(layer, of: count) }
      return shares.reduce(0) { $0 + $1.heads } > 1 + 1e-9
    }
  }

  private func conflict(_ key: String, _ found: Int, _ mend: String) -> Fault {
    conflict("prompt.\(key)", "\(found)", mend)
  }
}
