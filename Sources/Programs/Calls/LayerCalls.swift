import Quantities

/// An operation that goes over numbers once: a norm, an activation, an addition, a copy.
public struct ElementwiseCall: Sendable, Hashable {
  /// Read and written together.
  public var bytes: Double
  /// Rows that are worked on apart.
  public var rows: Int

  public init(bytes: Double, rows: Int) {
    self.bytes = bytes
    self.rows = rows
  }
}

/// One product for each of several groups of rows, as routed experts need them.
public struct GroupedProductCall: Sendable, Hashable {
  /// Groups, and groups that have a row.
  public var groups: Int
  public var active: Double
  /// Rows of all groups together.
  public var rows: Double
  /// Tiles of 64 and of 128 rows that cover each group's rows.
  public var tilesOf64: Double
  public var tilesOf128: Double
  public var n: Int
  public var k: Int
  public var precision: Precision

  public init(
    groups: Int, active: Double, rows: Double, tilesOf64: Double, tilesOf128: Double, n: Int,
    k: Int, precision: Precision
  ) {
    self.groups = groups
    self.active = active
    self.rows = rows
    self.tilesOf64 = tilesOf64
    self.tilesOf128 = tilesOf128
    self.n = n
    self.k = k
    self.precision = precision
  }

  public var flops: Double { 2 * rows * Double(n) * Double(k) }
  public var weightBytes: Double { active * Double(n) * Double(k) * precision.bits / 8 }
  /// Inputs in the format of the product, results in 16 bits.
  public var rowBytes: Double { rows * (Double(k) * precision.bits / 8 + Double(n) * 2) }
  public var bytes: Double { weightBytes + rowBytes }
}

/// Tokens sent to the devices of their experts, or their results sent back.
public struct ExpertExchangeCall: Sendable, Hashable {
  public var tokens: Int
  public var hidden: Int
  public var topK: Int
  public var experts: Int
  public var devices: Int
  /// Cores that send; 0 where the library takes what it needs.
  public var cores: Int
  public var precision: Precision
  /// Whether a token goes once for each of its experts, and not once for each of their devices.
  public var sendsEachChoice: Bool

  public init(
    tokens: Int, hidden: Int, topK: Int, experts: Int, devices: Int, cores: Int,
    precision: Precision, sendsEachChoice: Bool
  ) {
    self.tokens = tokens
    self.hidden = hidden
    self.topK = topK
    self.experts = experts
    self.devices = devices
    self.cores = cores
    self.precision = precision
    self.sendsEachChoice = sendsEachChoice
  }

  /// Copies of a token that are sent: experts chosen evenly fall on
  /// `devices x (1 - (1 - 1 / devices)^topK)` devices.
  public var copies: Double {
    if sendsEachChoice { return Double(topK) }
    let devices = Double(max(1, devices))
    var missed = 1.0
    for _ in 0..<min(topK, 1024) { missed *= 1 - 1 / devices }
    return devices * (1 - missed)
  }

  public var bytes: Double { Double(tokens) * copies * Double(hidden) * precision.bits / 8 }
}
