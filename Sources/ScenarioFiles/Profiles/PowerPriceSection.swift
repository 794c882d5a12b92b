import Diagnostics
import Hardware
import Quantities

/// Reads `power` and `price`.
struct PowerPriceSection {
  let book: SourceBook

  func power(_ map: MapReader) -> Power? {
    defer { map.finish() }
    let figures = FigureReader(map, book: book)
    let idle = figures.required("idle", in: Limits.power)
    let limit = figures.required("limit", in: Limits.power)
    let sustained = figures.optional("sustained", in: Limits.power)
    guard let idle, let limit else { return nil }
    if idle.value > limit.value {
      map.faults.add(
        .conflict(
          key: "\(map.path).idle", found: "\(idle.value)",
          mend: "it cannot exceed the limit \(limit.value)"), at: map.position)
    }
    if let sustained, !(idle.value...max(idle.value, limit.value)).contains(sustained.value) {
      map.faults.add(
        .conflict(
          key: "\(map.path).sustained", found: "\(sustained.value)",
          mend: "it lies between idle \(idle.value) and the limit \(limit.value)"),
        at: map.position)
    }
    return Power(idle: idle, limit: limit, sustained: sustained)
  }

  func price(_ map: MapReader) -> Price? {
    defer { map.finish() }
    let figures = FigureReader(map, book: book)
    let purchase = figures.optional("purchase", in: Limits.purchase)
    let rent = figures.optional("rent", in: Limits.rent)
    if !map.contains("purchase") && !map.contains("rent") {
      map.faults.add(
        .missingKey("\(map.path).purchase", expected: "'purchase', 'rent' or both"),
        at: map.position)
    }
    return Price(purchase: purchase, rent: rent)
  }
}
