import Quantities
import ResultTables
import Simulation

/// One row a variant: what people look at first.
struct SummaryTable {
  let reports: [Report]
  init(_ reports: [Report]) { self.reports = reports }

  /// The times of a step by both engines, and what the trace decided.
  func times() throws -> Table {
    let hits = reports.contains { hitRate($0) != nil }
    let guesses = reports.contains { $0.metric("prefetch.accuracy") != nil }
    var columns = [
      Column("variant", .text), seconds("TTFT"), seconds("TPOT"), seconds("p99"),
      seconds("analytic"), Column("gap", .real(.decimals(1)), unit: "%"),
      Column("tokens/s", .real(.significant(4))),
    ]
    if hits { columns.append(Column("hits", .real(.decimals(1)), unit: "%")) }
    if guesses { columns.append(Column("guessed", .real(.decimals(1)), unit: "%")) }
    var table = Table(columns: columns)
    for report in reports {
      var row: [Cell] = [
        .text(report.variant), .optional(report.metric("ttft").map { Seconds($0) }),
        .optional(report.metric("tpot").map { Seconds($0) }), .optional(report.playback?.p99),
        .optional(report.analytic?.step), .optional(gap(report)),
        .optional(report.metric("throughput")),
      ]
      if hits { row.append(.optional(hitRate(report).map { 100 * $0 })) }
      if guesses { row.append(.optional(report.metric("prefetch.accuracy").map { 100 * $0 })) }
      try table.append(row)
    }
    return table
  }

  /// What it takes: memory by tier, energy and money; and the share that the method keeps.
  func means() throws -> Table {
    let coverage = reports.contains { self.coverage($0) != nil }
    let energy = reports.contains { $0.energy != nil }
    let cost = reports.contains { $0.metric("cost_per_million_tokens") != nil }
    var columns = [Column("variant", .text)]
    if coverage { columns.append(Column("coverage", .real(.decimals(1)), unit: "%")) }
    columns += tiers.map { Column("\($0) peak", .quantity(Bytes.self), inOneUnit: true) }
    if energy { columns.append(Column("energy/token", .quantity(Joules.self), inOneUnit: true)) }
    if cost { columns.append(Column("USD/1M tokens", .real(.significant(3)))) }
    var table = Table(columns: columns, footnotes: EnergyNotes(reports).lines)
    for report in reports {
      var row: [Cell] = [.text(report.variant)]
      if coverage { row.append(.optional(self.coverage(report).map { 100 * $0 })) }
      row += tiers.map { tier in .optional(report.memory.first { $0.tier == tier }?.peak) }
      if energy { row.append(.optional(report.energy?.total)) }
      if cost {
        row.append(.optional(report.metric("cost_per_million_tokens")))
      }
      try table.append(row)
    }
    return table
  }

  private func seconds(_ name: String) -> Column {
    Column(name, .quantity(Seconds.self), inOneUnit: true)
  }

  /// All tiers that hold something, those that processors compute from first.
  private var tiers: [String] {
    var tiers: [String] = []
    for tier in reports.map(\.nearTier) + reports.flatMap({ $0.memory.map(\.tier) })
    where !tiers.contains(tier) {
      tiers.append(tier)
    }
    return tiers
  }

  /// Every metric of every variant, one row each.
  func metrics() throws -> Table {
    var table = Table(columns: [
      Column("scenario", .text), Column("variant", .text), Column("engine", .text),
      Column("metric", .text), Column("value", .real(.significant(12))),
    ])
    for report in reports {
      for metric in report.metrics {
        try table.append([
          .text(report.scenario), .text(report.variant), .text(report.engine.rawValue),
          .text(metric.name), .real(metric.value),
        ])
      }
    }
    return table
  }

  /// By how much the analytic step is off playback's mean.
  private func gap(_ report: Report) -> Double? {
    guard let played = report.playback, let analytic = report.analytic, played.total > .zero else {
      return nil
    }
    return 100 * (analytic.total / played.total - 1)
  }

  private func hitRate(_ report: Report) -> Double? {
    report.metric("experts.hit_rate") ?? report.metric("pages.hit_rate")
      ?? report.metric("neurons.hit_rate")
  }

  private func coverage(_ report: Report) -> Double? {
    report.metric("coverage.attention") ?? report.metric("coverage.experts")
  }
}
