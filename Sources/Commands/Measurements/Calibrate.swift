import ArgumentParser
import Costs
import Diagnostics
import Foundation
import Hardware
import NumericalMethods
import Quantities
import ResultTables
import ScenarioFiles
import Validation

/// `lacuna calibrate`: measured figures and coefficients for profiles.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fit the cost forms of a profile to measured kernels, or measure this machine.",
    subcommands: [CalibrateTablesCommand.self, CalibrateHostCommand.self],
    defaultSubcommand: CalibrateTablesCommand.self)
}

/// `lacuna calibrate tables`, or without the word: fits the coefficients of cost forms and writes
/// them beside the profile.
struct CalibrateTablesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tables",
    abstract: "Fit the cost forms of a profile to measured kernels.",
    discussion: """
      The errors shown are of rows whose shape group the fit had not seen. Coefficients go to
      calibrations/NAME.yaml beside the profile; kernels that are not among the measurements keep
      theirs.

      EXAMPLE:
        lacuna calibrate gemm.csv.gz --profile nvidia-a100-sxm-80gb
        lacuna calibrate tables/ --profile my-machine.yaml --dry-run
      """)

  @Argument(help: "Tables, or folders of tables.", completion: .file())
  var measurements: [String]
  @Option(help: "The profile whose device was measured: a name, or a file.")
  var profile: String
  @Option(help: "Fit this family only; may be given several times.")
  var family: [String] = []
  @Option(help: "Where the measurements are from; by default the names of the files.")
  var source: String?
  @Option(help: "The day of the fit, as 2026-11-21; by default today.")
  var date: String?
  @Option(help: "Threads for the series of the tables.")
  var threads = 2
  @Flag(help: "Show the fits and write nothing.")
  var dryRun = false
  @Flag(help: "Print no progress.")
  var quiet = false

  func validate() throws {
    guard !measurements.isEmpty else { throw ValidationError("Name a table or a folder.") }
    guard threads >= 1 else { throw ValidationError("--threads must be 1 or more.") }
  }

  func run() throws {
    try reportingFaults {
      let library = ProfileLibrary(folder: try Assets.folder("hardware-profiles"))
      let device = try library.profile(profile)
      let file = library.file(of: profile) ?? profile
      let progress = Progress(quiet: quiet)
      let input = try MeasurementInput(measurements, progress: progress)
      let run = try CalibrationRun(
        device: device, tables: input.tables, families: family, source: source,
        date: date ?? Today.text, threads: threads)
      print(try run.table().text(width: 100), terminator: "")
      for one in run.held { print("Held: \(one).") }
      for refusal in run.refusals { print("Refused: \(refusal)") }
      for (reason, count) in run.skipped.sorted(by: { $0.key < $1.key }) {
        print("Skipped \(count) rows: \(reason).")
      }
      guard !dryRun, !run.calibrations.isEmpty else { return }
      let path = CalibrationFile.path(for: file)
      let kept = device.calibrations.filter { old in
        old.device == device.name
          && !run.calibrations.contains { $0.family == old.family && $0.kernel == old.kernel }
      }
      try FileManager.default.createDirectory(
        atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
        withIntermediateDirectories: true)
      try OutputText.write(
        CalibrationText.text(kept + run.calibrations, name: device.name), to: path)
      print("Wrote \(path).")
    }
  }
}

/// The day, as 2026-11-21, in UTC.
enum Today {
  static var text: String {
    let day = Calendar(identifier: .gregorian).dateComponents(
      in: TimeZone(secondsFromGMT: 0) ?? .current, from: Date())
    func two(_ number: Int?) -> String { String(String(100 + (number ?? 0)).dropFirst()) }
    return "\(day.year ?? 0)-\(two(day.month))-\(two(day.day))"
  }
}
