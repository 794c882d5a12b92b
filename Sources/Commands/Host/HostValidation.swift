import Costs
import Diagnostics
import Foundation
import Hardware
import Kernels
import ScenarioFiles
import Traces
import Validation

/// Times kernels on shapes that the calibration never saw, and predicts the same from the profile.
struct HostValidation {
  /// Of kernels and reads, then of replays too.
  private(set) var report: CheckReport
  let speedups: HostSpeedups
  private let profile: Profile
  private let folder: String

  /// - Parameter file: the profile that `calibrate host` wrote.
  /// - Throws: `Faults` for a file that is none, `KernelFault` for want of memory.
  init(_ file: String, progress: Progress) throws {
    let profile = try ProfileFile.read(contentsOf: file)
    let threads = try HostSpeedups.threads(profile, file: file)
    let kernels = Kernel.all.filter { MeasuredRange.of($0) != nil }
    var timed = HostKernels(
      pool: try WorkerPool(threads: threads), device: profile.name, file: file)
    let steps = kernels.count + Self.rounds
    let advance = { (what: String) in progress.advance(what, of: steps) }
    self.profile = profile
    folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    let disk = try HostDisk(folder: folder, chunks: Self.chunks, depths: Self.depths)
    for _ in 0..<Self.rounds {
      try disk.round()
      advance("reads")
    }
    disk.rows(into: &timed.table, device: profile.name)
    for kernel in kernels {
      try timed.time(kernel, .validation, seconds: Self.secondsEach)
      advance(kernel.name)
    }
    progress.finish()
    speedups = try HostSpeedups(timed, profile)
    report = speedups.report
  }

  /// Runs recorded traces for real and plays them back on the profile.
  ///
  /// - Parameter traces: a folder of traces, or one trace.
  /// - Returns: what was read.
  /// - Throws: `Faults`, `KernelFault`.
  mutating func replay(
    _ traces: String, progress: Progress,
    runtime: @escaping @Sendable (String) throws(Faults) -> Runtime
  ) throws -> HostReplay {
    let flash = profile.tiers.first { $0.kind == .storage }
    var replay = HostReplay(device: profile.name, calibrated: flash?.reads)
    var known: [String: Trace] = [:]
    for file in try Self.files(traces) {
      let trace = try TraceReader.read(file)
      let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
      if let objection = ReplayPlan.objection(to: trace) {
        report.skipped["the trace \(name) is not replayed: \(objection)", default: 0] += 1
      } else {
        known[name] = trace
      }
    }
    let advance = { (what: String) in progress.advance(what, of: HostReplay.parts(of: known.count))
    }
    for (name, trace) in known.sorted(by: { $0.key < $1.key }) {
      try replay.run(trace, name: name, folder: folder, advance: advance)
    }
    let (profile, recordings) = (profile, known)
    try ReplayChecker(profile: { _ in profile }, runtime: runtime) { name throws(Faults) in
      recordings[name]
    }.check([replay.table], into: &report)
    return replay
  }

  private static func files(_ path: String) throws(Faults) -> [String] {
    guard !path.hasSuffix(".ltrace") else { return [path] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        .filter { $0.hasSuffix(".ltrace") }.map { "\(path)/\($0)" }
    } catch {
      throw Faults(
        .unreadable(reason: error.localizedDescription), at: SourcePosition(file: path))
    }
  }

  /// Between those of the profile's table.
  private static let chunks = [8 << 10, 32 << 10, 128 << 10, 512 << 10]
  private static let depths = [2, 8, 24]
  private static let rounds = 3
  private static let secondsEach = 2.0
}
