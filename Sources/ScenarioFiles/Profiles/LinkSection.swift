import Diagnostics
import Hardware
import Quantities

/// Reads `links`: the paths between tiers by name.
struct LinkSection {
  let book: SourceBook

  func links(_ section: MapReader, references: inout [TierReference]) -> [Link] {
    section.keys.compactMap { name in
      section.value(name)?.map().flatMap { link(name, $0, &references) }
    }
  }

  private func link(
    _ name: String, _ map: MapReader, _ references: inout [TierReference]
  ) -> Link? {
    defer { map.finish() }
    let figures = FigureReader(map, book: book)
    let far = end("far", of: map, &references)
    let near = end("near", of: map, &references)
    if let far, far == near {
      map.faults.add(
        .conflict(key: "\(map.path).near", found: far, mend: "a link joins two different tiers"),
        at: map.position)
    }
    let bandwidth = figures.required("bandwidth", in: Limits.rate)
    let duplex = map.required("duplex", "full or half")
      .flatMap { $0.choice(Link.Duplex.self, kind: "duplex") }
    let latency = figures.optional("latency", in: Limits.delay)
    let efficiency = figures.curve("efficiency")
    let gather = figures.curve("gather")
    let energy = figures.optional("energy-per-byte", in: Limits.energyPerByte)
    guard let far, let near, let bandwidth, let duplex else { return nil }
    return Link(
      name: name, far: far, near: near, bandwidth: bandwidth, duplex: duplex, latency: latency,
      efficiency: efficiency, gather: gather, energyPerByte: energy)
  }

  private func end(
    _ key: String, of map: MapReader, _ references: inout [TierReference]
  ) -> String? {
    guard let value = map.required(key, "the name of a tier"),
      let tier = value.text("the name of a tier")
    else { return nil }
    references.append(TierReference(value, tier: tier))
    return tier
  }
}
