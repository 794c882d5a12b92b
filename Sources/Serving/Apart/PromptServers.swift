/// Servers that compute prompts and hand their KV to those that decode.
public struct PromptServers<Clock: StepClock> {
  public var clock: Clock
  public var limits: ServingLimits
  public var tiers: KVTiers
  public var replicas: Int
  public var transfer: KVTransfer

  /// - Precondition: there is a replica.
  public init(
    clock: Clock, limits: ServingLimits, tiers: KVTiers = KVTiers(), replicas: Int = 1,
    transfer: KVTransfer
  ) {
    precondition(replicas > 0, "prompts need a server")
    self.clock = clock
    self.limits = limits
    self.tiers = tiers
    self.replicas = replicas
    self.transfer = transfer
  }
}
