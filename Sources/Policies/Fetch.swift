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
  /// All of it crosses the link in one copy.
  var isOneTransfer = false
}

extension StepBuilder {
  /// Adds the operations of a fetch: a storage read, a copy or a gather, or a read followed by a
  /// copy where storage hangs on the host. Returns what has to finish before the data is there.
  mutating func add(_ fetch: Fetch) -> [Dependency] {
    let near = setting.nearTier
    guard let tier = setting.profile.tier(fetch.tier), tier.kind == .storage else {
      return [addTransfer(fetch, from: fetch.tier)]
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
    second.after = [arrived]
    // What was read lies side by side in one buffer of the host.
    second.isOneTransfer = second.transfer == .copyEngine
    return [addTransfer(second, from: landing.near)]
  }

  private mutating func addTransfer(_ fetch: Fetch, from tier: String) -> Dependency {
    let near = setting.nearTier
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
    add(
      Operation(
        name: fetch.name, site: fetch.site, kind: gathers ? .gather : .copy, stream: index,
        traffic: traffic, pieces: pieces, launches: gathers ? Affine(base: 1) : pieces,
        column: fetch.column.map { column($0) }, skippedWhenEmpty: fetch.column != nil,
        after: index == main ? [] : fetch.after))
    return Dependency(on: fetch.name)
  }

  private func amount(_ fetch: Fetch) -> Affine { count(fetch, fetch.bytes) }

  private func count(_ fetch: Fetch, _ each: Double) -> Affine {
    fetch.column == nil ? Affine(base: each) : Affine(each: each)
  }
}
