import Diagnostics
import EventKernel
import Foundation
import Kernels
import Traces
import Validation

/// A recorded trace run for real: a file of neuron bundles on this machine's disk, a cache that the
/// simulator's own rules keep, and a read of every bundle that is not in it.
struct HostReplay {
  /// What is run for one trace.
  struct Plan {
    /// Tokens whose neurons are held.
    var windows = [0, 1, 5]
    var bundleBytes = 8192
    /// Reads in flight.
    var depth = 32
    var firstStep = 16
    var steps = 48
  }

  let device: String
  let plan: Plan
  private(set) var table: MeasurementTable
  /// Reads that were carried out, and their bytes.
  private(set) var reads = 0
  private(set) var bytes = 0

  /// Most bytes of the file.
  private static let most = 1 << 30

  init(device: String, plan: Plan = Plan()) {
    self.device = device
    self.plan = plan
    table = MeasurementTable(file: "replay")
  }

  /// Runs a trace of neurons with each window.
  ///
  /// - Throws: `Faults` where the file cannot be written or the trace is too short or too large,
  ///   `KernelFault` where it cannot be read.
  mutating func run(
    _ trace: NeuronTrace, name: String, folder: String, advance: (String) -> Void
  ) throws {
    let bundles = trace.layers * trace.neurons
    guard trace.tokens >= plan.firstStep + plan.steps, bundles <= Self.most / plan.bundleBytes
    else {
      throw Faults(
        .conflict(
          key: "--traces", found: name,
          mend: "a replay needs \(plan.firstStep + plan.steps) tokens, and its file at most "
            + "\(Self.most >> 20) MiB"), at: SourcePosition(file: name))
    }
    let file = try ScratchFile(in: folder, bytes: bundles * plan.bundleBytes)
    let reader = try FileReader(
      path: file.path, isDirect: file.isDirect, depth: plan.depth)
    for window in plan.windows {
      try run(trace, name: name, window: window, reader)
      advance("\(name), window \(window)")
    }
  }

  private mutating func run(
    _ trace: NeuronTrace, name: String, window: Int, _ reader: FileReader
  ) throws {
    // The window alone decides what leaves, so there is room for all.
    let rules = CacheRules(
      replacement: .window, eviction: .endOfBatch,
      capacity: Int64(trace.neurons), window: window)
    let caches = (0..<trace.layers).map { _ in EntryCache(rules, universe: trace.neurons) }
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: trace.neurons * plan.bundleBytes, alignment: FileReader.directAlignment)
    defer { room.deallocate() }
    var steps: [MeasuredReplay.Step] = []
    for token in max(0, plan.firstStep - window)..<(plan.firstStep + plan.steps) {
      var step = MeasuredReplay.Step(fetched: [], seconds: 0, line: steps.count + 1)
      for layer in 0..<trace.layers {
        var offsets: [Int] = []
        trace.forEachActive(token: token, layer: layer) { neuron in
          guard !caches[layer].touch(neuron) else { return }
          offsets.append((layer * trace.neurons + neuron) * plan.bundleBytes)
        }
        caches[layer].endBatch()
        guard token >= plan.firstStep else { continue }
        let memory = UnsafeMutableRawBufferPointer(
          rebasing: room[0..<(offsets.count * plan.bundleBytes)])
        let start = Stopwatch.now
        if !offsets.isEmpty {
          try reader.read(offsets: offsets, bytes: plan.bundleBytes, into: memory)
        }
        step.seconds += Stopwatch.now - start
        step.fetched.append(offsets.count)
        reads += offsets.count
        bytes += memory.count
      }
      if token >= plan.firstStep { steps.append(step) }
    }
    table.replays.append(
      MeasuredReplay(
        device: device, recording: name, runtime: "host-threads",
        shape: .neurons(
          NeuronReplayShape(window: window, bundleBytes: plan.bundleBytes, threads: plan.depth)),
        firstStep: plan.firstStep, steps: steps))
  }
}
