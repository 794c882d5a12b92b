import Foundation
import Plots
import Validation

/// Two plots for each family: predicted against measured, and error by size.
struct PlotFiles {
  let report: CheckReport

  init(_ report: CheckReport) { self.report = report }

  /// Writes `FAMILY-scatter.svg` and `FAMILY-errors.svg` into a folder, made at need.
  func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for family in Set(report.sections.map(\.family)).sorted() {
      let sections = report.sections.filter { $0.family == family && $0.isOfTime }
      guard !sections.isEmpty else {
        let power = report.sections.filter { $0.family == family }
        try OutputText.write(readings(family, power), to: "\(folder)/\(family)-scatter.svg")
        continue
      }
      let name = family.replacing(":", with: "-")
      try OutputText.write(scatter(family, sections), to: "\(folder)/\(name)-scatter.svg")
      try OutputText.write(errors(family, sections), to: "\(folder)/\(name)-errors.svg")
    }
  }

  private func scatter(_ family: String, _ sections: [Checker.Section]) -> String {
    ScatterPlot(
      title: "\(family): predicted against measured", x: .init("measured, us", isLogarithmic: true),
      y: .init("predicted, us", isLogarithmic: true),
      series: sections.map { section in
        ScatterPlot.Series(
          name: Self.label(section),
          points: section.rows.map { ($0.measured * 1e6, $0.predicted * 1e6) })
      }, lines: [.proportional(1), .proportional(1.1), .proportional(1 / 1.1)]
    ).svg()
  }

  private func readings(_ family: String, _ sections: [Checker.Section]) -> String {
    ScatterPlot(
      title: "\(family): predicted against measured",
      x: .init("measured, W", isLogarithmic: false), y: .init("predicted, W", isLogarithmic: false),
      series: sections.map { section in
        ScatterPlot.Series(
          name: Self.label(section), points: section.rows.map { ($0.measured, $0.predicted) })
      }, lines: [.proportional(1), .proportional(1.12), .proportional(1 / 1.12)]
    ).svg()
  }

  private func errors(_ family: String, _ sections: [Checker.Section]) -> String {
    ScatterPlot(
      title: "\(family): error by size",
      x: .init("least time by the roofline, us", isLogarithmic: true),
      y: .init("error, %", isLogarithmic: false),
      series: sections.map { section in
        ScatterPlot.Series(
          name: Self.label(section),
          points: section.rows.map {
            // A row far off would flatten all others; it stands at the edge.
            ($0.roofline * 1e6, min(max($0.error * 100, -60), 60))
          })
      }, lines: [.level(0), .level(10), .level(-10)]
    ).svg()
  }

  private static func label(_ section: Checker.Section) -> String {
    "\(section.device.replacing("nvidia-", with: "")) \(section.kernel)".prefix(28).description
  }
}
