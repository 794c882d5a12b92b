import Quantities

/// How the tokens of a call lie over the experts of the timed device.
///
/// Means over draws, so the counts are fractions.
public struct ExpertLoad: Sendable, Hashable {
  /// Rows of a tile for which `tiles` counts; its last two places are empty.
  public static let tileRows = [16, 32, 64, 128, 8, 48]

  /// Experts with a token.
  public var active: Double
  /// Pairs of a token and an expert.
  public var slots: Double
  /// Tokens with an expert here.
  public var tokens: Double
  /// Tokens of the busiest expert.
  public var mostLoaded: Double
  /// Tiles of `tileRows` rows that cover every expert's tokens, each expert's apart.
  public var tiles: SIMD8<Double>

  public init(
    active: Double, slots: Double, tokens: Double, mostLoaded: Double, tiles: SIMD8<Double>
  ) {
    self.active = active
    self.slots = slots
    self.tokens = tokens
    self.mostLoaded = mostLoaded
    self.tiles = tiles
  }

  /// The same number of tokens on each of `active` experts.
  public init(even slots: Double, over active: Double, tokens: Double) {
    let each = active > 0 ? slots / active : 0
    self.init(
      active: active, slots: slots, tokens: tokens, mostLoaded: each.rounded(.up),
      tiles: Self.perTile { active * (each / $0).rounded(.up) })
  }

  /// Loads that fall from `mostLoaded` as `rank^-z`, none below 1, with `z` such that they sum to
  /// `slots`: what a count of active experts and of the busiest one's tokens leaves to assume.
  public init(falling slots: Double, over active: Int, from mostLoaded: Double, tokens: Double) {
    var (low, high) = (0.0, 8.0)
    func load(_ rank: Int, _ z: Double) -> Double {
      max(1, mostLoaded * Elementary.power(Double(rank), -z))
    }
    for _ in 0..<40 {
      let middle = (low + high) / 2
      var sum = 0.0
      for rank in stride(from: 1, through: active, by: 1) { sum += load(rank, middle) }
      if sum > slots { low = middle } else { high = middle }
    }
    let loads = stride(from: 1, through: active, by: 1).map { load($0, low) }
    self.init(
      active: Double(active), slots: slots, tokens: tokens, mostLoaded: mostLoaded,
      tiles: Self.perTile { rows in loads.reduce(0) { $0 + ($1 / rows).rounded(.up) } })
  }

  static func perTile(_ count: (Double) -> Double) -> SIMD8<Double> {
    SIMD8(count(16), count(32), count(64), count(128), count(8), count(48), 0, 0)
  }
}
