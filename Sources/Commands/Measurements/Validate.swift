import ArgumentParser
import Costs
import Diagnostics
import Foundation
import Hardware
import ScenarioFiles
import Validation

/// `lacuna validate`: predictions beside measurements.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Predict what was measured and show how far the predictions are off.",
    discussion: """
      MEASUREMENTS are tables of timed kernels as CSV, plain or gzip, or folders of them; the kind
      of a table is told by its columns. Scenarios, or a folder of them, are held against what they
      expect, and against the claims of a file.

      EXAMPLE:
        lacuna validate attention_decode.csv --profile nvidia-h200-server
        lacuna validate tables/ --format json
        lacuna validate measurements/trace_driven --traces recordings/
        lacuna validate scenarios/systems --claims systems.json
        lacuna validate --host host.yaml --plots plots/
        lacuna validate gemm.csv.gz --leave-out nvidia-a100-sxm-80gb --plots plots/
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

  @Argument(help: "Tables or scenarios, or folders of them.", completion: .file())
  var measurements: [String] = []
  @Option(help: "The profile of the device, whatever the tables call it.")
  var profile: String?
  @Option(
    help: "Predict as if this profile had no coefficients of its own; may be given several times.")
  var leaveOut: [String] = []
  @Option(
    defaultAsFlag: "host.yaml",
    help: "Time this machine's kernels on new shapes and predict them from this profile.")
  var host: String?
  @Option(help: "The folder of the recordings that drove tables of replayed steps.")
  var traces: String?
  @Option(help: "Write a scatter plot and a plot of errors by size for each family here.")
  var plots: String?
  @Option(
    help: "Write the page of docs/accuracy.md here, of scenarios that of docs/systems.md.")
  var page: String?
  @Option(help: "How many of the worst rows to show.")
  var worst = 5
  @Option(help: "table, json or csv (one line a row).")
  var format = Format.table
  @Flag(help: "Print no progress.")
  var quiet = false
  @OptionGroup(title: "Options for scenarios")
  var systems: SystemsOptions

  func validate() throws {
    guard host == nil || measurements.isEmpty else {
      throw ValidationError("--host measures by itself; name no tables beside it.")
    }
    guard host != nil || !measurements.isEmpty else {
      throw ValidationError("Name a table, a scenario or a folder.")
    }
    guard systems.threads >= 1 else { throw ValidationError("--threads must be 1 or more.") }
    guard systems.claims == nil || SystemFiles.areScenarios(measurements) else {
      throw ValidationError("--claims needs scenarios: name a folder of them.")
    }
    guard worst >= 0 else { throw ValidationError("--worst must be 0 or more.") }
  }

  func run() throws {
    if let host { return try validate(host: host) }
    if SystemFiles.areScenarios(measurements) {
      return try reportingFaults {
        try systems.run(measurements, page: page, format: format, quiet: quiet)
      }
    }
    try reportingFaults {
      let folder = try Assets.folder("hardware-profiles")
      let devices = try DeviceBook(folder: folder)
      let named = try profile.map { try ProfileLibrary(folder: folder).profile($0) }
      for name in leaveOut where !devices.profiles.contains(where: { $0.name == name }) {
        throw Faults(
          .unknownName(
            key: "--leave-out", kind: "profile", found: name, known: devices.profiles.map(\.name)),
          at: SourcePosition(file: folder))
      }
      let input = try MeasurementInput(
        measurements, progress: Progress(quiet: quiet || format != .table))
      let book = KernelBook(
        devices.profiles + (named.map { [$0] } ?? []), leavingOut: Set(leaveOut))
      let find = { @Sendable (device: String) in named ?? devices.profile(of: device) }
      var report = try Checker(book: book, profile: find).check(input.tables)
      let runtime = { @Sendable (name: String) throws(Faults) in
        try RuntimeFile.runtime(
          name, folder: "\(folder)/runtimes", at: SourcePosition(file: "\(folder)/runtimes"))
      }
      try PowerChecker(profile: find).check(input.tables, into: &report)
      try StepChecker(profile: find, runtime: runtime).check(input.tables, into: &report)
      let recordings = try traces.map { try RecordingFolder($0) }
      try ReplayChecker(profile: find, runtime: runtime) { name throws(Faults) in
        try recordings?.trace(name)
      }.check(input.tables, into: &report)
      let models = ModelLibrary(folder: try Assets.folder("scenarios") + "/models")
      let names = try ModelNames(library: models)
      try EndToEndChecker(
        book: ServingFile.book(folder: "\(folder)/serving"), profile: find
      ) { word throws(Faults) in
        guard let name = names.name(of: word) else { return nil }
        return try StepSizes(models.model(name, at: SourcePosition(file: models.folder)))
      }.check(input.tables, into: &report)
      try StreamChecker(
        profile: find,
        runtime: { name, version throws(Faults) in
          // Kernels of a version that was profiled layer by layer stand in a runtime of their own.
          let own = version.map { "\(name)-\($0)" } ?? name
          let path = "\(folder)/runtimes/\(own).yaml"
          return try runtime(FileManager.default.fileExists(atPath: path) ? own : name)
        }, donors: { () throws(Faults) in devices.profiles }
      ) { word throws(Faults) in
        guard let name = names.name(of: word) else { return nil }
        return try models.model(name, at: SourcePosition(file: models.folder))
      }.check(input.tables, into: &report)
      let output = ValidateOutput(report: report, pairs: SpeedupPairs(report))
      if let plots { try PlotFiles(report).write(to: plots) }
      if let page {
        try OutputText.write(
          AccuracyPage(
            report: report, pairs: SpeedupPairs(report), profiles: devices.profiles,
            command: "make accuracy", plots: plots.map { ($0 as NSString).lastPathComponent }
          ).text(), to: page)
      }
      switch format {
      case .table: print(try output.text(worst: worst), terminator: "")
      case .json: print(try output.json(), terminator: "")
      case .csv: print(try output.csv(), terminator: "")
      }
    }
  }

  private func validate(host file: String) throws {
    try reportingKernelFaults {
      let progress = Progress(quiet: quiet || format != .table)
      var validation = try HostValidation(file, progress: progress)
      let folder = "\(try Assets.folder("hardware-profiles"))/runtimes"
      let replaying = Progress(quiet: quiet || format != .table)
      let replay = try traces.map {
        try validation.replay($0, progress: replaying) { name throws(Faults) in
          try RuntimeFile.runtime(name, folder: folder, at: SourcePosition(file: folder))
        }
      }
      replaying.finish()
      let shown = HostValidationOutput(validation, replay: replay)
      if let plots { try shown.plot(to: plots) }
      let output = ValidateOutput(
        report: validation.report, pairs: SpeedupPairs(validation.report))
      switch format {
      case .table: print(try shown.text(), terminator: "")
      case .json: print(try output.json(), terminator: "")
      case .csv: print(try output.csv(), terminator: "")
      }
    }
  }
}
