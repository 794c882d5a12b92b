import Hardware
import Programs

/// Which sums over the operations of a step some metrics need, and in which lane of a row each is
/// added up.
struct SumLanes {
  /// Of the picoseconds of a step.
  static let span = 0

  /// Lanes of a whole row: groups of eight.
  var groups: Int { (count + 7) / 8 }

  private(set) var count = 1
  private(set) var busy: Int?
  private(set) var moving: Int?
  private(set) var cores: Int?
  private(set) var arithmetic: Int?
  private(set) var entryBytes: Int?
  /// By place in `Site.allCases`: busy times, and bytes in tiers.
  private(set) var sites: [Int?]
  private(set) var siteBytes: [Int?]
  /// By path. Paths of no stated energy have no lane of it.
  private(set) var bytes: [Int?]
  private(set) var energy: [Int?]

  /// - Parameter profile: its links and then its tiers are the paths.
  init(_ metrics: [ClosedFormMetric], _ profile: Profile) {
    let costs = profile.links.map(\.energyPerByte) + profile.tiers.map(\.energyPerByte)
    sites = Array(repeating: nil, count: Site.allCases.count)
    siteBytes = sites
    bytes = Array(repeating: nil, count: costs.count)
    energy = bytes
    for metric in metrics {
      switch metric {
      case .compute:
        Self.take(&busy, &count)
        Self.take(&moving, &count)
      case .stall, .mainStream: Self.take(&busy, &count)
      case .move: Self.take(&moving, &count)
      case .site(let place): Self.take(&sites[place], &count)
      case .siteBytes(let place): Self.take(&siteBytes[place], &count)
      case .entryBytesRead: Self.take(&entryBytes, &count)
      case .path(let place): Self.take(&bytes[place], &count)
      case .energy:
        Self.take(&cores, &count)
        Self.take(&arithmetic, &count)
        for place in costs.indices where (costs[place]?.value.value ?? 0) > 0 {
          Self.take(&energy[place], &count)
        }
      default: break
      }
    }
  }

  private static func take(_ lane: inout Int?, _ count: inout Int) {
    guard lane == nil else { return }
    lane = count
    count += 1
  }

  /// Whether what operations move is added up at all.
  var addTraffic: Bool {
    entryBytes != nil || (siteBytes + bytes + energy).contains { $0 != nil }
  }
}
