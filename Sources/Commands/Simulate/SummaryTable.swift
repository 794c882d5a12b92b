import Quantities
import ResultTables
import Simulation

/// One row a variant.
struct SummaryTable {
  let reports: [Report]
  init(_ reports: [Report]) { self.reports = reports }

  /// The few numbers that people look at first.
  func table() throws -> Table {
    let hits = reports.contains { hitRate($0) != nil }
    let coverage = reports.contains { self.coverage($0) != nil }
    let energy = reports.contains { $0.energy != nil }
    var columns = [
      Column("variant", .text), Column("TTFT", .quantity(Seconds.self)),
      Column("TPOT", .quantity(Seconds.self)),
      Column("p99", .quantity(Seconds.self)), Column("analytic", .quantity(Seconds.self)),
      Column("gap", .real(.decimals(1)), unit: "%"),
      Column("tokens", .quantity(PerSecond.self)),
    ]
    if hits { columns.append(Column("hits", .real(.decimals(1)), unit: "%")) }
    if coverage { columns.append(Column("coverage", .real(.decimals(1)), unit: "%")) }
    if energy { columns.append(Column("energy", .quantity(Joules.self))) }
    columns.append(Column("near memory", .quantity(Bytes.self)))
    var table = Table(columns: columns)
    for report in reports {
      var row: [Cell] = [
        .text(report.variant), .optional(report.metric("ttft").map { Seconds($0) }),
        .optional(report.metric("tpot").map { Seconds($0) }), .optional(report.playback?.p99),
        .optional(report.analytic?.step), .optional(gap(report)),
        .optional(report.metric("throughput").map { PerSecond($0) }),
      ]
      if hits { row.append(.optional(hitRate(report).map { 100 * $0 })) }
      if coverage { row.append(.optional(self.coverage(report).map { 100 * $0 })) }
      if energy { row.append(.optional(report.energy?.total)) }
      row.append(.optional(report.memory.first { $0.tier == report.nearTier }?.peak))
      try table.append(row)
    }
    return table
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
