import Hardware
import Kernels
import Traces
import Validation

/// Recorded traces run for real: a file of neuron bundles, experts or KV pages on this machine's disk,
/// and a read of everything that the caches of a plan do not hold; nothing is computed.
struct HostReplay {
  let device: String
  /// The reads that the calibration measured.
  let calibrated: ReadTable?
  private(set) var table = MeasurementTable(file: "replay")
  /// Of each replay: what reads of the calibration took beside it, over what they took then; nil
  /// without a table of them.
  private(set) var slowness: [Double?] = []
  /// Reads that were carried out, and their bytes.
  private(set) var reads = 0
  private(set) var bytes = 0

  /// Steps between control reads.
  private static let controlled = 8
  /// How often each replay is carried out; the time of a step is the median.
  private static let rounds = 5

  init(device: String, calibrated: ReadTable?) {
    self.device = device
    self.calibrated = calibrated
  }

  /// Runs every plan of a trace.
  ///
  /// - Precondition: there is no objection to the trace.
  /// - Throws: `Faults` where the file cannot be written, `KernelFault` where it cannot be read.
  mutating func run(
    _ trace: Trace, name: String, folder: String, advance: (String) -> Void
  ) throws {
    let plans = ReplayPlan.all(trace)
    guard let first = plans.first else { return }
    let file = try ScratchFile(in: folder, bytes: first.pieces * first.pieceBytes)
    var runs = try plans.map { try Run($0, file, calibrated) }
    // One for all, so that none of them finds better memory than another.
    let room = try ReadRoom(bytes: runs.map(\.bytes).max() ?? 0)
    // Round by round, so that each replay meets the disk at several moments.
    for _ in 0..<Self.rounds {
      for place in runs.indices {
        try runs[place].carryOut(controlled: Self.controlled, into: room)
        advance(name)
      }
    }
    for run in runs {
      slowness.append(run.control?.slowness)
      table.replays.append(
        MeasuredReplay(
          device: device, recording: name, runtime: "host-threads", shape: run.plan.shape,
          firstStep: run.plan.firstStep, steps: run.steps))
      reads += run.disk.reads
      bytes += run.disk.bytes
    }
  }

  static func parts(of traces: Int) -> Int { traces * rounds * ReplayPlan.each }

  /// A plan with what it reads through.
  private struct Run {
    let plan: ReplayPlan
    private(set) var disk: DiskReads
    private(set) var control: ControlReads?
    /// The most that is read at once.
    let bytes: Int
    /// Seconds of each step, round after round.
    private var seconds: [[Double]]

    init(_ plan: ReplayPlan, _ file: ScratchFile, _ calibrated: ReadTable?) throws(KernelFault) {
      self.plan = plan
      let groups = plan.steps.joined().map(\.count).filter { $0 > 0 }
      disk = try DiskReads(file, depth: ReplayPlan.depth)
      let typical = groups.isEmpty ? 1 : Repeated(groups.map(Double.init)).median
      if let calibrated {
        control = try ControlReads(
          file, calibrated, chunk: plan.pieceBytes, depth: min(Double(ReplayPlan.depth), typical))
      }
      bytes = max((groups.max() ?? 0) * plan.pieceBytes, control?.bytes ?? 0)
      seconds = Array(repeating: [], count: plan.steps.count)
    }

    mutating func carryOut(controlled: Int, into room: ReadRoom) throws(KernelFault) {
      for (index, layers) in plan.steps.enumerated() {
        if index % controlled == 0 { try control?.lap(into: room) }
        var time = 0.0
        for missed in layers {
          time += try disk.read(missed, bytes: plan.pieceBytes, into: room)
        }
        seconds[index].append(time)
      }
    }

    var steps: [MeasuredReplay.Step] {
      zip(plan.steps, seconds).enumerated().map { index, step in
        MeasuredReplay.Step(
          fetched: step.0.map { $0.count / plan.piecesEach }, seconds: Repeated(step.1).median,
          line: index + 1)
      }
    }
  }
}
