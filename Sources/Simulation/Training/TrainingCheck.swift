import Diagnostics
import Hardware
import Models
import Policies

/// Holds a step of training against the machine and the method.
struct TrainingCheck: SettingCheck {
  let setting: Setting
  let file: String

  /// Everything that a step of training cannot have.
  func faults() -> [Fault] {
    var faults = sites() + links()
    if setting.model.shapes.allSatisfy(\.isEmpty) {
      faults.append(
        conflict(
          "model", setting.model.name, "a step of training needs layers that compute something"))
    }
    if let offload = setting.workload.training?.offload,
      setting.profile.link(offload.tier, setting.nearTier) == nil
    {
      faults.append(
        unknown(
          "workload.train.offload.tier", "tier with a link to it of \(setting.profile.name)",
          offload.tier, known: setting.profile.links.map(\.far)))
    }
    if let adapters = setting.workload.training?.adapters {
      let known = names
      for target in adapters.targets where !known.contains(target) {
        faults.append(
          unknown(
            "workload.train.adapters.targets", "matrix of \(setting.model.name)", target,
            known: known))
      }
    }
    return faults
  }

  private var names: [String] {
    var names: [String] = []
    for shape in setting.model.shapes {
      for matrix in shape.matrices(hidden: setting.model.hidden)
      where matrix.columns > 1 && !names.contains(matrix.name) {
        names.append(matrix.name)
      }
    }
    return names
  }

  /// What serves requests has no place in a step that goes back through all that it computed.
  private func sites() -> [Fault] {
    let prompt = setting.method.prompt
    let stated: [(key: String, isGiven: Bool)] = [
      ("prompt.cached", prompt.cached != nil), ("prompt.chunk", prompt.chunk != nil),
      ("prompt.compress", prompt.compress > 1),
      ("weights", !setting.method.weights.placements.isEmpty),
      ("cache.tier", setting.method.cache.tier != nil),
      ("experts.tier", setting.method.experts.tier != nil),
    ]
    return stated.filter(\.isGiven).map { item in
      conflict(
        item.key, "given with workload.train",
        "a step of training keeps weights beside the processor and sees the whole sequence")
    }
  }

  private func links() -> [Fault] {
    guard let partition = setting.method.partition else { return [] }
    var named = partition.levels.map { ("partition.levels", $0.link) }
    if let replicas = partition.replicas {
      named.append(("partition.replicas.link", replicas.link))
    }
    if let pipeline = partition.pipeline {
      named.append(("partition.pipeline.link", pipeline.link))
    }
    let known = setting.profile.links.map(\.name)
    return named.compactMap { key, link in
      known.contains(link)
        ? nil : unknown(key, "link of \(setting.profile.name)", link, known: known)
    }
  }
}

extension Layer {
  /// Whether it computes nothing.
  fileprivate var isEmpty: Bool {
    attention == .none && feedForward == .none && products.isEmpty && normCount == 0
  }
}
