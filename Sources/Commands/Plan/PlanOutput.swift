import Diagnostics
import Exploration
import Quantities
import ResultTables
import Scenarios
import Serving
import Simulation

/// The answer of a plan as text.
struct PlanOutput {
  let axes: [Axis]
  let requirements: [Requirement]
  let objective: PlannedMetric
  let search: PlanSearch
  let evaluator: PointEvaluator
  let devices: DeviceAxis

  /// By how much each requirement is loosened to see what that buys.
  private static let looser = 0.1

  /// - Parameter best: nil where no point holds all requirements.
  func text(_ best: PlanSearch.Best?, isWhole: Bool) throws -> String {
    guard let best else { return try infeasible(isWhole) }
    var text = try keys(best.point)
    text += "\n" + (try terms(best))
    text += "\n" + (try replay(best))
    let gains = search.gains(from: best, looser: Self.looser, isWhole: isWhole)
    for gain in gains {
      text += "Loosened by 10%, \(gain.requirement.text) would give "
      text += "\(objective.name) \(shown(objective, gain.value)).\n"
    }
    if gains.isEmpty, !requirements.isEmpty {
      text += "No requirement loosened by 10% would give a better \(objective.name).\n"
    }
    return text + count
  }

  private func infeasible(_ isWhole: Bool) throws -> String {
    guard let nearest = search.nearest(isWhole: isWhole) else {
      return "No point can be played: memory does not suffice, or the method does not fit.\n"
        + count
    }
    let percent = Decimal.significant(100 * nearest.violation, digits: 3)
    return "No point holds all requirements. The nearest misses one by \(percent)%:\n\n"
      + (try keys(nearest.point)) + "\n" + (try terms(nearest)) + "\n" + count
  }

  private var count: String {
    let share = 100 * Double(search.evaluated) / Double(search.points)
    let replayed = search.replayed > 0 ? ", \(search.replayed) of them played for their tail" : ""
    return "\(search.evaluated) of \(search.points) points worked out "
      + "(\(Decimal.significant(share, digits: 3))%)\(replayed).\n"
  }

  private func keys(_ point: [Int]) throws -> String {
    var table = Table(columns: [Column("key", .text), Column("value", .text)])
    for (axis, place) in zip(axes, point) {
      try table.append([.text(axis.key), .text(axis.values[place])])
    }
    return table.text(width: 100)
  }

  private func terms(_ best: PlanSearch.Best) throws -> String {
    var table = Table(columns: [
      Column("metric", .text), Column("value", .text), Column("required", .text),
      Column("to spare", .real(.decimals(1)), unit: "%"),
    ])
    for (requirement, value) in zip(requirements, best.values) {
      let spare = (requirement.limit - value) / requirement.limit * (requirement.isUpper ? 1 : -1)
      try table.append([
        .text(requirement.metric.name), .text(shown(requirement.metric, value)),
        .text(requirement.text), .real(100 * spare),
      ])
    }
    try table.append([
      .text(objective.name), .text(shown(objective, best.values[requirements.count])), .missing,
      .missing,
    ])
    return table.text(width: 100)
  }

  /// What playback says of the winner.
  private func replay(_ best: PlanSearch.Best) throws -> String {
    if let stream = try evaluator.stream(best.point) { return bound(stream) }
    let report = try evaluator.report(devices.others(best.point), .playback)
    let count = devices.count(best.point, axes)
    var text = ""
    for (place, metric) in (requirements.map(\.metric) + [objective]).enumerated() {
      // The tail is of playback itself.
      guard !metric.isPlayed else { continue }
      let played = metric.value(metric.metrics.map { report.metric($0) ?? .nan }, devices: count)
      guard played.isFinite, played != 0 else { continue }
      let gap = Decimal.fixed(100 * (best.values[place] / played - 1), decimals: 2)
      text += "In playback \(metric.name) is \(shown(metric, played)); the closed form is off by "
      text += "\(gap)%"
      let isMissed = place < requirements.count && !requirements[place].holds(played)
      text += isMissed ? ", and there it does not hold.\n" : ".\n"
    }
    return text
  }

  /// What holds the server of a stream, and whether it holds for longer than the log.
  private func bound(_ stream: StreamReport) -> String {
    let share = stream.resources.first { $0.name == stream.bound }?.share
    let percent = share.map { " at \(Decimal.fixed(100 * $0, decimals: 1))% of its peak" } ?? ""
    let caution =
      stream.steady.isSteady
      ? "" : "The queue still grows at the last request: a longer log would do worse.\n"
    return "Bound by \(stream.bound)\(percent).\n" + caution
  }

  private func shown(_ metric: PlannedMetric, _ value: Double) -> String {
    if metric.isPower { return Watts(value).description }
    if metric.isHourly { return DollarsPerSecond(value / 3600).description }
    return Metric.unit(ofForm: metric.metrics[0])?.text(value) ?? "\(value)"
  }
}
