import Hardware
import Programs

/// Entries that come from a far tier to the processor's memory: what one costs to bring.
struct Fetch {
  var name: String
  var site: Site
  /// The tier that holds the entries.
  var tier: String
  /// Column that counts entries, or nil for a fixed amount.
  var column: String?
  /// Bytes of one entry, or of the fixed amount.
  var bytes: Double
  /// Reads or copies of one entry.
  var pieces: Double
  var transfer: Transfer
  var depth: Int
  var after: [Dependency]
  /// Kernels that fetch ahead run beside the model's own stream.
  var besideMain: Bool
  /// A tier between the far one and the processor in which the entries are kept.
  var kept: Kept? = nil
  /// All of it crosses the link in one copy.
  var isOneTransfer = false

  /// Where entries stay on the way, and the column of those that go on from there, missed or not;
  /// without one they stay.
  struct Kept {
    var tier: String
    var onwards: String?
  }
}

extension StepBuilder {
  /// Adds the operations of a fetch: a storage read, a copy or a gather, or a read followed by a
  /// copy where storage hangs on the host. Returns what has to finish before the data is there.
  mutating func add(_ fetch: Fetch) -> [Dependency] {
    let near = nearTier
    guard let tier = setting.profile.tier(fetch.tier), tier.kind == .storage else {
      return [addTransfer(fetch, from: fetch.tier, after: fetch.after)]
    }
    let landing = setting.profile.links.first { $0.far == fetch.tier }
    var traffic = [Traffic(through: fetch.tier, bytes: amount(fetch))]
    if let landing { traffic.append(Traffic(through: landing.near, bytes: amount(fetch))) }
    add(
      Operation(
        name: fetch.name, site: fetch.site, kind: .storageRead,
        stream: stream(fetch.tier, .storage(tier: fetch.tier)), traffic: traffic,
        pieces: count(fetch, fetch.pieces), queueDepth: fetch.depth,
        column: fetch.column.map { column($0) }, skippedWhenEmpty: fetch.column != nil,
        after: fetch.after))
    let arrived = Dependency(on: fetch.name)
    guard let landing, landing.near != near else { return [arrived] }
    var second = fetch
    second.name += ".copy"
    if let kept = fetch.kept {
      guard kept.onwards != nil else { return [arrived] }
      second.column = kept.onwards
    } else {
      // What was read lies side by side in one buffer of the host; what is kept lies anywhere.
      second.isOneTransfer = second.transfer == .copyEngine
    }
    return [addTransfer(second, from: landing.near, after: fetch.after + [arrived])]
  }

  private mutating func addTransfer(
    _ fetch: Fetch, from tier: String, after: [Dependency]
  ) -> Dependency {
    let near = nearTier
    let link = setting.profile.link(tier, near)
    let traffic = [
      Traffic(through: link?.name ?? "\(tier)-\(near)", bytes: amount(fetch)),
      Traffic(through: tier, bytes: amount(fetch)), Traffic(through: near, bytes: amount(fetch)),
    ]
    let gathers = fetch.transfer == .gatherKernel
    let unit = setting.runtime.unit
    let pieces = fetch.isOneTransfer ? Affine(base: 1) : count(fetch, fetch.pieces)
    let index =
      gathers
      ? fetch.besideMain ? stream("\(unit)-gather", .compute(unit: unit)) : main
      : stream("h2d", .copy(link: link?.name ?? "", towards: near))
    // The main stream follows its own operations anyhow; what it must wait for is on others.
    let awaited = index == main ? after.filter { !fetch.after.contains($0) } : after
    add(
      Operation(
        name: fetch.name, site: fetch.site, kind: gathers ? .gather : .copy, stream: index,
        traffic: traffic, pieces: pieces, launches: gathers ? Affine(base: 1) : pieces,
        column: fetch.column.map { column($0) }, skippedWhenEmpty: fetch.column != nil,
        after: awaited))
    return Dependency(on: fetch.name)
  }

  private func amount(_ fetch: Fetch) -> Affine { count(fetch, fetch.bytes) }

  private func count(_ fetch: Fetch, _ each: Double) -> Affine {
    fetch.column == nil ? Affine(base: each) : Affine(each: each)
  }
}
