import Kernels
import Programs
import Validation

/// Times kernels on shapes of their ranges, as rows of a measurement table.
struct HostKernels {
  /// Which shapes: those that coefficients are fitted to, or others.
  enum Places {
    case calibration, validation

    /// Places of one sequence that no other purpose takes.
    var range: Range<Int> {
      switch self {
      case .calibration: 0..<20
      case .validation: 1000..<1008
      }
    }
  }

  /// A shape with the rows that its times became.
  struct Shot {
    var timing: CaseTiming
    var name: String
  }

  let pool: WorkerPool
  let device: String
  var table: MeasurementTable
  private(set) var shots: [Shot] = []

  init(pool: WorkerPool, device: String, file: String) {
    self.pool = pool
    self.device = device
    table = MeasurementTable(file: file)
  }

  /// The name under which a variant's coefficients stand.
  static func series(_ kernel: String, isSparse: Bool, threads: Int) -> String {
    "\(kernel)-\(isSparse ? "sparse" : "dense")-\(threads)t"
  }

  /// Times one kernel within about `seconds`, but no fewer than half of its shapes.
  ///
  /// - Throws: `KernelFault` where memory does not suffice.
  mutating func time(
    _ kernel: Kernel, _ places: Places, seconds: Double
  ) throws(KernelFault) {
    guard let range = MeasuredRange.of(kernel) else { return }
    let start = Stopwatch.now
    for (count, place) in places.range.enumerated() {
      if count >= places.range.count / 2, Stopwatch.now - start > seconds { return }
      let timing = try CaseTiming(
        kernel, shape: range.shape(place), hasTwin: range.hasTwin, on: pool,
        seconds: min(0.06, seconds / 30))
      append(timing, range, place: place)
    }
  }

  /// - Parameters:
  ///   - range: nil for a kernel that has no coefficients, which yields no rows.
  ///   - place: tells shapes apart.
  mutating func append(_ timing: CaseTiming, _ range: MeasuredRange?, place: Int) {
    shots.append(Shot(timing: timing, name: timing.kernel))
    guard let range else { return }
    let twin = shots.count
    let sides = [(timing.dense, false)] + (timing.sparse.map { [($0, true)] } ?? [])
    for (side, isSparse) in sides {
      let name = Self.series(timing.kernel, isSparse: isSparse, threads: pool.threads)
      let series = table.index(
        of: MeasurementSeries(device: device, family: "host", kernel: name))
      let work = range.work(timing, isDense: !isSparse)
      table.rows.append(
        MeasuredCall(
          series: series,
          call: .host(
            HostCall(
              flops: work.flops, bytes: work.bytes, workingSet: work.workingSet,
              pieces: work.pieces, threads: pool.threads)),
          seconds: side.seconds.median, group: place, twin: timing.sparse == nil ? nil : twin,
          isSparse: isSparse, line: twin))
    }
  }
}
