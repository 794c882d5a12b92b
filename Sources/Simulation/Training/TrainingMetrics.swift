import Policies
import Programs
import Quantities

/// The metrics of a step of training; `docs/metrics.md` defines each.
struct TrainingMetrics {
  let builder: ReportBuilder
  let report: Report
  let step: Double

  func values() -> [Report.MetricValue] {
    var list: [Report.MetricValue] = []
    func add(_ name: String, _ value: Double?) {
      if let value { list.append(.init(name: name, value: value)) }
    }
    let setting = builder.preparation.setting
    let share = setting.deviceShare
    add("training.step_time", step)
    let tokens = Double(setting.workload.prompt * setting.workload.batch)
    add("training.throughput", step > 0 && setting.workload.lengths == nil ? tokens / step : nil)
    add("training.forward_time", busy { $0.name.hasPrefix("forward.") })
    let back = busy { $0.name.hasPrefix("backward.") || $0.name.hasPrefix("recompute.") }
    add("training.backward_time", setting.workload.training?.goesBack == true ? back : nil)
    let near = builder.preparation.memory.peak(setting.nearTier).value
    add("memory.\(setting.nearTier).training_peak", near)
    guard let partition = setting.method.partition else { return list }
    let main = builder.priced.program.streams[0].name
    let busyShare = report.resources.first { $0.name == main }?.utilisation
    add("training.utilisation", busyShare)
    add("communication.bytes", sentBytes)
    add("communication.time", sum { isMessage($0) })
    add("communication.sync_bytes", setting.syncBytes)
    add("communication.saved_share", savedShare(partition))
    add("partition.imbalance", share.imbalance)
    if let context = partition.context, context.scheme != .allToAll {
      add("partition.ring_step_time", ringStep(partition))
    }
    return list
  }

  private func isMessage(_ operation: Operation) -> Bool {
    operation.site == .partition && operation.kind == .copy
  }

  /// Busy time on the main stream.
  private func busy(_ isWanted: (Operation) -> Bool) -> Double {
    sum { $0.stream == 0 && isWanted($0) }
  }

  private func sum(_ isWanted: (Operation) -> Bool) -> Double {
    var sum = 0.0
    for activity in builder.origins.indices where isWanted(builder.operation(of: activity)) {
      sum += builder.times(activity).busy
    }
    return sum * builder.perStep
  }

  private var sentBytes: Double {
    builder.origins.indices.reduce(0) { sum, activity in
      let operation = builder.operation(of: activity)
      return sum + (isMessage(operation) ? operation.traffic.first?.bytes.base ?? 0 : 0)
    }
  }

  /// Bytes between stages that are not sent, of those that they would send uncompressed.
  private func savedShare(_ partition: PartitionPolicy) -> Double? {
    partition.pipeline.map { 1 - $0.width }
  }

  /// A step of the ring lasts as long as its attention, or as the link that takes longest.
  private func ringStep(_ partition: PartitionPolicy) -> Double {
    let layers = Double(builder.preparation.setting.model.layerCount)
    let steps = Double(partition.devices) * layers
    let attention = busy { $0.kind == .attentionPrefill && $0.name.hasPrefix("forward.") }
    let links = Set(partition.levels.map(\.link)).map { link in
      sum { $0.name == "forward.exchange.\(link)" }
    }
    return max(attention, links.max() ?? 0) / steps
  }
}
