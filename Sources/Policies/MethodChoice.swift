/// The policy chosen at each site; the defaults are the dense model, all beside the processor.
public struct MethodChoice: Sendable, Hashable {
  public var weights = WeightsPolicy()
  public var attention = AttentionPolicy()
  public var cache = CachePolicy()
  public var neurons = NeuronsPolicy()
  public var experts = ExpertsPolicy()
  public var prompt = PromptPolicy()
  /// Nil computes on one device.
  public var partition: PartitionPolicy?
  /// Work that a method does beside the model's own, in the order that it is stated.
  public var overheads: [StatedWork] = []
  public init() {}
}
