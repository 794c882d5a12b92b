import Models
import Quantities
import Workloads

/// Sequences of different lengths on groups of devices.
///
/// A sequence of n tokens needs `n / tokens of one device` devices, rounded up to a power of two. With
/// `fewest` it gets these; with `uniform` all get what the longest needs. Devices are divided among
/// degrees in proportion to their work, in whole groups; each sequence, the longest first, goes to the
/// group of its degree with the least work.
struct GroupPlan {
  private let setting: Setting
  private let policy: PartitionPolicy
  private let devices: Int
  /// Tokens whose activations one device holds beside its share of weights, gradients and state.
  let room: Double

  init(_ setting: Setting, _ policy: PartitionPolicy) {
    self.setting = setting
    self.policy = policy
    devices = policy.devices
    let capacity =
      setting.profile.tiers.first { $0.name == setting.nearTier }?.capacity.value.value ?? 0
    let kept = KeptActivations(setting, DeviceShare())
    let logits = Double(setting.model.vocabulary) * KeptActivations.logitBytes(setting)
    let token = (0..<setting.model.layerCount).reduce(logits) { $0 + kept.perToken(layer: $1) }
    let training = setting.workload.training ?? TrainingShape()
    let weight =
      2 * setting.weights.bytes(of: 1).value + training.optimiser.stateBytes
    let states = setting.model.parameterCount * weight / Double(devices)
    room = token > 0 ? max(1, (capacity - states) / token) : .infinity
  }

  /// Lengths in the middle of equal shares of the sequences, the longest first.
  private var lengths: [Double] {
    let count = setting.workload.batch
    let longest = Double(setting.workload.prompt)
    return (0..<count).reversed().map { place in
      setting.workload.lengths?.length((Double(place) + 0.5) / Double(count), longest: longest)
        ?? longest
    }
  }

  private func degree(of length: Double) -> Int {
    var degree = 1
    while degree < devices, length > room * Double(degree) { degree *= 2 }
    return min(degree, devices)
  }

  /// Work of a sequence in the flops of its products and its attention.
  private func work(_ length: Double) -> Double {
    let model = setting.model
    let products = 2 * model.activeParameterCount * length
    let pairs = model.sumOverLayers { layer in
      guard case .grouped(let it) = layer.attention else { return 0 }
      return 2 * Double(it.queryHeads * (it.keyDimension + it.valueDimension))
    }
    return products + pairs * length * length / 2
  }

  func take(into share: inout DeviceShare) {
    let lengths = lengths
    let longest = degree(of: Double(setting.workload.prompt))
    let degrees = lengths.map {
      policy.groups?.choose == .uniform ? longest : degree(of: $0)
    }
    let sum = lengths.reduce(0, +)
    let squares = lengths.reduce(0) { $0 + $1 * $1 }
    let whole = Double(setting.workload.prompt * setting.workload.batch)
    share.imbalance = imbalance(lengths, degrees)
    share.weights = 1 / Double(devices)
    share.tokens = share.imbalance * sum / (whole * Double(devices))
    share.atOnce = min(1, room / max(1, share.tokens * whole))
    share.pairs =
      share.imbalance * squares / (whole * Double(setting.workload.prompt) * Double(devices))
    for (length, degree) in zip(lengths, degrees) where degree > 1 {
      for peer in policy.peers(of: degree) {
        let sent = length * peer.share / Double(devices)
        if let place = share.exchanges.firstIndex(where: { $0.link == peer.link }) {
          share.exchanges[place].tokens += sent
        } else {
          share.exchanges.append(.init(link: peer.link, tokens: sent, messages: 1))
        }
      }
    }
  }

  private func imbalance(_ lengths: [Double], _ degrees: [Int]) -> Double {
    var total: [Int: Double] = [:]
    for (length, degree) in zip(lengths, degrees) { total[degree, default: 0] += work(length) }
    let all = total.values.reduce(0, +)
    guard all > 0 else { return 1 }
    var loads: [Int: [Double]] = [:]
    for (degree, amount) in total {
      let groups = (Double(devices) * amount / all / Double(degree)).rounded()
      loads[degree] = Array(repeating: 0, count: max(1, Int(groups)))
    }
    for (length, degree) in zip(lengths, degrees) {
      guard var groups = loads[degree],
        let least = groups.indices.min(by: { groups[$0] < groups[$1] })
      else { continue }
      groups[least] += work(length) / Double(degree)
      loads[degree] = groups
    }
    let busiest = loads.values.compactMap { $0.max() }.max() ?? 0
    return max(1, busiest * Double(devices) / all)
  }
}
