import Hardware
import Quantities

/// The text of a profile that a machine measured of itself: one processor, its caches, memory and a
/// disk, every figure with its own source.
public struct HostProfileText {
  private let profile: Profile
  private var out = ""

  /// The file `NAME.yaml` of a profile called NAME.
  public static func text(_ profile: Profile) -> String {
    var text = HostProfileText(profile)
    text.write()
    return text.out
  }

  private init(_ profile: Profile) { self.profile = profile }

  private mutating func write() {
    out +=
      "# Written by `lacuna calibrate host`; spread is half the distance of the quartiles over\n"
    out += "# the median of the repeats.\n"
    out += "schema: \(ProfileReader.schema)\nname: \(Self.quoted(profile.name))\n"
    out +=
      "title: \(Self.quoted(profile.title))\nclass: \(profile.deviceClass.rawValue)\nsources:\n"
    for (key, text) in profile.sources.sorted(by: { $0.key < $1.key }) {
      out += "  \(key): \(Self.quoted(text))\n"
    }
    out += "compute:\n"
    for unit in profile.computeUnits { write(unit) }
    out += "tiers:\n"
    for tier in profile.tiers { write(tier) }
    if !profile.links.isEmpty { out += "links:\n" }
    for link in profile.links {
      out += "  \(link.name):\n    far: \(link.far)\n    near: \(link.near)\n"
      out += "    duplex: \(link.duplex.rawValue)\n"
      write("bandwidth", link.bandwidth, Self.rate)
      write("latency", link.latency, Self.time)
    }
    if !profile.kernels.isEmpty { out += "kernels:\n" }
    for kernel in profile.kernels {
      out += "  \(Self.quoted("\(kernel.family)/\(kernel.kernel)")):\n"
      write("fixed", kernel.fixed, Self.time)
      write("bandwidth-share", kernel.bandwidthShare) { Self.short($0) }
      write("arithmetic-share", kernel.arithmeticShare) { Self.short($0) }
    }
  }

  private mutating func write(_ unit: ComputeUnit) {
    out += "  \(unit.name):\n    memory: \(unit.memory)\n"
    write("cores", unit.cores) { "\($0)" }
    write("clock", unit.clock) { "\(Self.short($0.value / 1e9)) GHz" }
    out += "    peaks:\n"
    for precision in Precision.allCases {
      let peaks = unit.peaks.filter { $0.precision == precision }
      if !peaks.isEmpty { out += "      \(precision.rawValue):\n" }
      for peak in peaks {
        write(
          peak.density == .dense ? "dense" : "\"\(peak.density.rawValue)\"", peak.rate, indent: 8,
          Self.arithmetic)
      }
    }
    write("launch", unit.launch, Self.time)
    write("core-bandwidth", unit.coreBandwidth, Self.rate)
  }

  private mutating func write(_ tier: Tier) {
    out += "  \(tier.name):\n    kind: \(tier.kind.rawValue)\n"
    write("capacity", tier.capacity) { "\(Self.whole($0.value)) B" }
    write("bandwidth", tier.bandwidth, Self.rate)
    write("core-bandwidth", tier.coreBandwidth, Self.rate)
    write("latency", tier.latency, Self.time)
    write("granularity", tier.granularity) { "\(Self.whole($0.value)) B" }
    write("efficiency", tier.efficiency)
    write("gather", tier.gather)
    if let service = tier.service {
      out += "    service:\n"
      write("latency", service.latency, indent: 6, Self.time)
      write("media", service.media, indent: 6, Self.rate)
      write("host", service.host, indent: 6, Self.time)
      write("bandwidth", service.bandwidth, indent: 6, Self.rate)
      write("group", service.group, indent: 6, Self.time)
      write("overlap", service.overlap, indent: 6) { Self.short($0) }
    }
    guard let reads = tier.reads, let first = reads.points.first else { return }
    out += "    reads:\n      source: \(first.throughput.source)\n"
    out += "      basis: \(first.throughput.basis.rawValue)\n      points:\n"
    for point in reads.points {
      let figure = point.throughput
      out +=
        "        - {chunk: \(Self.whole(point.chunk.value)) B, depth: \(point.depth), throughput: "
      out += "{value: \(Self.rate(figure.value)), source: \(figure.source), "
      out += "basis: \(figure.basis.rawValue)\(spread(figure.spread))}}\n"
    }
  }

  private mutating func write<T>(
    _ key: String, _ figure: Figure<T>?, indent: Int = 4, _ text: (T) -> String
  ) {
    guard let figure else { return }
    out += String(repeating: " ", count: indent)
    out += "\(key): {value: \(text(figure.value)), source: \(figure.source), "
    out += "basis: \(figure.basis.rawValue)\(spread(figure.spread))}\n"
  }

  private mutating func write(_ key: String, _ curve: Figure<Curve>?) {
    guard let curve else { return }
    let points = zip(curve.value.sizes, curve.value.values).map { size, share in
      "[\(Self.whole(size)) B, \(Self.short(share))]"
    }
    out += "    \(key):\n      source: \(curve.source)\n      basis: \(curve.basis.rawValue)\n"
    out += "      points: [\(points.joined(separator: ", "))]\n"
  }

  private func spread(_ spread: Double?) -> String {
    spread.map { ", spread: \(Decimal.significant($0, digits: 2))" } ?? ""
  }

  private static func rate(_ rate: BytesPerSecond) -> String {
    rate.value >= 1e9 ? "\(short(rate.value / 1e9)) GB/s" : "\(short(rate.value / 1e6)) MB/s"
  }
  private static func time(_ time: Seconds) -> String {
    time.value >= 1e-6 ? "\(short(time.value * 1e6)) us" : "\(short(time.value * 1e9)) ns"
  }
  private static func arithmetic(_ rate: FlopsPerSecond) -> String {
    "\(short(rate.value / 1e9)) GFLOP/s"
  }
  private static func short(_ value: Double) -> String { Decimal.significant(value, digits: 5) }
  private static func whole(_ value: Double) -> String { Decimal.fixed(value, decimals: 0) }
  private static func quoted(_ text: String) -> String {
    let clean = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return "\"" + clean.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
