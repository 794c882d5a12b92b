import Diagnostics
import Exploration
import Quantities
import ResultStores
import ResultTables
import Scenarios
import Simulation

/// What is shown of a sweep when it is done: its points where they are few, the front, the best in
/// playback, and what matters.
struct SweepSummary {
  private let definition: SweepDefinition
  private let objectives: [Objective]
  private var played = 0
  private var refused: [String: Refusals] = [:]
  private var shown: [ResultRow] = []
  private var front: ParetoFront
  private var best: BestPoints?
  private var elasticities: Elasticities?
  private var replays: [Replay] = []
  private var curves: LatencyCurves?
  private var knees: KneeOutput?

  /// Points that were refused for the same key, with what the first of them was told.
  private struct Refusals {
    var count = 0
    var example: String
  }

  /// A point in both engines.
  private struct Replay {
    var point: Int
    var keys: [String]
    var analytic: Report?
    var playback: Report
  }

  /// More points are counted, not shown.
  private static let shownRows = 40

  /// Reads all rows, and replays the best.
  /// - Throws: `Faults` where a part is broken.
  init(
    _ definition: SweepDefinition, _ folder: PartFolder, _ objectives: [Objective],
    _ goal: Objective?, count: Int
  ) throws {
    self.definition = definition
    self.objectives = objectives
    front = ParetoFront(objectives)
    best = goal.map { BestPoints($0, count: count) }
    if case .oneAtATime = definition.design.sampling {
      elasticities = Elasticities(definition.design, metrics: definition.metrics.count)
    }
    if definition.isOfStreams { curves = LatencyCurves(definition.design.axes) }
    if objectives.isEmpty, goal == nil, elasticities == nil, curves == nil,
      definition.design.count > Self.shownRows
    {
      let count = try folder.countRows { refuse($0) }
      played = count - refusedCount
    } else {
      try folder.forEachRow { try take($0) }
      try replay()
      if let curves { knees = try KneeOutput(curves, definition) }
    }
  }

  private mutating func refuse(_ row: ResultRow) {
    let fault = row.fault ?? ""
    let key = fault.split(separator: " ").first.map(String.init) ?? ""
    refused[key, default: Refusals(example: fault)].count += 1
  }

  private mutating func take(_ row: ResultRow) throws {
    if row.fault == nil { played += 1 } else { refuse(row) }
    if definition.design.count <= Self.shownRows { shown.append(row) }
    func value(_ objective: Objective) -> Double? {
      definition.metrics.firstIndex(of: objective.metric).flatMap { row.metrics[$0] }
    }
    if !objectives.isEmpty { front.add(point: row.point, values: objectives.map(value)) }
    if let goal = best?.objective { best?.add(point: row.point, value: value(goal)) }
    if elasticities != nil || curves != nil {
      let point = try place(row.point)
      elasticities?.add(point: point, metrics: row.metrics)
      curves?.add(
        point: row.point, at: point,
        LatencyCurve.metrics.map { name in
          definition.metrics.firstIndex(of: name).flatMap { row.metrics[$0] }
        })
    }
  }

  private mutating func replay() throws {
    // Streams are played as it is.
    guard let best, !best.entries.isEmpty, !definition.isOfStreams else { return }
    let evaluator = try definition.evaluator()
    for entry in best.entries {
      let point = try place(entry.point)
      replays.append(
        Replay(
          point: entry.point, keys: texts(point), analytic: try evaluator.report(point, .analytic),
          playback: try evaluator.report(point, .playback)))
    }
  }

  private func place(_ index: Int) throws -> [Int] {
    var cursor = DesignCursor(definition.design)
    var point = [Int](repeating: 0, count: definition.design.axes.count)
    try cursor.point(index, into: &point)
    return point
  }

  private func texts(_ point: [Int]) -> [String] {
    zip(definition.design.axes, point).map { $0.values[$1] }
  }

