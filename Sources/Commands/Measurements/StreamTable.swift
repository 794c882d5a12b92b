import Quantities
import ResultTables
import Validation

/// Logs of requests beside the same arrivals played: a row for each latency.
struct StreamTable {
  let report: CheckReport

  func text() throws -> String {
    guard !report.streams.isEmpty else { return "" }
    var table = Table(
      title: "Request streams played from arrivals alone",
      columns: [
        Column("log", .text), Column("latency", .text),
        Column("measured", .quantity(Seconds.self)), Column("predicted", .quantity(Seconds.self)),
        Column("error", .real(.decimals(1)), unit: "%"),
      ])
    for check in report.streams {
      for row in check.rows {
        try table.append([
          .text(Self.name(report.files[check.file])), .text(row.metric),
          .quantity(Seconds(row.measured)), .quantity(Seconds(row.predicted)),
          .real(row.error * 100),
        ])
      }
    }
    var out = "\n" + table.text(width: 100)
    for check in report.streams {
      out += "\(Self.name(report.files[check.file])): \(check.model) by \(check.runtime) on "
      out += "\(check.device), \(check.requests) requests; \(check.steps) steps of "
      out += "\(Seconds(check.step)) in the mean, of which the host's stated time is "
      out += "\(Decimal.fixed(check.hostShare * 100, decimals: 1)) %. "
      out += "First arrival to last token: logged \(Seconds(check.span)), played "
      out += "\(Seconds(check.playedSpan)); "
      let missing = 1 - check.playedSpan / check.span
      let percent = Decimal.fixed(abs(missing) * 100, decimals: 1)
      out +=
        missing >= 0
        ? "\(percent) % of the log is in no priced step: scheduler, host, what prices miss.\n"
        : "steps are priced \(percent) % too long, and nothing is left for scheduler and host.\n"
    }
    return out
  }

  func json() -> JSONValue {
    .array(
      report.streams.map { check in
        .pairs([
          ("file", .text(report.files[check.file])), ("device", .text(check.device)),
          ("model", .text(check.model)), ("runtime", .text(check.runtime)),
          ("requests", .integer(check.requests)), ("host_share", .number(check.hostShare)),
          ("steps", .integer(check.steps)), ("step_seconds", .number(check.step)),
          ("span_seconds", .number(check.span)),
          ("played_span_seconds", .number(check.playedSpan)),
          (
            "latencies",
            .array(
              check.rows.map {
                .pairs([
                  ("name", .text($0.metric)), ("measured_seconds", .number($0.measured)),
                  ("predicted_seconds", .number($0.predicted)), ("error", .number($0.error)),
                ])
              })
          ),
        ])
      })
  }

  private static func name(_ file: String) -> String {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    return last.replacing("_requests.jsonl.gz", with: "").replacing("_requests.jsonl", with: "")
  }
}
