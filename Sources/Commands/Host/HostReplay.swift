import EventKernel
import Kernels
import Traces
import Validation

/// Recorded traces run for real: a file of neuron bundles or experts on this machine's disk, caches
/// that the simulator's own rules keep, and a read of everything that is not in them.
struct HostReplay {
  let device: String
  private(set) var table = MeasurementTable(file: "replay")
  /// Reads that were carried out, and their bytes.
  private(set) var reads = 0
  private(set) var bytes = 0

  /// Tokens whose neurons are held.
  private static let windows = [0, 1, 5]
  /// Experts of a layer that are held.
  private static let budgets = [8, 16, 32]
  private static let bundleBytes = 8192
  private static let matrixBytes = 192 << 10
  /// Reads in flight.
  private static let depth = 32
  /// Before it a window fills.
  private static let firstToken = 16
  private static let steps = 48
  /// Most bytes of a file.
  private static let most = 1 << 29

  init(device: String) { self.device = device }

  /// Runs a trace of neurons with each window.
  ///
  /// - Precondition: there is no objection to the trace.
  /// - Throws: `Faults` where the file cannot be written, `KernelFault` where it cannot be read.
  mutating func run(
    _ trace: NeuronTrace, name: String, folder: String, advance: (String) -> Void
  ) throws {
    let whole = trace.layers * trace.neurons * Self.bundleBytes
    let file = try ScratchFile(in: folder, bytes: whole)
    var disk = try DiskReads(file, depth: Self.depth, room: trace.neurons * Self.bundleBytes)
    for window in Self.windows {
      // The window alone decides what leaves, so there is room for all.
      let caches = Self.caches(
        trace.layers, of: trace.neurons,
        CacheRules(
          replacement: .window, eviction: .endOfBatch, capacity: Int64(trace.neurons),
          window: window))
      var steps: [MeasuredReplay.Step] = []
      for token in (Self.firstToken - window)..<(Self.firstToken + Self.steps) {
        var step = MeasuredReplay.Step(fetched: [], seconds: 0, line: steps.count + 1)
        for layer in 0..<trace.layers {
          var missed: [Int] = []
          trace.forEachActive(token: token, layer: layer) { neuron in
            if !caches[layer].touch(neuron) { missed.append(layer * trace.neurons + neuron) }
          }
          caches[layer].endBatch()
          guard token >= Self.firstToken else { continue }
          step.seconds += try disk.read(missed, bytes: Self.bundleBytes)
          step.fetched.append(missed.count)
        }
        if token >= Self.firstToken { steps.append(step) }
      }
      let shape = NeuronReplayShape(
        window: window, bundleBytes: Self.bundleBytes, threads: Self.depth)
      append(steps, .neurons(shape), name: name, firstStep: Self.firstToken)
      advance("\(name), window \(window)")
    }
    take(disk)
  }

  /// Runs a trace of experts with each budget, from its first step and with empty caches.
  ///
  /// - Precondition: there is no objection to the trace.
  /// - Throws: as for neurons.
  mutating func run(
    _ trace: ExpertTrace, name: String, folder: String, advance: (String) -> Void
  ) throws {
    let expert = 3 * Self.matrixBytes
    let whole = trace.layers * trace.expertCount * expert
    let file = try ScratchFile(in: folder, bytes: whole)
    let most = (0..<Self.steps).map { trace.tokens(step: $0).count }.max() ?? 1
    var disk = try DiskReads(
      file, depth: Self.depth, room: min(most * trace.topK, trace.expertCount) * expert)
    for budget in Self.budgets {
      let caches = Self.caches(
        trace.layers, of: trace.expertCount,
        CacheRules(replacement: .lru, eviction: .endOfBatch, capacity: Int64(budget)))
      var steps: [MeasuredReplay.Step] = []
      for index in 0..<Self.steps {
        var step = MeasuredReplay.Step(fetched: [], seconds: 0, line: index + 1)
        for layer in 0..<trace.layers {
          var missed: [Int] = []
          for token in trace.tokens(step: index) {
            for id in trace.experts(token: token, layer: layer) where id >= 0 {
              guard !caches[layer].touch(Int(id)) else { continue }
              let place = 3 * (layer * trace.expertCount + Int(id))
              missed += [place, place + 1, place + 2]
            }
          }
          caches[layer].endBatch()
          step.seconds += try disk.read(missed, bytes: Self.matrixBytes)
          step.fetched.append(missed.count / 3)
        }
        steps.append(step)
      }
      let shape = StoredExpertReplayShape(
        topK: trace.topK, cachedExperts: budget, matrixBytes: Self.matrixBytes,
        depth: Self.depth)
      append(steps, .storedExperts(shape), name: name, firstStep: 0)
      advance("\(name), \(budget) experts")
    }
    take(disk)
  }

  /// Why a trace is not run; nil where it is.
  static func objection(to trace: Trace) -> String? {
    let shape: (steps: Int, bytes: Int)
    switch (trace.pages, trace.experts, trace.neurons) {
    case (nil, nil, let neurons?):
      shape = (neurons.tokens - firstToken, neurons.layers * neurons.neurons * bundleBytes)
    case (nil, let experts?, nil):
      guard experts.expertBytes == nil else { return "its experts differ in size" }
      shape = (experts.steps, experts.layers * experts.expertCount * 3 * matrixBytes)
    default: return "it holds neither neurons nor experts alone"
    }
    if shape.steps < steps { return "it has fewer than \(steps) steps" }
    return shape.bytes > most ? "its file would take more than \(most >> 20) MiB" : nil
  }

  private static func caches(_ layers: Int, of count: Int, _ rules: CacheRules) -> [EntryCache] {
    (0..<layers).map { _ in EntryCache(rules, universe: count) }
  }

  private mutating func append(
    _ steps: [MeasuredReplay.Step], _ shape: MeasuredReplay.Shape, name: String, firstStep: Int
  ) {
    table.replays.append(
      MeasuredReplay(
        device: device, recording: name, runtime: "host-threads", shape: shape,
        firstStep: firstStep, steps: steps))
  }

  private mutating func take(_ disk: DiskReads) {
    reads += disk.reads
    bytes += disk.bytes
  }
}

/// Reads pieces of a file by number, and counts them.
///
/// Neighbours by number lie apart in the file, so that the system makes one read of no two: the
/// profile's table is of reads at random places.
struct DiskReads {
  /// A prime beyond the count of pieces of any file here.
  private static let stride = 1_000_003
  private let file: ScratchFile
  private let reader: FileReader
  private let room: UnsafeMutableRawBufferPointer
  private(set) var reads = 0
  private(set) var bytes = 0

  /// - Throws: `KernelFault` where the file cannot be read.
  init(_ file: ScratchFile, depth: Int, room: Int) throws(KernelFault) {
    self.file = file
    reader = try FileReader(path: file.path, isDirect: file.isDirect, depth: depth)
    self.room = file.room(room)
  }

  /// Reads pieces of so many bytes each and waits for all; the seconds it took, 0 for none.
  mutating func read(_ pieces: [Int], bytes: Int) throws(KernelFault) -> Double {
    guard !pieces.isEmpty else { return 0 }
    let memory = UnsafeMutableRawBufferPointer(rebasing: room[0..<(pieces.count * bytes)])
    let count = file.bytes / bytes
    let offsets = pieces.map { $0 * Self.stride % count * bytes }
    let start = Stopwatch.now
    try reader.read(offsets: offsets, bytes: bytes, into: memory)
    reads += pieces.count
    self.bytes += memory.count
    return Stopwatch.now - start
  }
}
