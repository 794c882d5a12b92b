import Quantities
import ResultTables
import Serving

/// Tiers of KV and the copies between them, for the runs that have slower ones.
struct TierTable {
  private let reports: [StreamReport]

  /// Nil where no run has a slower tier.
  init?(_ reports: [StreamReport]) {
    self.reports = reports.filter { $0.played.tierNames.count > 1 }
    if self.reports.isEmpty { return nil }
  }

  func text() throws -> String {
    try tiers().text(width: 100) + "\n" + links().text(width: 100)
  }

  private func tiers() throws -> Table {
    var table = Table(columns: [
      Column("variant", .text), Column("tier", .text),
      Column("hits", .real(.decimals(1)), unit: "% of tokens"),
      Column("room", .quantity(Bytes.self)), Column("KV mean", .real(.decimals(1)), unit: "%"),
      Column("KV peak", .real(.decimals(1)), unit: "%"),
    ])
    for report in reports {
      let played = report.played
      for (tier, name) in played.tierNames.enumerated() {
        let pages = Double(max(1, played.tierPages[tier]))
        let hits = Double(played.hitTokens(tier)) / Double(max(1, played.lookedUpTokens))
        let held = played.heldPages(tier)
        try table.append([
          .text(report.variant), .text(name), .real(100 * hits),
          .quantity(Bytes(Double(played.tierPages[tier]) * Double(played.bytesPerPage))),
          .optional(held.map { 100 * $0.mean / pages }),
          .optional(held.map { 100 * Double($0.peak) / pages }),
        ])
      }
    }
    return table
  }

  private func links() throws -> Table {
    var table = Table(columns: [
      Column("variant", .text), Column("link", .text), Column("copies", .integer),
      Column("copied", .quantity(Bytes.self)), Column("busy", .real(.decimals(1)), unit: "%"),
      Column("waited", .quantity(Seconds.self)),
    ])
    for report in reports {
      let played = report.played
      let all = Double(max(1, played.busy + played.stalled))
      for copy in played.copies {
        try table.append([
          .text(report.variant), .text(copy.name), .integer(Int(copy.copies)),
          .quantity(Bytes(Double(copy.bytes))), .real(100 * Double(copy.busy) / all),
          .quantity(Seconds(Double(copy.waited) * 1e-12 / Double(max(1, copy.copies)))),
        ])
      }
    }
    return table
  }
}
