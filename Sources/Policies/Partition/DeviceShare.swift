import Models
import Quantities
import Workloads

/// What one device, the busiest, has of a step.
public struct DeviceShare: Sendable, Hashable {
  /// Of the tokens of all sequences.
  public var tokens = 1.0
  /// Of its tokens, those whose activations wait for the backward pass at once: the others come in
  /// later batches of the same step.
  public var atOnce = 1.0
  /// Of the query-key pairs of attention.
  public var pairs = 1.0
  /// Of the weights, where each device keeps a part.
  public var weights = 1.0
  /// Of the layers.
  public var layers = 1.0
  /// Work of the busiest device over that of all in the mean.
  public var imbalance = 1.0
  /// What it sends for the attention of one layer of the forward pass.
  public var exchanges: [Exchange] = []

  public struct Exchange: Sendable, Hashable {
    public var link: String
    /// Of keys and values, or of queries and results too, times the numbers that a token has of them.
    public var tokens: Double
    /// Messages one after another.
    public var messages: Double
  }

  public init() {}
}

extension Setting {
  /// All of the step where nothing is cut.
  public var deviceShare: DeviceShare {
    guard workload.training != nil, let policy = method.partition else { return DeviceShare() }
    var share = DeviceShare()
    if let pipeline = policy.pipeline { share.layers = 1 / Double(pipeline.stages) }
    if policy.context != nil { take(policy, into: &share) }
    if policy.groups != nil {
      GroupPlan(self, policy).take(into: &share)
    } else if policy.replicas?.isSharded == true {
      share.weights = 1 / Double(policy.replicas?.count ?? 1)
    }
    return share
  }

  private func take(_ policy: PartitionPolicy, into share: inout DeviceShare) {
    guard let context = policy.context else { return }
    let devices = policy.devices
    share.tokens = 1 / Double(devices)
    let load = RankLoad(devices: devices, context: context, tokens: promptPositions)
    share.imbalance = load.imbalance(method.prompt.attention.first?.form)
    share.pairs = share.imbalance / Double(devices)
    let all = Double(promptPositions * workload.batch)
    let own = all / Double(devices)
    switch context.scheme {
    case .ring:
      // Every step waits for the slowest link that some device sends over.
      guard let outer = policy.levels.last(where: { $0.devices > 1 }) else { return }
      let steps = Double(devices - 1)
      share.exchanges = [.init(link: outer.link, tokens: own * steps, messages: steps)]
    case .nestedRing:
      var around = Double(devices)
      for level in policy.levels where level.devices > 1 {
        // While one ring turns, the ring outside of it makes one step.
        around /= Double(level.devices)
        let steps = Double(level.devices - 1) * around
        share.exchanges.append(.init(link: level.link, tokens: own * steps, messages: steps))
      }
    case .allToAll:
      for peer in policy.peers(of: devices) {
        share.exchanges.append(.init(link: peer.link, tokens: own * peer.share, messages: 1))
      }
    }
  }

  /// Numbers of a token that attention exchanges: its keys and values, in all-to-all its queries and
  /// results as well.
  func exchangedNumbers(_ attention: Attention) -> Double {
    let isRing = method.partition?.context.map { $0.scheme != .allToAll } ?? false
    guard case .grouped(let it) = attention else { return 0 }
    let queries = Double(it.queryHeads * (it.keyDimension + it.valueDimension))
    return it.kvElementsPerEntry + (isRing ? 0 : queries)
  }
}
