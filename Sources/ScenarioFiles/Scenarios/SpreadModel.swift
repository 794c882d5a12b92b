import Diagnostics
import Hardware
import Models
import Policies
import Scenarios

/// A model as one of the devices of `partition.tensor` and `partition.experts` has it.
enum SpreadModel {
  /// - Throws: `Faults` where the model cannot be cut so, or nothing says what exchanges take.
  static func share(
    of model: Model, _ scenario: Scenario, profile: Profile, runtime: Runtime,
    at place: SourcePosition
  ) throws(Faults) -> Model {
    let spread = scenario.method.spread
    guard !spread.isOne else { return model }
    let key = spread.tensor > 1 ? "partition.tensor" : "partition.experts"
    func refuse(_ found: String, _ mend: String) -> Faults {
      Faults(.conflict(key: key, found: found, mend: mend), at: place)
    }
    guard scenario.workload.training == nil, scenario.workload.kernel == nil else {
      throw refuse(
        "with train or kernel", "it spreads a model that serves; cut a training step by context")
    }
    guard runtime.libraries["collective"] != nil else {
      throw refuse(
        "runtime \(runtime.name)", "name a runtime that states a library for collective, as vllm")
    }
    let unit = profile.computeUnit(runtime.unit)
    guard unit?.peerBandwidth != nil else {
      throw refuse(
        "hardware \(profile.name)", "its profile states no peer-bandwidth to other devices")
    }
    guard spread.experts == 1 || model.shapes.contains(where: \.hasExperts) else {
      throw refuse("\(spread.experts) devices", "the model has no experts")
    }
    guard let share = model.share(tensor: spread.tensor, experts: spread.experts) else {
      throw refuse(
        "\(max(spread.tensor, spread.experts)) devices",
        "heads, neurons, or experts of \(model.name) cannot be cut evenly over so many")
    }
    return share
  }
}

extension Layer {
  fileprivate var hasExperts: Bool {
    if case .experts = feedForward { true } else { false }
  }
}
