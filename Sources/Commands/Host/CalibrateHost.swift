import ArgumentParser
import Costs
import Diagnostics
import Foundation
import Hardware
import Kernels
import Quantities
import ResultTables
import ScenarioFiles
import Validation

/// `lacuna calibrate host`: this machine as a profile, with the coefficients of its kernels.
struct CalibrateHostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host",
    abstract: "Measure this machine and write its profile and coefficients.",
    discussion: """
      Times memory by working set and granularity, arithmetic, the waking of threads, disk reads by
      chunk and depth, and every kernel, sparse and dense, on a grid of shapes. Takes less than two
      minutes. Coefficients go to calibrations/NAME.yaml beside the profile.

      EXAMPLE:
        lacuna calibrate host
        lacuna calibrate host --out boxes/attic.yaml --folder /mnt/nvme
        lacuna validate --host host.yaml
      """)

  @Option(name: [.short, .long], help: "The profile to write; the name of the file is its name.")
  var out = "host.yaml"
  @Option(help: "Where to write and read a file of 256 MiB; by default beside the profile.")
  var folder: String?
  @Option(help: "Threads of the kernels.")
  var threads = 1
  @Flag(help: "Print no progress.")
  var quiet = false

  func validate() throws {
    guard out.hasSuffix(".yaml") else { throw ValidationError("--out must end in .yaml.") }
    guard (1...CoreProbe.cores).contains(threads) else {
      throw ValidationError("--threads must be from 1 to the \(CoreProbe.cores) cores there are.")
    }
  }

  func run() throws {
    try reportingKernelFaults {
      // Before any measuring: a folder that cannot be written is found in a second.
      let files = try HostFiles(out)
      let start = Stopwatch.now
      let progress = Progress(quiet: quiet)
      let kernels = Kernel.all.filter { MeasuredRange.of($0) != nil }
      let steps = kernels.count + CoreProbe.caches.count + 2 + Self.rounds
      let advance = { (what: String) in progress.advance(what, of: steps) }
      let date = Today.text
      let disk = try HostDisk(folder: folder ?? files.folder)
      let one = try WorkerPool(threads: 1)
      let all = try WorkerPool(threads: CoreProbe.cores)
      var machine = try HostMachine(
        name: files.name, date: date, one: one, all: all, advance: advance)
      var timed = HostKernels(
        pool: try WorkerPool(threads: threads), device: files.name, file: "lacuna calibrate host")
      var rounds = 0
      for (done, kernel) in kernels.enumerated() {
        let left = Self.budget - (Stopwatch.now - start)
        try timed.time(kernel, .calibration, seconds: left / Double(kernels.count - done))
        advance(kernel.name)
        while rounds * kernels.count < (done + 1) * Self.rounds {
          try disk.round()
          rounds += 1
          advance("reads")
        }
      }
      machine.take(disk)
      disk.rows(into: &timed.table, device: files.name)
      let fits = try CalibrationRun(
        device: machine.profile, tables: [timed.table], families: [], source: nil, date: date,
        threads: threads)
      progress.finish()
      machine.take(disk.service(fits.calibrations))
      try files.write(machine.profile, fits.calibrations)
      print(try HostSummary.text(machine.profile, disk), terminator: "")
      print(try HostSummary.fits(fits.calibrations).text(width: 100), terminator: "")
      for refusal in fits.refusals { print("Refused: \(refusal)") }
      print(
        "Wrote \(out) in \(Decimal.fixed(Stopwatch.now - start, decimals: 0)) s; "
          + "coefficients are in \(CalibrationFile.path(for: out)).")
    }
  }

  /// Seconds for all measuring; the fits take some more.
  private static let budget = 95.0
  /// Times that the disk's table is read, between the kernels.
  private static let rounds = 8
}

/// A profile and its coefficients, which appear together or not at all.
struct HostFiles {
  let out: String
  let folder: String
  let name: String

  /// - Throws: `Faults` when the folder cannot be written.
  init(_ out: String) throws {
    self.out = out
    let url = URL(fileURLWithPath: out)
    folder = url.deletingLastPathComponent().path
    name = url.deletingPathExtension().lastPathComponent
    let trial = "\(folder)/.lacuna-\(UUID().uuidString)"
    try OutputText.write("", to: trial)
    try FileManager.default.removeItem(atPath: trial)
  }

  /// Writes to a folder beside, reads what was written as a user would, and only then moves it.
  ///
  /// - Throws: `Faults` of the profile or of the folder.
  func write(_ profile: Profile, _ calibrations: [KernelCalibration]) throws {
    let files = FileManager.default
    let trial = "\(folder)/.lacuna-\(UUID().uuidString)"
    try files.createDirectory(
      atPath: "\(trial)/calibrations", withIntermediateDirectories: true)
    defer { unlinkAll(trial) }
    let path = "\(trial)/\(name).yaml"
    let coefficients = CalibrationText.text(calibrations, name: name)
    let text = HostProfileText.text(profile)
    try OutputText.write(coefficients, to: CalibrationFile.path(for: path))
    try OutputText.write(text, to: path)
    _ = try ProfileFile.read(contentsOf: path)
    try files.createDirectory(
      atPath: URL(fileURLWithPath: CalibrationFile.path(for: out)).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    try OutputText.write(coefficients, to: CalibrationFile.path(for: out))
    try OutputText.write(text, to: out)
  }

  private func unlinkAll(_ path: String) {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      FileHandle.standardError.write(Data("left \(path)\n".utf8))
    }
  }
}
