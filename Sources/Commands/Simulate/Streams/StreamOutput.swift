import NumericalMethods
import Quantities
import ResultTables
import Serving

/// What streams of requests met, as text, JSON or CSV.
struct StreamOutput {
  let title: String
  let reports: [StreamReport]
  let outcomes: [ExpectationOutcome]

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
    if !outcomes.isEmpty { out += "\n" + (try ExpectationTable(outcomes).text()) }
    return out
  }

  /// What makes the numbers of a run less than they seem.
  private static func cautions(_ report: StreamReport) -> [String] {
    var lines: [String] = []
    if !report.steady.isSteady {
      let percent = Decimal.fixed(100 * report.steady.growth, decimals: 0)
      lines.append(
        "\(report.variant): no steady state. Of the later half of the arrivals \(percent) % were "
          + "left over at the last; latencies are of this run and grow with its length.")
    }
    if report.refused > 0 {
      lines.append(
        "\(report.variant): \(report.refused) requests refused, which need more KV than there is "
          + "room for, or follow one that does.")
    }
    return lines
  }

  /// The servers that compute prompts, where they are apart.
  private static func prompts(_ report: StreamReport) -> String? {
    guard let prompts = report.promptServers else { return nil }
    func percent(_ share: Double) -> String { Decimal.fixed(100 * share, decimals: 1) + " %" }
    let time = prompts.transferTime.map { ", \(Seconds($0)) from prompt to decode" } ?? ""
    return "\(report.variant): prompts by \(prompts.replicas) x \(prompts.hardware), "
      + "busy \(percent(prompts.busy)), bound by \(prompts.bound); \(prompts.link.name) taken "
      + "\(percent(prompts.link.share))\(time)."
  }

  private func latencies() throws -> Table {
    var table = Table(
      columns: ["variant", "latency", "mean", "p50", "p90", "p99"].map { Column($0, .text) },
      footnotes: [
        "+-: half of the 95 % interval by batch means, of the value; none where the run does not tell."
      ] + reports.map(Self.counted))
    for report in reports {
      for (name, summary) in report.latencies.named {
        guard let summary else { continue }
        try table.append(
          [.text(report.variant), .text(name)]
            + summary.figures.map {
              Self.cell($0.estimate.value, report.steady.isSteady ? Self.doubt($0.estimate) : nil)
            })
      }
      let gaps = report.played.gaps
      try table.append(
        [.text(report.variant), .text("token_gap")]
          + [gaps.mean, gaps.quantile(0.5), gaps.quantile(0.9), gaps.quantile(0.99)]
          .map { $0.map { Self.cell($0, nil) } ?? .missing })
    }
    return table
  }

  /// Seconds with their doubt in percent.
  private static func cell(_ seconds: Double, _ doubt: Double?) -> Cell {
    let value = Seconds(seconds).description
    return .text(
      doubt.map { "\(value) +-\(Decimal.fixed($0, decimals: $0 < 9.5 ? 1 : 0))%" } ?? value)
  }

  private static func counted(_ report: StreamReport) -> String {
    "\(report.variant): \(report.latencies.counted) requests count, from number "
      + "\(report.steady.first + 1) on."
  }

  /// Half of the interval in percent of the value.
  private static func doubt(_ estimate: Estimate) -> Double? {
    guard let interval = estimate.interval, estimate.value != 0 else { return nil }
    return 50 * (interval.high - interval.low) / abs(estimate.value)
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
    var table = Table(
      columns: [
        Column("variant", .text), Column("batch", .real(.significant(3))),
        Column("KV tokens", .integer), Column("KV mean", .real(.decimals(1)), unit: "%"),
        Column("KV peak", .real(.decimals(1)), unit: "%"), Column("preempted", .integer),
        Column("bound by", .text), Column("at its peak", .real(.decimals(1)), unit: "%"),
      ], footnotes: reports.compactMap(Self.prompts) + reports.flatMap(Self.cautions))
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

  func json() throws -> String {
    try JSONValue.pairs([
      ("scenario", .text(reports.first?.scenario ?? "")),
      ("variants", .array(reports.map(Self.json))),
      ("expectations", .array(outcomes.map { ExpectationTable.json($0) })),
    ]).encoded(indent: 2) + "\n"
  }

  private static func json(_ report: StreamReport) -> JSONValue {
    let metrics = report.metrics
    return .pairs([
      ("variant", .text(report.variant)), ("hardware", .text(report.hardware)),
      ("runtime", .text(report.runtime)), ("model", .text(report.model)),
      ("requests", .integer(report.played.requests.count)),
      ("counted", .integer(report.latencies.counted)),
      ("left_out", .integer(report.steady.first)),
      ("steady", .boolean(report.steady.isSteady)), ("steps", .integer(Int(report.played.steps))),
      ("kv_tokens", report.kvTokens.map { .integer($0) } ?? .null),
      ("metrics", .pairs(metrics.map { ($0.name, .number($0.value)) })),
      (
        "intervals",
        .pairs(
          metrics.compactMap { metric in
            metric.interval.map {
              (metric.name, .array([.number($0.low), .number($0.high)]))
            }
          })
      ),
      ("bound", .text(report.bound)), ("resources", resources(report.resources)),
      ("prompt_servers", report.promptServers.map(Self.json) ?? .null),
    ])
  }

  private static func resources(_ resources: [StreamReport.Resource]) -> JSONValue {
    .array(
      resources.map {
        .pairs([
          ("name", .text($0.name)), ("share", .number($0.share)),
          ("bytes", $0.bytes.map { .number($0) } ?? .null),
        ])
      })
  }

  private static func json(_ prompts: PromptServersReport) -> JSONValue {
    .pairs([
      ("hardware", .text(prompts.hardware)), ("replicas", .integer(prompts.replicas)),
      ("bound", .text(prompts.bound)), ("resources", resources(prompts.resources)),
      ("transfers", .integer(Int(prompts.transfers.transfers))),
      ("transferred_bytes", .integer(Int(prompts.transfers.bytes))),
      ("link_seconds", .number(Double(prompts.transfers.busy) * 1e-12)),
    ])
  }

  /// Every metric of every variant, one row each, with its 95 % interval.
  func csv() throws -> String {
    let number = Column.Kind.real(.significant(12))
    var table = Table(columns: [
      Column("scenario", .text), Column("variant", .text), Column("metric", .text),
      Column("value", number), Column("low", number), Column("high", number),
    ])
    for report in reports {
      for metric in report.metrics {
        try table.append([
          .text(report.scenario), .text(report.variant), .text(metric.name), .real(metric.value),
          .optional(metric.interval?.low), .optional(metric.interval?.high),
        ])
      }
    }
    return table.csv()
  }

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
