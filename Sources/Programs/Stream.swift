/// A queue of operations that run one after another, in program order.
public struct Stream: Sendable, Hashable {
  /// What executes the operations of a stream.
  public enum Engine: Sendable, Hashable {
    /// Kernels on a compute unit. Streams of one unit share its cores.
    case compute(unit: String)
    /// A copy engine of a link, one direction: it moves data without using cores.
    case copy(link: String, towards: String)
    /// The queue of a storage tier.
    case storage(tier: String)
    /// The host's thread that issues the kernels of the model's own stream, one after another.
    case host
  }

  public var name: String
  public var engine: Engine
  public init(name: String, engine: Engine) {
    self.name = name
    self.engine = engine
  }
}
