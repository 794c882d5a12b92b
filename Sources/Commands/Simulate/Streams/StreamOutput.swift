import Quantities
import ResultTables
import Serving

/// What streams of requests met, as text, JSON or CSV.
struct StreamOutput {
  let title: String
  let reports: [StreamReport]

  func text() throws -> String {
    var out = "\(title)\n"
    if let first = reports.first {
      out += "\(first.model) by \(first.runtime) on \(first.hardware), "
      out += "\(first.played.requests.count) requests\n"
    }
    out += "\n" + (try latencies().text(width: 100))
    out += "\n" + (try rates().text(width: 100))
    out += "\n" + (try means().text(width: 100))
    if let tiers = TierTable(reports) { out += "\n" + (try tiers.text()) }
    for report in reports where report.refused > 0 {
      out += "\n\(report.variant): \(report.refused) requests refused, "
      out += "which need more KV than there is room for.\n"
    }
    return out
  }

  private func latencies() throws -> Table {
    var table = Table(
      columns: [
        Column("variant", .text), Column("latency", .text), seconds("mean"), seconds("+-"),
        seconds("p50"), seconds("p90"), seconds("p99"),
      ],
      footnotes: ["+-: half of the 95 % interval of the mean, by means of batches."])
    for report in reports {
      for (name, summary) in Self.latencies(report) {
        guard let summary else { continue }
        try table.append([
          .text(report.variant), .text(name), .quantity(Seconds(summary.mean)),
          .optional(summary.doubt.map { Seconds($0) }), .quantity(Seconds(summary.p50)),
          .quantity(Seconds(summary.p90)), .quantity(Seconds(summary.p99)),
        ])
      }
      let gaps = report.played.gaps
      try table.append([
        .text(report.variant), .text("between tokens"),
        .optional(gaps.mean.map { Seconds($0) }), .missing,
        .optional(gaps.quantile(0.5).map { Seconds($0) }),
        .optional(gaps.quantile(0.9).map { Seconds($0) }),
        .optional(gaps.quantile(0.99).map { Seconds($0) }),
      ])
    }
    return table
  }

  private static func latencies(_ report: StreamReport) -> [(String, LatencySummary?)] {
    [
      ("ttft", report.ttft), ("tpot", report.tpot), ("end to end", report.endToEnd),
      ("queueing", report.queueing),
    ]
  }

  private func rates() throws -> Table {
    var table = Table(columns: [
      Column("variant", .text), Column("offered", .real(.significant(4)), unit: "/s"),
      Column("ended", .real(.significant(4)), unit: "/s"),
      Column("tokens/s", .real(.significant(4))),
      Column("goodput", .real(.significant(4)), unit: "/s"), Column("steps", .integer),
      Column("busy", .real(.decimals(1)), unit: "%"),
      Column("energy/token", .quantity(Joules.self), inOneUnit: true),
    ])
    for report in reports {
      try table.append([
        .text(report.variant), .real(report.offered), .real(report.requestRate),
        .real(report.tokenRate), .optional(report.goodput),
        .integer(Int(report.played.steps)), .real(report.busy * 100),
        .optional(report.joulesPerToken.map { Joules($0) }),
      ])
    }
    return table
  }

  private func means() throws -> Table {
    var table = Table(columns: [
      Column("variant", .text), Column("batch", .real(.significant(3))),
      Column("KV tokens", .integer), Column("KV mean", .real(.decimals(1)), unit: "%"),
      Column("KV peak", .real(.decimals(1)), unit: "%"), Column("preempted", .integer),
      Column("bound by", .text), Column("at its peak", .real(.decimals(1)), unit: "%"),
    ])
    for report in reports {
      let share = report.resources.first { $0.name == report.bound }?.share
      try table.append([
        .text(report.variant), .real(report.meanBatch),
        report.kvTokens.map { Cell.integer($0) } ?? .missing,
        .optional(report.meanOccupancy.map { $0 * 100 }),
        .optional(report.peakOccupancy.map { $0 * 100 }), .integer(report.preemptions),
        .text(report.bound), .optional(share.map { $0 * 100 }),
      ])
    }
    return table
  }

