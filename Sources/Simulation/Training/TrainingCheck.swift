import Diagnostics
import Hardware
import Models
import Policies

/// Holds a step of training against the machine and the method.
struct TrainingCheck {
  private let setting: Setting
  private let file: String

  init(_ setting: Setting, file: String) {
    self.setting = setting
    self.file = file
  }

  /// - Throws: `Faults` with everything that a step of training cannot have.
  func run() throws(Faults) {
    var faults = sites() + links()
    if setting.model.shapes.allSatisfy(\.isEmpty) {
      faults.append(
        Fault(
          .conflict(
            key: "model", found: setting.model.name,
            mend: "a step of training needs layers that compute something"),
          at: SourcePosition(file: file)))
    }
    if let training = setting.workload.training, let offload = training.offload {
      if setting.profile.link(offload.tier, setting.nearTier) == nil {
        faults.append(
          unknown("workload.train.offload.tier", "tier with a link to it", offload.tier))
      }
    }
    if let adapters = setting.workload.training?.adapters {
      let known = names
      for target in adapters.targets where !known.contains(target) {
        faults.append(
          Fault(
            .unknownName(
              key: "workload.train.adapters.targets", kind: "matrix of \(setting.model.name)",
              found: target, known: known), at: SourcePosition(file: file)))
      }
    }
    guard faults.isEmpty else { throw Faults(faults) }
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
      Fault(
        .conflict(
          key: item.key, found: "given with workload.train",
          mend: "a step of training keeps weights beside the processor and sees the whole sequence"),
        at: SourcePosition(file: file))
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
    return named.compactMap { key, link in
      setting.profile.links.contains { $0.name == link } ? nil : unknown(key, "link", link)
    }
  }

  private func unknown(_ key: String, _ kind: String, _ found: String) -> Fault {
    Fault(
      .unknownName(
        key: key, kind: "\(kind) of \(setting.profile.name)", found: found,
        known: setting.profile.links.flatMap { kind == "link" ? [$0.name] : [$0.far] }),
      at: SourcePosition(file: file))
  }
}

extension Layer {
  /// Whether it computes nothing.
  fileprivate var isEmpty: Bool {
    attention == .none && feedForward == .none && products.isEmpty && normCount == 0
  }
}
