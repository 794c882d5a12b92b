import Diagnostics
import Hardware
import Quantities

/// A part of a composite machine, with the place that names it.
struct ProfilePart {
  var profile: Profile
  var position: SourcePosition
}

extension Profile {
  /// Adds what the parts bring. A name that two of them, or a part and this profile, both have is
  /// a fault: a machine has one `hbm`.
  ///
  /// Power and price are summed over the parts that state them, where this profile states none of
  /// its own; the source of the sum says which parts those are and which state nothing.
  mutating func take(_ parts: [ProfilePart], faults: FaultList) {
    func add<T>(
      _ items: [T], _ kind: String, of part: ProfilePart, to all: inout [T],
      name: (T) -> String
    ) {
      let known = Set(all.map(name))
      for item in items where known.contains(name(item)) {
        faults.add(
          .conflict(
            key: "parts", found: part.profile.name,
            mend: "\(kind) '\(name(item))' is here already; a machine has each name once"),
          at: part.position)
      }
      all += items
    }
    for part in parts {
      let other = part.profile
      add(other.computeUnits, "compute unit", of: part, to: &computeUnits) { $0.name }
      add(other.tiers, "tier", of: part, to: &tiers) { $0.name }
      add(other.links, "link", of: part, to: &links) { $0.name }
      add(other.kernels, "kernel", of: part, to: &kernels) { "\($0.family)/\($0.kernel)" }
      calibrations += other.calibrations
      for (key, text) in other.sources.sorted(by: { $0.key < $1.key }) {
        if let mine = sources[key], mine != text, key != SourceBook.sumKey {
          faults.add(
            .conflict(
              key: "parts", found: other.name,
              mend: "its source '\(key)' means something else here; rename one"),
            at: part.position)
        }
        sources[key] = sources[key] ?? text
      }
    }
    sum(parts.map(\.profile))
  }

  private mutating func sum(_ parts: [Profile]) {
    var notes: [String] = []
    func note(_ what: String, _ stating: (Profile) -> Bool) {
      guard parts.count > 1, parts.contains(where: stating) else { return }
      let some = parts.filter(stating).map(\.name).joined(separator: " + ")
      let none = parts.filter { !stating($0) }.map(\.name).joined(separator: ", ")
      notes.append("\(what): \(some)" + (none.isEmpty ? "" : " (not stated: \(none))"))
    }
    func total<Q: Quantity>(_ figures: [Figure<Q>]) -> Figure<Q>? {
      guard parts.count > 1, !figures.isEmpty else { return figures.first }
      return Figure(
        figures.reduce(Q(0)) { $0 + $1.value }, source: SourceBook.sumKey, basis: .derived)
    }
    if power == nil, let idle = total(parts.compactMap(\.power?.idle)),
      let limit = total(parts.compactMap(\.power?.limit))
    {
      // A part that states none runs up to its limit.
      let held = parts.compactMap(\.power).map { $0.sustained ?? $0.limit }
      let isHeld = parts.contains { $0.power?.sustained != nil }
      power = Power(idle: idle, limit: limit, sustained: isHeld ? total(held) : nil)
      note("power") { $0.power != nil }
    }
    if price == nil {
      let purchase = total(parts.compactMap(\.price?.purchase))
      let rent = total(parts.compactMap(\.price?.rent))
      note("purchase price") { $0.price?.purchase != nil }
      note("rent") { $0.price?.rent != nil }
      if purchase != nil || rent != nil { price = Price(purchase: purchase, rent: rent) }
    }
    guard !notes.isEmpty else { return }
    sources[SourceBook.sumKey] = "sum of " + notes.joined(separator: "; ")
  }
}
