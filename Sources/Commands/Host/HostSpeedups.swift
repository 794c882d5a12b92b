import Costs
import Diagnostics
import Hardware
import Kernels
import Plots
import Programs
import Validation

/// Kernels as they were timed beside what the coefficients of a profile say of the same shapes.
struct HostSpeedups {
  /// A sparse row and its dense twin.
  struct Pair {
    var kernel: String
    var timing: CaseTiming
    /// Dense over sparse time; measured as the median of pairs that ran one after the other.
    var measured: Double
    var predicted: Double
    var error: Double { predicted / measured - 1 }
  }

  let report: CheckReport
  /// Of each shot of the timed kernels, in their order; nil where there is no twin or no coefficient.
  let shots: [Pair?]

  /// Those there are, in the order of kernels and shapes.
  var pairs: [Pair] { shots.compactMap { $0 } }

  /// - Throws: `Faults` of the profile.
  init(_ timed: HostKernels, _ profile: Profile) throws {
    let table = Self.calibrated(timed.table, by: profile)
    report = try Checker(book: KernelBook([profile])) { _ in profile }.check([table])
    var predicted: [Int: (dense: Double?, sparse: Double?)] = [:]
    for section in report.sections {
      for row in section.rows {
        guard let twin = row.twin else { continue }
        if row.isSparse {
          predicted[twin, default: (nil, nil)].sparse = row.predicted
        } else {
          predicted[twin, default: (nil, nil)].dense = row.predicted
        }
      }
    }
    shots = timed.shots.enumerated().map { place, shot in
      guard let both = predicted[place + 1], let dense = both.dense, let sparse = both.sparse,
        let measured = shot.timing.speedup?.median
      else { return nil }
      return Pair(
        kernel: shot.name, timing: shot.timing, measured: measured, predicted: dense / sparse)
    }
  }

  /// The threads that the calibration ran with, from the ends of its kernels' names; the fewest.
  ///
  /// - Throws: `Faults` where none of them is of this machine.
  static func threads(_ profile: Profile, file: String) throws(Faults) -> Int {
    let counts = profile.calibrations.filter { $0.family == "host" }.compactMap { fit in
      fit.kernel.split(separator: "-").last.flatMap {
        $0.hasSuffix("t") ? Int($0.dropLast()) : nil
      }
    }
    guard let least = counts.filter({ (1...CoreProbe.cores).contains($0) }).min() else {
      throw Faults(
        .conflict(
          key: "--host", found: profile.name,
          mend: "no kernel of this machine is calibrated there; run `lacuna calibrate host`"),
        at: SourcePosition(file: file))
    }
    return least
  }

  /// Rows whose own coefficients stand in the profile; others would be priced as another kernel.
  private static func calibrated(
    _ table: MeasurementTable, by profile: Profile
  ) -> MeasurementTable {
    var kept = table
    kept.rows = []
    for row in table.rows {
      let series = table.series[row.series]
      let isKnown = profile.calibrations.contains {
        $0.family == series.family && $0.kernel == series.kernel
      }
      if isKnown {
        kept.rows.append(row)
      } else {
        kept.skip("\(series.family)/\(series.kernel) is not calibrated in \(profile.name)")
      }
    }
    return kept
  }

  /// `host-speedup.svg`: predicted against measured, and lines 15 % apart.
  ///
  /// - Throws: `Faults` when the folder cannot be written.
  func plot(to folder: String) throws {
    var names: [String] = []
    for pair in pairs where names.last != pair.kernel { names.append(pair.kernel) }
    let plot = ScatterPlot(
      title: "Dense over sparse time, predicted against measured",
      x: .init("measured", isLogarithmic: true), y: .init("predicted", isLogarithmic: true),
      series: names.map { name in
        ScatterPlot.Series(
          name: name, points: pairs.filter { $0.kernel == name }.map { ($0.measured, $0.predicted) }
        )
      }, lines: [.proportional(1), .proportional(1.15), .proportional(1 / 1.15)])
    try OutputText.write(plot.svg(), to: "\(folder)/host-speedup.svg")
  }
}
