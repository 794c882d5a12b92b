import Foundation
import Hardware
import Quantities

/// Every figure of a profile as a row: its dotted name as in the file, value, source and basis.
struct ProfileListing {
  struct Row: Encodable {
    var name: String
    /// The amount in `unit`, exactly as the engines use it.
    var value: Double
    var unit: String
    /// The amount as a person reads it.
    var text: String
    var source: String
    var basis: String
    /// Half of the distance of the quartiles over the median, where repeats say it.
    var spread: Double?

    /// The basis, with the spread of repeats in percent.
    var ground: String {
      spread.map { "\(basis) ±\(Decimal.significant($0 * 100, digits: 2)) %" } ?? basis
    }
  }

  let profile: Profile
  private(set) var rows: [Row] = []

  init(_ profile: Profile) {
    self.profile = profile
    for unit in profile.computeUnits { add(unit) }
    for tier in profile.tiers { add(tier) }
    for link in profile.links { add(link) }
    for kernel in profile.kernels { add(kernel) }
    add("power.idle", profile.power?.idle)
    add("power.limit", profile.power?.limit)
    add("power.sustained", profile.power?.sustained)
    add("price.purchase", profile.price?.purchase)
    add("price.rent", profile.price?.rent)
  }

  func json() throws -> String {
    struct Report: Encodable {
      var name: String
      var title: String
      var `class`: String
      var figures: [Row]
      var sources: [String: String]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let report = Report(
      name: profile.name, title: profile.title, class: profile.deviceClass.rawValue,
      figures: rows, sources: profile.sources)
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }

  func text() -> String {
    let head = ["figure", "value", "basis", "source"]
    let table = TextColumns.text([head] + rows.map { [$0.name, $0.text, $0.ground, $0.source] })
    let sources = profile.sources.sorted { $0.key < $1.key }
      .map { ListingLines.wrapped("\($0.key): \($0.value)") }.joined()
    return "\(profile.name): \(profile.title) (\(profile.deviceClass.rawValue))\n\n"
      + table + "\nsources\n" + sources
  }

  private mutating func add(_ unit: ComputeUnit) {
    let path = "compute.\(unit.name)"
    add("\(path).cores", unit.cores) { Double($0) }
    add("\(path).clock", unit.clock) {
      "\(Decimal.significant($0.value / 1e9, digits: 4)) GHz"
    }
    add("\(path).core-memory", unit.coreMemory, text: SizeText.exact)
    for peak in unit.peaks {
      add("\(path).peaks.\(peak.precision.rawValue).\(peak.density.rawValue)", peak.rate)
    }
    add("\(path).launch", unit.launch)
    add("\(path).graph-node", unit.graphNode)
    add("\(path).core-bandwidth", unit.coreBandwidth)
    add("\(path).fork-join", unit.forkJoin)
    add("\(path).peer-bandwidth", unit.peerBandwidth)
    add("\(path).energy-per-flop", unit.energyPerFlop)
    add("\(path).active-power", unit.activePower)
  }

  private mutating func add(_ tier: Tier) {
    let path = "tiers.\(tier.name)"
    add("\(path).capacity", tier.capacity, text: SizeText.exact)
    add("\(path).bandwidth", tier.bandwidth)
    add("\(path).write-bandwidth", tier.writeBandwidth)
    add("\(path).core-bandwidth", tier.coreBandwidth)
    add("\(path).latency", tier.latency)
    add("\(path).granularity", tier.granularity, text: SizeText.exact)
    add("\(path).efficiency", tier.efficiency)
    add("\(path).gather", tier.gather)
    for point in tier.reads?.points ?? [] {
      add("\(path).reads[\(SizeText.exact(point.chunk)), depth \(point.depth)]", point.throughput)
    }
    add("\(path).energy-per-byte", tier.energyPerByte)
  }

  private mutating func add(_ link: Link) {
    let path = "links.\(link.name)"
    add("\(path).bandwidth", link.bandwidth)
    add("\(path).latency", link.latency)
    add("\(path).efficiency", link.efficiency)
    add("\(path).gather", link.gather)
    add("\(path).energy-per-byte", link.energyPerByte)
  }

  private mutating func add(_ kernel: KernelCoefficients) {
    let path = "kernels.\(kernel.family)/\(kernel.kernel)"
    add("\(path).fixed", kernel.fixed)
    add("\(path).group", kernel.group)
    add("\(path).per-row", kernel.perRow)
    for (key, curve) in [("by-rows", kernel.byRows), ("by-width", kernel.byWidth)] {
      guard let curve else { continue }
      for (count, added) in zip(curve.value.sizes, curve.value.values) {
        add("\(path).\(key)[\(Int(count))]", curve.with(Seconds(added)))
      }
    }
    add("\(path).bandwidth-share", kernel.bandwidthShare) { $0 }
    add("\(path).arithmetic-share", kernel.arithmeticShare) { $0 }
    add("\(path).program-rate", kernel.programRate)
    add("\(path).programs-per-core", kernel.programsPerCore) { $0 }
    add("\(path).spread.fixed", kernel.spread?.fixed)
    add("\(path).spread.row", kernel.spread?.row)
    add("\(path).spread.rate", kernel.spread?.rate)
  }

  private mutating func add<Q: Quantity>(
    _ name: String, _ figure: Figure<Q>?, text: (Q) -> String = { "\($0)" }
  ) {
    guard let figure else { return }
    append(
      name, figure.value.value, Q.units.base, text(figure.value), figure.source, figure.basis,
      figure.spread)
  }

  private mutating func add<T>(
    _ name: String, _ figure: Figure<T>?, number: (T) -> Double
  ) {
    guard let figure else { return }
    append(
      name, number(figure.value), "", "\(figure.value)", figure.source, figure.basis,
      figure.spread)
  }

  private mutating func add(_ name: String, _ figure: Figure<Curve>?) {
    guard let figure else { return }
    for (size, share) in zip(figure.value.sizes, figure.value.values) {
      let point = "\(name)[\(SizeText.exact(Bytes(size)))]"
      append(point, share, "", "\(share)", figure.source, figure.basis)
    }
  }

  private mutating func append(
    _ name: String, _ value: Double, _ unit: String, _ text: String, _ source: String,
    _ basis: Basis, _ spread: Double? = nil
  ) {
    rows.append(
      Row(
        name: name, value: value, unit: unit, text: text, source: source, basis: basis.rawValue,
        spread: spread))
  }
}

/// Long lines for a terminal of 100 columns.
enum ListingLines {
  /// `text` on lines of at most 100 columns, all but the first indented by four.
  static func wrapped(_ text: String) -> String {
    var lines: [String] = []
    var line = " "
    for word in text.split(separator: " ") {
      if line.count + 1 + word.count > 100, line.count > 4 {
        lines.append(line)
        line = "   "
      }
      line += " \(word)"
    }
    return (lines + [line]).joined(separator: "\n") + "\n"
  }
}
