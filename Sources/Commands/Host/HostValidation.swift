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
  private(set) var report: CheckReport
  private let shots: [HostKernels.Shot]
  private let profile: Profile
  private let folder: String

  /// - Parameter file: the profile that `calibrate host` wrote.
  /// - Throws: `Faults` for a file that is none, `KernelFault` for want of memory.
  init(_ file: String, progress: Progress) throws {
    let profile = try ProfileFile.read(contentsOf: file)
    let known = Set(profile.calibrations.filter { $0.family == "host" }.map(\.kernel))
    guard let threads = Self.threads(known) else {
      throw Faults(
        .conflict(
          key: "--host", found: profile.name,
          mend: "no kernel of this machine is calibrated there; run `lacuna calibrate host`"),
        at: SourcePosition(file: file))
    }
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
    shots = timed.shots
    let table = Self.calibrated(timed.table, by: profile)
    report = try Checker(book: KernelBook([profile])) { _ in profile }.check([table])
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

  /// The threads that the calibration ran with, from the ends of its kernels' names; the fewest.
  private static func threads(_ kernels: Set<String>) -> Int? {
    kernels.compactMap { name in
      name.split(separator: "-").last.flatMap { $0.hasSuffix("t") ? Int($0.dropLast()) : nil }
    }.filter { (1...CoreProbe.cores).contains($0) }.min()
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
}

extension HostValidation {
  /// A sparse row and its dense twin.
  struct Pair {
    var kernel: String
    var timing: CaseTiming
    /// Dense over sparse time; measured as the median of pairs that ran one after the other.
    var measured: Double
    var predicted: Double
    var error: Double { predicted / measured - 1 }
  }

  /// In the order of kernels and shapes.
  var pairs: [Pair] {
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
    return shots.enumerated().compactMap { place, shot in
      guard let both = predicted[place + 1], let dense = both.dense, let sparse = both.sparse,
        let measured = shot.timing.speedup?.median
      else { return nil }
      return Pair(
        kernel: shot.name, timing: shot.timing, measured: measured, predicted: dense / sparse)
    }
  }
}
