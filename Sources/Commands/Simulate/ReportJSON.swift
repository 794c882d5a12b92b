import Quantities
import ResultTables
import Simulation

/// A report as JSON: base units, keys in a fixed order.
struct ReportJSON {
  let report: Report
  init(_ report: Report) { self.report = report }

  func value() throws -> JSONValue {
    .pairs([
      ("variant", .text(report.variant)), ("hardware", .text(report.hardware)),
      ("runtime", .text(report.runtime)), ("model", .text(report.model)),
      ("engine", .text(report.engine.rawValue)), ("steps", .integer(report.steps)),
      ("batch", .integer(report.batch)),
      ("metrics", .pairs(report.metrics.map { ($0.name, .number($0.value)) })),
      ("playback", report.playback.map(playback) ?? .null),
      ("analytic", report.analytic.map(analytic) ?? .null),
      ("sites", .array(report.sites.map(share))),
      ("resources", .array(report.resources.map(share))),
      ("operations", .array(report.operations.map(operation))),
      ("memory", .array(report.memory.map(memory))),
      ("energy", report.energy.map(energy) ?? .null),
      ("unmeasured", .array(report.unmeasured.map { .text($0) })),
      ("calibrated", .array(report.calibrated.map(calibrated))),
    ])
  }

  private func playback(_ times: Report.StepTimes) -> JSONValue {
    .pairs([
      ("mean_seconds", .number(times.mean.value)), ("median_seconds", .number(times.median.value)),
      ("p99_seconds", .number(times.p99.value)), ("total_seconds", .number(times.total.value)),
      ("events", .integer(times.events)), ("overlap_share", .number(times.overlapShare)),
      ("contended_share", .number(times.contendedShare)),
    ])
  }

  private func analytic(_ times: Report.AnalyticTimes) -> JSONValue {
    .pairs([
      ("step_seconds", .number(times.step.value)), ("total_seconds", .number(times.total.value)),
      ("upper_seconds", .number(times.upper.value)),
    ])
  }

  private func calibrated(_ kernel: Report.CalibratedKernel) -> JSONValue {
    .pairs([
      ("family", .text(kernel.family)), ("kernel", .text(kernel.kernel)),
      ("device", .text(kernel.device)), ("inherited", .boolean(kernel.isInherited)),
      ("unseen_mean_abs_error", .number(kernel.error)),
      (
        "band",
        kernel.band.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null
      ),
      ("source", .text(kernel.source)),
      ("date", .text(kernel.date)),
    ])
  }

  private func share(_ share: Report.Share) -> JSONValue {
    .pairs([
      ("name", .text(share.name)), ("busy_seconds", .number(share.busy.value)),
      ("awaited_seconds", .number(share.awaited.value)),
      ("utilisation", .number(share.utilisation)),
    ])
  }

  private func operation(_ operation: Report.OperationShare) -> JSONValue {
    .pairs([
      ("name", .text(operation.name)), ("site", .text(operation.site)),
      ("resource", .text(operation.stream)), ("busy_seconds", .number(operation.busy.value)),
      ("awaited_seconds", .number(operation.awaited.value)), ("bound", .text(operation.bound)),
    ])
  }

  private func memory(_ tier: Report.TierMemory) -> JSONValue {
    .pairs([
      ("tier", .text(tier.tier)), ("capacity_bytes", .number(tier.capacity.value)),
      ("peak_bytes", .number(tier.peak.value)),
      (
        "items",
        .array(
          tier.items.map {
            .pairs([("what", .text($0.what)), ("bytes", .number($0.bytes.value))])
          })
      ),
    ])
  }

  private func energy(_ energy: Report.EnergyShares) -> JSONValue {
    .pairs([
      ("idle_joules", .number(energy.idle.value)),
      ("cores_joules", .number(energy.cores.value)),
      ("arithmetic_joules", .number(energy.arithmetic.value)),
      ("paths", .pairs(energy.paths.map { ($0.through, .number($0.energy.value)) })),
      ("without_energy", .array(energy.unstated.map { .text($0) })),
      ("total_joules", .number(energy.total.value)), ("capped", .boolean(energy.capped)),
    ])
  }
}
