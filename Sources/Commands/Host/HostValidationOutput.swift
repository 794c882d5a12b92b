import Foundation
import NumericalMethods
import Quantities
import ResultTables
import Validation

/// What `validate --host` prints and draws.
struct HostValidationOutput {
  let validation: HostValidation
  private let pairs: [HostSpeedups.Pair]
  private let replay: HostReplay?

  init(_ validation: HostValidation, replay: HostReplay?) {
    self.validation = validation
    self.replay = replay
    pairs = validation.speedups.pairs
  }

  /// Each shape with its speedup as measured and as predicted, and the errors of each kernel.
  func text() throws -> String {
    var out = try shapes().text(width: 100) + "\n" + kernels().text(width: 100)
    let errors = pairs.map(\.error)
    if !errors.isEmpty {
      let all = try ErrorSummary(errors)
      out += "\nSpeedups of \(all.rows) shapes that the calibration never saw: off by "
      out +=
        "\(percent(all.median)) in the median, \(percent(all.mean)) on average, nine in ten by "
      out += "less than \(percent(all.p90)).\n"
    }
    out += try replays()
    for (reason, count) in validation.report.skipped.sorted(by: { $0.key < $1.key }) {
      out += "Skipped \(count): \(reason).\n"
    }
    return out
  }

  /// What was read for real, beside playback.
  private func replays() throws -> String {
    guard let replay else { return "" }
    var table = Table(
      title: "Recorded traces, read for real and played back: means over steps",
      columns: [
        Column("trace", .text), Column("run", .text), Column("fetches", .real(.decimals(1))),
        Column("measured", .quantity(Seconds.self)), Column("predicted", .quantity(Seconds.self)),
        Column("error", .real(.decimals(1)), unit: "%"),
        Column("disk", .real(.decimals(1)), unit: "%"),
        Column("then", .real(.decimals(1)), unit: "%"),
      ])
    let sections = validation.report.sections.filter(\.isReplay)
    var rows = Dictionary(uniqueKeysWithValues: sections.map { ($0.family, $0.rows[...]) })
    for (one, slowness) in zip(replay.table.replays, replay.slowness) {
      let timed = one.steps.filter { $0.seconds > 0 }.count
      let own = rows[one.family]?.prefix(timed) ?? []
      rows[one.family] = rows[one.family]?.dropFirst(timed)
      guard own.count == timed, timed > 0 else { continue }
      let count = Double(one.steps.count)
      let measured = own.map(\.measured).reduce(0, +) / count
      let predicted = own.map(\.predicted).reduce(0, +) / count
      let fetches = one.steps.flatMap(\.fetched).reduce(0, +)
      try table.append([
        .text(one.recording), .text(Self.words(one.shape)), .real(Double(fetches) / count),
        .quantity(Seconds(measured)), .quantity(Seconds(predicted)),
        .real((predicted / measured - 1) * 100),
        slowness.map { .real(($0 - 1) * 100) } ?? .missing,
        slowness.map { .real((predicted * $0 / measured - 1) * 100) } ?? .missing,
      ])
    }
    table.footnotes.append(
      "window: tokens whose neurons stay; cache: experts of a layer, or pages of a KV head, that stay"
    )
    table.footnotes.append(
      "disk: reads of the calibration's sizes between the steps, their time now over that of the "
        + "calibration; then: the error of a prediction longer by as much")
    let isExact = sections.allSatisfy { $0.missesExact == true }
    table.footnotes.append(
      "\(replay.reads) reads, \(replay.bytes) bytes; what every layer of every step fetched is "
        + (isExact ? "exactly playback's" : "NOT playback's"))
    return "\n" + table.text(width: 100)
  }

  private static func words(_ shape: MeasuredReplay.Shape) -> String {
    switch shape {
    case .neurons(let shape): "window \(shape.window)"
    case .storedExperts(let shape): "cache \(shape.cachedExperts)"
    case .experts(let shape): "cache \(shape.cachedExperts)"
    case .pages(let shape): "cache \(shape.cachedPages)"
    case .storedPages(let shape): "cache \(shape.cachedPages)"
    }
  }

  private func percent(_ share: Double) -> String { "\(Decimal.fixed(share * 100, decimals: 1)) %" }

  private func shapes() throws -> Table {
    var table = Table(
      title: "Dense over sparse time",
      columns: [
        Column("kernel", .text), Column("sizes", .text), Column("density", .real(.significant(2))),
        Column("sparse", .quantity(Seconds.self)), Column("measured", .real(.significant(3))),
        Column("predicted", .real(.significant(3))),
        Column("error", .real(.decimals(1)), unit: "%"),
      ])
    for pair in pairs {
      let shape = pair.timing.shape
      try table.append([
        .text(pair.kernel), .text(shape.sizes.map(String.init).joined(separator: " x ")),
        .real(shape.density), .quantity(Seconds(pair.timing.sparse?.seconds.median ?? 0)),
        .real(pair.measured), .real(pair.predicted), .real(pair.error * 100),
      ])
    }
    return table
  }

  private func kernels() throws -> Table {
    var table = Table(
      title: "Errors by kernel, in percent: of the time of either variant, and of the speedup",
      columns: [
        Column("kernel", .text), Column("rows", .integer), Column("median", .real(.decimals(1))),
        Column("p90", .real(.decimals(1))), Column("bias", .real(.decimals(1))),
        Column("speedup, median", .real(.decimals(1))),
      ])
    for section in validation.report.sections where !section.isReplay {
      let of = pairs.filter { section.kernel.hasPrefix("\($0.kernel)-sparse-") }
      let speedup = of.isEmpty ? nil : try ErrorSummary(of.map(\.error))
      try table.append([
        .text(section.kernel), .integer(section.rows.count), .real(section.summary.median * 100),
        .real(section.summary.p90 * 100), .real(section.summary.bias * 100),
        speedup.map { .real($0.median * 100) } ?? .missing,
      ])
    }
    return table
  }

  /// `host-speedup.svg`, and the plots of `validate` for times.
  func plot(to folder: String) throws {
    try PlotFiles(validation.report).write(to: folder)
    try validation.speedups.plot(to: folder)
  }
}

extension Checker.Section {
  /// Whether its rows are steps of a replayed trace.
  var isReplay: Bool { missesExact != nil }
}