  func text() throws -> String {
    var text = "\(played) of \(played + refusedCount) points played"
    text += refusedCount > 0 ? "; refused:\n" : "\n"
    let kinds = refused.sorted { a, b in
      a.value.count == b.value.count ? a.key < b.key : a.value.count > b.value.count
    }
    for (_, it) in kinds.prefix(5) { text += "  \(it.count), as: \(it.example)\n" }
    if !shown.isEmpty { text += "\n" + (try points()) }
    if let elasticities { text += "\n" + (try effects(elasticities)) }
    if !objectives.isEmpty { text += "\n" + (try frontTable()) }
    if !replays.isEmpty { text += "\n" + (try replayTable()) }
    if definition.isOfStreams, let best { text += "\n" + (try bestTable(best)) }
    if let knees, !knees.knees.isEmpty { text += "\n" + (try knees.text()) }
    return text
  }

  /// Draws the latency curves, where there are some, and writes their knees into a folder.
  func draw(to folder: String) throws { try knees?.write(to: folder) }

  private var refusedCount: Int { refused.values.reduce(0) { $0 + $1.count } }

  private var keyColumns: [Column] { definition.design.axes.map { Column($0.key, .text) } }

  private func points() throws -> String {
    var table = Table(columns: keyColumns + definition.metrics.map { MetricColumn.column($0) })
    for row in shown {
      try table.append(
        row.keys.map { .text($0) }
          + zip(definition.metrics, row.metrics).map { MetricColumn.cell($0, $1) })
    }
    return table.text(width: 100)
  }

  private func frontTable() throws -> String {
    let members = front.front
    var table = Table(
      title: "\(members.count) points that no other beats",
      columns: keyColumns + objectives.map { MetricColumn.column($0.metric) },
      footnotes: members.count > Self.shownRows ? ["The first \(Self.shownRows) are shown."] : [])
    for member in members.prefix(Self.shownRows) {
      try table.append(
        texts(try place(member.point)).map { .text($0) }
          + zip(objectives, member.values).map { MetricColumn.cell($0.metric, $1) })
    }
    return table.text(width: 100)
  }

  private func effects(_ elasticities: Elasticities) throws -> String {
    var table = Table(
      title: "By how many percent a metric changes for one percent of a key",
      columns: [Column("key", .text)] + definition.metrics.map { Column($0, .text) },
      footnotes: ["Others at the middle of their values; x: largest over smallest value."])
    for (axis, it) in elasticities.axes.enumerated() {
      let cells = definition.metrics.indices.map { metric -> Cell in
        switch elasticities.effect(of: axis, on: metric) {
        case .elasticity(let slope): .text(Decimal.fixed(slope, decimals: 2))
        case .spread(let ratio): .text("x\(Decimal.significant(ratio, digits: 3))")
        case .unknown: .missing
        }
      }
      try table.append([.text(it.key)] + cells)
    }
    return table.text(width: 100)
  }

  private func bestTable(_ best: BestPoints) throws -> String {
    let metric = best.objective.metric
    var table = Table(title: "The best", columns: keyColumns + [MetricColumn.column(metric)])
    for entry in best.entries {
      try table.append(
        texts(try place(entry.point)).map { .text($0) } + [MetricColumn.cell(metric, entry.value)])
    }
    return table.text(width: 100)
  }

  private func replayTable() throws -> String {
    let metric = best?.objective.metric ?? "tpot"
    var table = Table(
      title: "The best in playback",
      columns: keyColumns + [
        MetricColumn.column(metric), Column("in playback", .text),
        Column("gap", .real(.decimals(1)), unit: "%"),
      ])
    for replay in replays {
      let analytic = replay.analytic?.metric(metric)
      let playback = replay.playback.metric(metric)
      var gap: Double?
      if let analytic, let playback, playback != 0 { gap = 100 * (analytic / playback - 1) }
      let shown = playback.map { value in
        Metric.unit(ofForm: metric)?.text(value) ?? "\(value)"
      }
      try table.append(
        replay.keys.map { .text($0) } + [
          MetricColumn.cell(metric, analytic), shown.map { .text($0) } ?? .missing, .optional(gap),
        ])
    }
    return table.text(width: 100)
  }
}
