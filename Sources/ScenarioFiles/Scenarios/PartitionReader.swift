import Diagnostics
import Policies
import Quantities

/// Reads the site `partition`.
struct PartitionReader {
  let map: MapReader

  /// The pairs of all devices at all steps of a ring are counted.
  private static let mostDevices = 1024

  /// Devices that serve one model together.
  func readSpread() -> DeviceSpread {
    var spread = DeviceSpread()
    if let map = map.value("tensor")?.map() { spread.tensor = devices(map) ?? 1 }
    if let map = map.value("experts")?.map() { spread.experts = devices(map) ?? 1 }
    if spread.tensor > 1, spread.experts > 1 {
      map.faults.add(
        .conflict(
          key: map.name(of: "experts"), found: "given with tensor",
          mend: "devices that share every matrix share each expert too; leave one out"),
        at: map.position)
    }
    return spread
  }

  private func devices(_ map: MapReader) -> Int? {
    defer { map.finish() }
    return map.required("devices", "how many share the model")?.integer(in: 1...1024)
  }

  /// How a step of training is cut; nil where the map only says how a model is served.
  func read(besideSpread: Bool) -> PartitionPolicy? {
    let isTraining = ["levels", "context", "groups", "replicas", "pipeline"].contains(
      where: map.contains)
    guard isTraining || !besideSpread else {
      map.finish()
      return nil
    }
    if isTraining, besideSpread {
      map.faults.add(
        .conflict(
          key: "partition", found: "tensor or experts with keys of training",
          mend: "give tensor and experts to serve, the others to train"), at: map.position)
    }
    return read()
  }

  private func read() -> PartitionPolicy {
    var policy = PartitionPolicy()
    let levels = map.value("levels")?.list("a list of links with devices") ?? []
    policy.levels = levels.compactMap { $0.map().flatMap(level) }
    policy.context = map.value("context")?.map().flatMap(context)
    policy.groups = map.value("groups")?.map().flatMap(groups)
    policy.replicas = map.value("replicas")?.map().flatMap(replicas)
    policy.pipeline = map.value("pipeline")?.map().flatMap(pipeline)
    check(policy, levels)
    map.finish()
    return policy
  }

  private func check(_ policy: PartitionPolicy, _ levels: [Value]) {
    var devices = 1
    for (place, level) in policy.levels.enumerated() {
      let (product, overflow) = devices.multipliedReportingOverflow(by: level.devices)
      devices = overflow ? Int.max : product
      guard devices > Self.mostDevices, place < levels.count else { continue }
      levels[place].refuse(
        .outOfRange(
          key: levels[place].name, found: "\(level.devices) devices",
          allowed: "at most \(Self.mostDevices) devices over all levels"))
      return
    }
    if policy.context != nil, policy.groups != nil {
      map.faults.add(
        .conflict(
          key: map.name(of: "groups"), found: "given with context",
          mend: "a sequence is cut over all devices or over those of its group; leave one out"),
        at: map.position)
    }
    if policy.context != nil || policy.groups != nil, levels.isEmpty {
      map.faults.add(
        .missingKey(
          map.name(of: "levels"), expected: "the links and devices that share a sequence"),
        at: map.position)
    }
  }

  private func level(_ map: MapReader) -> PartitionPolicy.Level? {
    let link = link(map)
    let devices = map.required("devices", "how many it joins")?.integer(in: 1...65536)
    map.finish()
    guard let link, let devices else { return nil }
    return PartitionPolicy.Level(link: link, devices: devices)
  }

  private func link(_ map: MapReader) -> String? {
    map.required("link", "a link of the profile")?.text()
  }

  private func context(_ map: MapReader) -> PartitionPolicy.Context? {
    let scheme = map.required("scheme", "how devices meet")?.choice(
      PartitionPolicy.Scheme.self, kind: "scheme")
    let layout =
      map.value("layout").map { $0.choice(PartitionPolicy.Layout.self, kind: "layout") } ?? .zigzag
    let block = map.value("block").map { SharedKeys.tokens($0, in: 1...65536) } ?? 64
    map.finish()
    guard let scheme, let layout, let block else { return nil }
    return PartitionPolicy.Context(scheme: scheme, layout: layout, block: block)
  }

  private func groups(_ map: MapReader) -> PartitionPolicy.Groups? {
    let choose = map.required("choose", "how many devices a sequence gets")?.choice(
      PartitionPolicy.Groups.Choice.self, kind: "choice")
    map.finish()
    return choose.map { PartitionPolicy.Groups(choose: $0) }
  }

  private func replicas(_ map: MapReader) -> PartitionPolicy.Replicas? {
    let count = map.required("count", "copies of the model")?.integer(in: 1...1_000_000)
    let link = link(map)
    let isSharded = map.value("sharded").map { $0.boolean() } ?? false
    let every = map.value("every-steps").map { $0.integer(in: 1...1_000_000) } ?? 1
    let density = map.value("density").map { $0.number(in: 1e-9...1) } ?? 1
    let bits = map.value("bits").map { $0.number(in: 0.1...128) } ?? 16
    if isSharded == true, let every, every > 1, let value = map.value("every-steps") {
      value.refuse(
        .conflict(
          key: value.name, found: "\(every)",
          mend: "copies whose weights are spread over each other meet at every step"))
    }
    map.finish()
    guard let count, let link, let isSharded, let every, let density, let bits else { return nil }
    return PartitionPolicy.Replicas(
      count: count, link: link, isSharded: isSharded, every: every, density: density, bits: bits)
  }

  private func pipeline(_ map: MapReader) -> PartitionPolicy.Pipeline? {
    let stages = map.required("stages", "parts of the layers")?.integer(in: 1...4096)
    let link = link(map)
    let width = map.value("width").map { $0.number(in: 1e-9...1) } ?? 1
    map.finish()
    guard let stages, let link, let width else { return nil }
    return PartitionPolicy.Pipeline(stages: stages, link: link, width: width)
  }
}
