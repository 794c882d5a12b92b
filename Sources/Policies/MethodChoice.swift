/// The policy chosen at each site; the defaults are the dense model, all beside the processor.
public struct MethodChoice: Sendable, Hashable {
  public var weights = WeightsPolicy()
  public var attention = AttentionPolicy()
  public var cache = CachePolicy()
  public var neurons = NeuronsPolicy()
  public var experts = ExpertsPolicy()
  public var prompt = PromptPolicy()
  public var depth = DepthPolicy()
  public var lookups: [LookupTable] = []
  /// How a step of training is cut; nil computes it on one device.
  public var partition: PartitionPolicy?
  /// Devices that serve one model together.
  public var spread = DeviceSpread()
  /// Work that a method does beside the model's own, in the order that it is stated.
  public var overheads: [StatedWork] = []
  public init() {}
}
