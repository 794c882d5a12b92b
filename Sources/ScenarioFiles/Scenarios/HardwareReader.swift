import Diagnostics
import Hardware
import Quantities
import Yams

/// Reads `hardware`: a profile by its name or file, or a map of that and of figures which differ.
enum HardwareReader {
  static func read(_ value: Value) -> (name: String, changes: [FigureChange])? {
    guard value.isMap else { return value.text().map { ($0, []) } }
    guard let map = value.map() else { return nil }
    defer { map.finish() }
    let name = map.required("profile", "a profile's name or file")?.text()
    var changes: [FigureChange] = []
    for part in map.keys where part != "profile" {
      guard let figures = map.value(part)?.map("a map of figures") else { continue }
      changes += amounts(figures, of: part).map { FigureChange($0, of: part) }
      figures.finish()
    }
    return name.map { ($0, changes) }
  }

  private static func amounts(_ figures: MapReader, of part: String) -> [FigureChange.Amount] {
    var amounts: [FigureChange.Amount] = []
    func add<Q: Quantity>(
      _ key: String, in range: ClosedRange<Q>, _ amount: (Q) -> FigureChange.Amount
    ) {
      if let value: Q = figures.value(key)?.quantity(in: range) { amounts.append(amount(value)) }
    }
    switch part {
    case "power":
      add("idle", in: Limits.power) { .idle($0) }
      add("limit", in: Limits.power) { .limit($0) }
    case "price":
      add("rent", in: Limits.rent) { .rent($0) }
      add("purchase", in: Limits.purchase) { .purchase($0) }
    default:
      add("capacity", in: Limits.size) { .capacity($0) }
      add("bandwidth", in: Limits.rate) { .bandwidth($0) }
      add("write-bandwidth", in: Limits.rate) { .writeBandwidth($0) }
      add("latency", in: Limits.delay) { .latency($0) }
    }
    return amounts
  }
}

extension Profile {
  /// The profile with other figures.
  /// - Throws: `Faults` for a part that it has not, and figures that contradict each other.
  func with(_ changes: [FigureChange], at place: SourcePosition) throws(Faults) -> Profile {
    var changed = self
    for change in changes where !changed.apply(change) {
      throw Faults(
        .unknownName(
          key: "hardware.\(change.part)", kind: "part of \(name) with such a figure",
          found: change.part, known: links.map(\.name) + tiers.map(\.name)), at: place)
    }
    if let power = changed.power, power.idle.value > power.limit.value {
      throw Faults(
        .conflict(
          key: "hardware.power.idle", found: "\(power.idle.value)",
          mend: "the limit of power is \(power.limit.value)"), at: place)
    }
    return changed
  }
}

extension NodeMerge {
  /// Changes of a scenario: figures that are laid over the name of a profile are figures of that profile.
  static func overlayScenario(_ change: Node, on base: Node) -> Node {
    guard var keys = base.mapping, let named = keys["hardware"], named.scalar != nil,
      change.mapping?["hardware"]?.mapping != nil
    else { return overlay(change, on: base) }
    keys["hardware"] = .mapping(
      Node.Mapping([(Node("profile"), named)], .implicit, .any, named.mark))
    return overlay(change, on: .mapping(keys))
  }
}
