/// How a step of training is cut over devices.
public struct PartitionPolicy: Sendable, Hashable {
  /// Devices that a link joins, each of them a group of the level before.
  public struct Level: Sendable, Hashable {
    public var link: String
    public var devices: Int
    public init(link: String, devices: Int) {
      self.link = link
      self.devices = devices
    }
  }

  /// How devices that share a sequence bring queries and keys together.
  public enum Scheme: String, CaseIterable, Sendable {
    /// Keys and values go round; each device meets those of every other.
    case ring
    /// Rings within each level, and one over the levels beside them.
    case nestedRing = "nested-ring"
    /// Tokens are exchanged for heads before attention, and back behind it.
    case allToAll = "all-to-all"
  }

  /// Which tokens of a sequence a device holds.
  public enum Layout: String, CaseIterable, Sendable {
    /// One run.
    case contiguous
    /// A run from the front and its mirror image from the back.
    case zigzag
    /// Every so many blocks one.
    case striped
  }

  /// A sequence that is cut over all devices.
  public struct Context: Sendable, Hashable {
    public var scheme: Scheme
    public var layout: Layout
    /// Tokens of a block that is never cut.
    public var block: Int
    public init(scheme: Scheme, layout: Layout, block: Int) {
      self.scheme = scheme
      self.layout = layout
      self.block = block
    }
  }

  /// Sequences of different lengths, each cut over as many devices as it gets.
  public struct Groups: Sendable, Hashable {
    public enum Choice: String, CaseIterable, Sendable {
      /// Every sequence gets what the longest needs.
      case uniform
      /// Every sequence gets the fewest devices, a power of two, whose memory holds it.
      case fewest
    }
    public var choose: Choice
    public init(choose: Choice) { self.choose = choose }
  }

  /// Copies of the model that learn from different sequences.
  public struct Replicas: Sendable, Hashable {
    public var count: Int
    public var link: String
    /// Whether weights, gradients and state are spread over them and gathered layer by layer.
    public var isSharded: Bool
    /// Steps from one exchange to the next.
    public var every: Int
    /// Share of the entries that are exchanged, and bits of one with its place.
    public var density: Double
    public var bits: Double
    public init(
      count: Int, link: String, isSharded: Bool, every: Int, density: Double, bits: Double
    ) {
      self.count = count
      self.link = link
      self.isSharded = isSharded
      self.every = every
      self.density = density
      self.bits = bits
    }
  }

  /// Layers that are spread over devices in turn.
  public struct Pipeline: Sendable, Hashable {
    public var stages: Int
    public var link: String
    /// Share of the residual's numbers that goes from stage to stage.
    public var width: Double
    public init(stages: Int, link: String, width: Double) {
      self.stages = stages
      self.link = link
      self.width = width
    }
  }

  /// From the nearest devices outwards.
  public var levels: [Level] = []
  public var context: Context?
  public var groups: Groups?
  public var replicas: Replicas?
  public var pipeline: Pipeline?
  public init() {}

  /// Devices over which sequences are cut.
  public var devices: Int { levels.reduce(1) { $0 * $1.devices } }

  /// Of `degree` neighbouring devices, those that a device reaches over each level's link, as a share
  /// of all of them, itself among them.
  func peers(of degree: Int) -> [(link: String, share: Double)] {
    var within = 1
    return levels.compactMap { level in
      let wide = min(degree, within * level.devices)
      defer { within *= level.devices }
      guard wide > within else { return nil }
      return (level.link, Double(wide - within) / Double(degree))
    }
  }
}
