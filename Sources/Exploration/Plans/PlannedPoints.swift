/// What the points of a plan give, each worked out once.
final class PlannedPoints {
  let axes: [Axis]
  private let metrics: [String]
  private let play: ([Int]) -> PlanSearch.Outcome
  private let tail: ([Int]) -> Double
  private var known: [Int: PlanSearch.Outcome] = [:]
  private var knownTails: [Int: Double] = [:]
  /// The axis of devices, which does not change what one of them does.
  private let devices: (axis: Int, counts: [Double])?

  init(
    _ axes: [Axis], metrics: [String], play: @escaping ([Int]) -> PlanSearch.Outcome,
    tail: @escaping ([Int]) -> Double
  ) {
    self.axes = axes
    self.metrics = metrics
    self.play = play
    self.tail = tail
    devices = axes.firstIndex { $0.key == PlannedMetric.devices }.flatMap { axis in
      axes[axis].numbers.map { (axis, $0) }
    }
  }

  /// Points of which the tail was played.
  var replayed: Int { knownTails.count }
  /// Points worked out so far.
  var evaluated: Int { known.count }
  /// Points that can be worked out: more devices do the same side by side.
  var count: Int {
    axes.indices.reduce(1) { $0 * ($1 == devices?.axis ? 1 : axes[$1].values.count) }
  }

  func outcome(_ point: [Int]) -> PlanSearch.Outcome {
    let code = code(point)
    if let known = known[code] { return known }
    let outcome = play(point)
    known[code] = outcome
    return outcome
  }

  func tailTime(_ point: [Int]) -> Double {
    let code = code(point)
    if let known = knownTails[code] { return known }
    let time = tail(point)
    knownTails[code] = time
    return time
  }

  /// A metric of a point that was played with these values.
  func value(_ metric: PlannedMetric, _ values: [Double], _ point: [Int]) -> Double {
    metric.value(
      metric.metrics.map { name in metrics.firstIndex(of: name).map { values[$0] } ?? .nan },
      devices: devices.map { $0.counts[point[$0.axis]] } ?? 1)
  }

  /// The place of a point among those of one device.
  private func code(_ point: [Int]) -> Int {
    var code = 0
    for axis in axes.indices where axis != devices?.axis {
      code = code * axes[axis].values.count + point[axis]
    }
    return code
  }
}
