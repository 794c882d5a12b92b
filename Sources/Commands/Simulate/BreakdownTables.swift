import Quantities
import ResultTables
import Simulation

/// Where the time, the bytes, the energy and the memory of one variant go.
struct BreakdownTables {
  let report: Report
  init(_ report: Report) { self.report = report }

  func text() throws -> String {
    var tables = [
      try shares("site", report.sites), try shares("resource", report.resources),
      try operations(), try traffic(), try memory(),
    ]
    if let energy = report.energy { tables.append(try self.energy(energy)) }
    return "\n\(report.variant), a step\n"
      + tables.map { "\n" + $0.text(width: 100) }.joined()
  }

  private func shares(_ name: String, _ shares: [Report.Share]) throws -> Table {
    var table = Table(columns: [
      Column(name, .text), Column("busy", .quantity(Seconds.self), inOneUnit: true),
      Column("waited for", .quantity(Seconds.self), inOneUnit: true),
      Column("of step", .real(.decimals(1)), unit: "%"),
    ])
    for share in shares {
      try table.append([
        .text(share.name), .quantity(share.busy), .quantity(share.awaited),
        .real(100 * share.utilisation),
      ])
    }
    return table
  }

  private func operations() throws -> Table {
    var table = Table(columns: [
      Column("operation", .text), Column("resource", .text),
      Column("busy", .quantity(Seconds.self), inOneUnit: true),
      Column("waited for", .quantity(Seconds.self), inOneUnit: true), Column("bound by", .text),
    ])
    for operation in report.operations {
      try table.append([
        .text(operation.name), .text(operation.stream), .quantity(operation.busy),
        .quantity(operation.awaited), .text(operation.bound),
      ])
    }
    return table
  }

  private func traffic() throws -> Table {
    var table = Table(columns: [
      Column("tier or link", .text), Column("a token", .quantity(Bytes.self)),
    ])
    for path in report.traffic {
      try table.append([.text(path.through), .quantity(path.bytesPerToken)])
    }
    return table
  }

  private func memory() throws -> Table {
    var table = Table(columns: [
      Column("tier", .text), Column("holds", .text), Column("at most", .quantity(Bytes.self)),
    ])
    for tier in report.memory {
      for item in tier.items {
        try table.append([.text(tier.tier), .text(item.what), .quantity(item.bytes)])
      }
      try table.append([
        .text(tier.tier), .text("all, of \(tier.capacity)"), .quantity(tier.peak),
      ])
    }
    return table
  }

  private func energy(_ energy: Report.EnergyShares) throws -> Table {
    var table = Table(
      columns: [Column("energy of", .text), Column("a token", .quantity(Joules.self))],
      footnotes: energy.capped ? ["capped at the board's power limit"] : [])
    try table.append([.text("idle power"), .quantity(energy.idle)])
    if energy.cores > .zero {
      try table.append([.text("cores that hold programs"), .quantity(energy.cores)])
    }
    try table.append([.text("arithmetic"), .quantity(energy.arithmetic)])
    for path in energy.paths {
      try table.append([.text("bytes through \(path.through)"), .quantity(path.energy)])
    }
    try table.append([.text("all"), .quantity(energy.total)])
    return table
  }
}