  private func seconds(_ name: String) -> Column {
    Column(name, .quantity(Seconds.self))
  }

  func json() throws -> String {
    try JSONValue.pairs([
      ("scenario", .text(reports.first?.scenario ?? "")),
      ("variants", .array(reports.map(Self.json))),
    ]).encoded(indent: 2) + "\n"
  }

  private static func json(_ report: StreamReport) -> JSONValue {
    func summary(_ value: LatencySummary?) -> JSONValue {
      guard let value else { return .null }
      return .pairs([
        ("mean", .number(value.mean)), ("doubt", value.doubt.map { .number($0) } ?? .null),
        ("p50", .number(value.p50)), ("p90", .number(value.p90)), ("p99", .number(value.p99)),
      ])
    }
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    return .pairs([
      ("variant", .text(report.variant)), ("hardware", .text(report.hardware)),
      ("runtime", .text(report.runtime)), ("model", .text(report.model)),
      ("requests", .integer(report.played.requests.count)), ("counted", .integer(report.counted)),
      ("left_out", .integer(report.leftOut)), ("refused", .integer(report.refused)),
      ("ttft_seconds", summary(report.ttft)), ("tpot_seconds", summary(report.tpot)),
      ("end_to_end_seconds", summary(report.endToEnd)),
      ("queueing_seconds", summary(report.queueing)),
      (
        "between_tokens_seconds",
        .pairs([
          ("mean", number(report.played.gaps.mean)),
          ("p50", number(report.played.gaps.quantile(0.5))),
          ("p90", number(report.played.gaps.quantile(0.9))),
          ("p99", number(report.played.gaps.quantile(0.99))),
        ])
      ),
      ("offered_per_second", .number(report.offered)),
      ("requests_per_second", .number(report.requestRate)),
      ("tokens_per_second", .number(report.tokenRate)),
      ("goodput_per_second", number(report.goodput)),
      ("kept_share", number(report.kept)), ("steps", .integer(Int(report.played.steps))),
      ("busy_share", .number(report.busy)), ("mean_batch", .number(report.meanBatch)),
      ("kv_tokens", report.kvTokens.map { .integer($0) } ?? .null),
      ("kv_mean_share", number(report.meanOccupancy)),
      ("kv_peak_share", number(report.peakOccupancy)),
      ("preemptions", .integer(report.preemptions)),
      ("energy_per_token_joules", number(report.joulesPerToken)), ("bound", .text(report.bound)),
      (
        "resources",
        .array(
          report.resources.map {
            .pairs([
              ("name", .text($0.name)), ("share", .number($0.share)), ("bytes", number($0.bytes)),
            ])
          })
      ),
    ])
  }

  func csv() throws -> String { try latencies().csv() }

  /// One JSON object a line for each request, in order of arrival; times in seconds.
  static func lines(_ report: StreamReport) -> String {
    let table = report.played.requests
    var out = ""
    out.reserveCapacity(table.count * 200)
    func seconds(_ picoseconds: Int64) -> String {
      picoseconds < 0 ? "null" : "\(Double(picoseconds) * 1e-12)"
    }
    for row in 0..<table.count {
      out += "{\"request\":\(row),\"arrival\":\(seconds(table.arrivals[row]))"
      out += ",\"prompt\":\(table.prompts[row]),\"output\":\(table.outputs[row])"
      out += ",\"start\":\(seconds(table.starts[row]))"
      out += ",\"first_token\":\(seconds(table.firstTokens[row]))"
      out += ",\"end\":\(seconds(table.ends[row]))"
      out += ",\"found_tokens\":\(table.found[row]),\"preemptions\":\(table.preemptions[row])"
      out += ",\"refused\":\(table.isRefused[row])}\n"
    }
    return out
  }
}
