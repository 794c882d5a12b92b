import Diagnostics
import Hardware
import Quantities

/// Reads `tiers`: the levels of memory and storage by name.
struct TierSection {
  let book: SourceBook

  func tiers(_ section: MapReader) -> [Tier] {
    section.keys.compactMap { name in
      section.value(name)?.map().flatMap { tier(name, $0) }
    }
  }

  private func tier(_ name: String, _ map: MapReader) -> Tier? {
    defer { map.finish() }
    let figures = FigureReader(map, book: book)
    let kind = map.required("kind", "cache, memory or storage")
      .flatMap { $0.choice(Tier.Kind.self, kind: "kind of tier") }
    let capacity = figures.required("capacity", in: Limits.size)
    let bandwidth = figures.required("bandwidth", in: Limits.rate)
    let writes = figures.optional("write-bandwidth", in: Limits.rate)
    let coreBandwidth = figures.optional("core-bandwidth", in: Limits.rate)
    let latency = figures.optional("latency", in: Limits.delay)
    let granularity = figures.optional("granularity", in: Limits.size)
    let efficiency = figures.curve("efficiency")
    let gather = figures.curve("gather")
    let energy = figures.optional("energy-per-byte", in: Limits.energyPerByte)
    let reads = map.value("reads")
    if let reads, let kind, kind != .storage {
      reads.refuse(
        .conflict(
          key: reads.name, found: kind.rawValue,
          mend: "a read table belongs to storage; give 'efficiency' instead"))
    }
    let service = map.value("service")?.map(
      "a map of latency, media, host, bandwidth, group and overlap")
    if reads == nil, service == nil, kind == .storage {
      map.faults.add(
        .missingKey("\(map.path).reads", expected: "a read table: storage has no other rate"),
        at: map.position)
    }
    let table = reads.flatMap {
      ReadTableReader(book: book).table($0, under: figures.origin, peak: bandwidth?.value)
    }
    guard let kind, let capacity, let bandwidth else { return nil }
    if let one = coreBandwidth?.value, one > bandwidth.value {
      map.faults.add(
        .conflict(
          key: "\(map.path).core-bandwidth", found: "\(one)",
          mend: "it cannot exceed the tier's bandwidth \(bandwidth.value)"), at: map.position)
    }
    return Tier(
      name: name, kind: kind, capacity: capacity, bandwidth: bandwidth, writeBandwidth: writes,
      coreBandwidth: coreBandwidth, latency: latency, granularity: granularity,
      efficiency: efficiency, gather: gather, reads: table,
      service: service.flatMap { self.service($0, under: figures.origin, peak: bandwidth.value) },
      energyPerByte: energy)
  }

  private func service(
    _ map: MapReader, under origin: Origin, peak: BytesPerSecond
  ) -> ReadService? {
    defer { map.finish() }
    let figures = FigureReader(map, under: origin, book: book)
    let latency = figures.required("latency", in: Limits.delay)
    let media = figures.required("media", in: Limits.rate)
    let host = figures.required("host", in: Limits.delay)
    let bandwidth = figures.required("bandwidth", in: Limits.rate)
    let group = figures.required("group", in: Limits.delay)
    let overlap = figures.optional("overlap") { $0.number(in: 1...16) }
    if let rate = bandwidth?.value, rate > peak {
      map.faults.add(
        .conflict(
          key: "\(map.path).bandwidth", found: "\(rate)",
          mend: "it cannot exceed the tier's bandwidth \(peak)"), at: map.position)
    }
    guard let latency, let media, let host, let bandwidth, let group else { return nil }
    return ReadService(
      latency: latency, media: media, host: host, bandwidth: bandwidth, group: group,
      overlap: overlap)
  }
}
