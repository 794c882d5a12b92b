import Diagnostics
import Exploration
import Foundation
import Plots
import Quantities
import ResultTables
import Serving

/// The knee of each latency curve of a sweep over rates, with what the server is bound by there.
struct KneeOutput {
  /// A knee, played again for what no row holds.
  struct Knee {
    /// Values of the keys but the rate.
    var keys: [String]
    var curve: LatencyCurve
    var point: LatencyCurve.Point
    var report: StreamReport
    /// What binds at the next higher rate that was played, where latency has begun to rise.
    var beyond: String?

    /// The share of its peak that what binds is at; nil of room and places.
    var share: Double? { report.resources.first { $0.name == report.bound }?.share }
  }

  /// Rates that many times apart are drawn by powers of ten.
  private static let wide = 10.0

  let columns: [String]
  let knees: [Knee]

  /// - Throws: `Faults` of a point that cannot be played again.
  init(_ curves: LatencyCurves, _ definition: SweepDefinition) throws {
    let axes = curves.others(definition.design.axes)
    columns = axes.map(\.key)
    let evaluator = try definition.evaluator()
    var cursor = DesignCursor(definition.design)
    var place = [Int](repeating: 0, count: definition.design.axes.count)
    func report(_ index: Int) throws -> StreamReport? {
      try cursor.point(index, into: &place)
      return try evaluator.stream(place)
    }
    var knees: [Knee] = []
    for it in curves.curves {
      guard let knee = it.curve.knee, let found = try report(knee.index) else { continue }
      knees.append(
        Knee(
          keys: zip(axes, it.others).map { $0.values[$1] }, curve: it.curve, point: knee,
          report: found, beyond: try it.curve.beyond.flatMap { try report($0.index) }?.bound))
    }
    self.knees = knees
  }

  func text() throws -> String {
    var table = Table(
      title: "The knee of the latency curve",
      columns: columns.map { Column($0, .text) } + [
        Column("rate", .real(.significant(4)), unit: "/s"),
        Column("request.time", .quantity(Seconds.self)), Column("ttft", .quantity(Seconds.self)),
        Column("bound by", .text), Column("at its peak", .real(.decimals(1)), unit: "%"),
        Column("beyond it", .text),
      ],
      footnotes: [
        "Of the rates played, the one of most requests ended a second over their mean time; beyond it: "
          + "what binds at the next."
      ]
        + (knees.contains { !$0.curve.isInside }
          ? ["*: the first or the last rate played; the knee may lie beyond."] : []))
    for knee in knees {
      try table.append(
        knee.keys.map { .text($0) } + [
          .real(knee.point.offered), .quantity(Seconds(knee.point.latency)),
          .optional(knee.report.latencies.ttft.map { Seconds($0.mean.value) }),
          .text(knee.report.bound + (knee.curve.isInside ? "" : " *")),
          .optional(knee.share.map { 100 * $0 }), knee.beyond.map { .text($0) } ?? .missing,
        ])
    }
    return table.text(width: 100)
  }

  func json() throws -> String {
    try JSONValue.pairs([
      (
        "knees",
        .array(
          knees.map { knee in
            .pairs([
              ("keys", .pairs(zip(columns, knee.keys).map { ($0, .text($1)) })),
              ("rate_per_second", .number(knee.point.offered)),
              ("ended_per_second", .number(knee.point.ended)),
              ("request_time_seconds", .number(knee.point.latency)),
              ("inside", .boolean(knee.curve.isInside)), ("bound", .text(knee.report.bound)),
              ("utilisation", knee.share.map { .number($0) } ?? .null),
              ("bound_beyond", knee.beyond.map { .text($0) } ?? .null),
            ])
          })
      )
    ]).encoded(indent: 2) + "\n"
  }

  /// Writes `latency-rate.svg` and `knees.json` into a folder, made at need.
  func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let rates = knees.flatMap { $0.curve.points.map(\.offered) }
    let isWide = (rates.max() ?? 1) > Self.wide * (rates.min() ?? 1)
    let plot = ScatterPlot(
      title: "Mean time of a request by rate; rings: knees",
      x: .init("requests offered, /s", isLogarithmic: isWide),
      y: .init("request.time, s", isLogarithmic: true),
      series: knees.map { knee in
        let name = knee.keys.joined(separator: " ")
        return .init(
          name: String((name.isEmpty ? "request.time" : name).prefix(28)),
          points: knee.curve.points.map { ($0.offered, $0.latency) }, isJoined: true,
          mark: (knee.point.offered, knee.point.latency))
      })
    try OutputText.write(plot.svg(), to: "\(folder)/latency-rate.svg")
    try OutputText.write(try json(), to: "\(folder)/knees.json")
  }
}
