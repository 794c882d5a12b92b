import Foundation
import Plots
import Serving

/// Two timelines of each stream: its batch with the requests that wait, and the room that KV takes.
struct StreamPlots {
  let reports: [StreamReport]

  init(_ reports: [StreamReport]) { self.reports = reports }

  /// Writes `VARIANT-batch.svg` and `VARIANT-kv.svg` into a folder, made at need.
  func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for report in reports {
      let moments = report.played.moments
      try OutputText.write(
        batch(report, moments), to: "\(folder)/\(report.variant)-batch.svg")
      guard report.kvTokens != nil else { continue }
      try OutputText.write(
        occupancy(report, moments), to: "\(folder)/\(report.variant)-kv.svg")
    }
  }

  private func batch(_ report: StreamReport, _ moments: [StreamMoment]) -> String {
    ScatterPlot(
      title: "\(report.variant): batch and waiting requests",
      x: .init("time, s", isLogarithmic: false), y: .init("requests", isLogarithmic: false),
      series: [
        .init(
          name: "in the batch", points: moments.map { ($0.seconds, Double($0.batch)) },
          isJoined: true),
        .init(
          name: "waiting", points: moments.map { ($0.seconds, Double($0.waiting)) },
          isJoined: true),
      ]
    ).svg()
  }

  private func occupancy(_ report: StreamReport, _ moments: [StreamMoment]) -> String {
    let tiers = moments.first?.occupancy.indices ?? 0..<0
    return ScatterPlot(
      title: "\(report.variant): room for KV that is taken",
      x: .init("time, s", isLogarithmic: false), y: .init("%", isLogarithmic: false),
      series: tiers.map { tier in
        .init(
          name: report.kvTiers[tier],
          points: moments.map { ($0.seconds, 100 * $0.occupancy[tier]) }, isJoined: true)
      }
    ).svg()
  }
}
