import ArgumentParser
import Foundation
import Hardware
import Kernels
import Plots
import Quantities
import ResultTables
import ScenarioFiles

/// `lacuna kernels bench`: every kernel beside its dense twin.
struct KernelsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time every kernel over densities and sizes beside its dense twin.",
    discussion: """
      The two run in turn; the speedup is the median of the ratios of pairs. Sizes are the middle of
      those that calibrate measures, and those of `kernels list`, which lie beyond the caches. With
      --host, what the coefficients of this machine say of the same shapes stands beside.

      EXAMPLE:
        lacuna kernels bench --kernel csr-gemm --density 0.05 --density 0.2
        lacuna kernels bench --threads 2 --format csv
        lacuna kernels bench --host host.yaml --plots plots/
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv }

  @OptionGroup var choice: KernelChoice
  @Option(help: "A density, over 0 and at most 1; may be given several times.")
  var density: [Double] = []
  @Option(help: "Threads; by default 1, or those that the profile of --host was measured with.")
  var threads: Int?
  @Option(help: "A profile of `calibrate host`: predict the same speedups from it.")
  var host: String?
  @Option(help: "Draw speedups by density, and predicted against measured, into this folder.")
  var plots: String?
  @Option(help: "table or csv.")
  var format = Format.table
  @Flag(help: "Print no progress.")
  var quiet = false

  func validate() throws {
    for one in density where !(one > 0 && one <= 1) {
      throw ValidationError("--density must be over 0 and at most 1.")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024.")
    }
  }

  func run() throws {
    try reportingKernelFaults {
      let profile = try host.map { try ProfileFile.read(contentsOf: $0) }
      let calibrated = try profile.map { try HostSpeedups.threads($0, file: host ?? "") }
      let pool = try WorkerPool(threads: threads ?? calibrated ?? 1)
      let progress = Progress(quiet: quiet || format == .csv)
      let wanted = choice.kernels.flatMap { kernel in shapes(kernel).map { (kernel, $0) } }
      var timings: [CaseTiming] = []
      for (kernel, shape) in wanted {
        timings.append(
          try CaseTiming(
            kernel, shape: shape, hasTwin: MeasuredRange.of(kernel)?.hasTwin ?? true, on: pool,
            seconds: 0.4))
        progress.advance(kernel.name, of: wanted.count)
      }
      progress.finish()
      let predicted = try profile.map { try Self.predicted(timings, $0, pool) }
      let table = try Self.table(timings, predicted, threads: pool.threads)
      print(format == .csv ? table.csv() : table.text(width: 140), terminator: "")
      if let plots { try Self.plot(timings, predicted, to: plots) }
    }
  }

  /// What the coefficients say; a kernel that is not among the measured ones has none.
  private static func predicted(
    _ timings: [CaseTiming], _ profile: Profile, _ pool: WorkerPool
  ) throws -> HostSpeedups {
    var timed = HostKernels(pool: pool, device: profile.name, file: "lacuna kernels bench")
    for (place, timing) in timings.enumerated() {
      timed.append(timing, Kernel.named(timing.kernel).flatMap(MeasuredRange.of), place: place)
    }
    return try HostSpeedups(timed, profile)
  }

  private static func table(
    _ timings: [CaseTiming], _ predicted: HostSpeedups?, threads: Int
  ) throws -> Table {
    var columns = [
      Column("kernel", .text), Column("sizes", .text), Column("density", .real(.significant(3))),
      Column("dense", .quantity(Seconds.self)), Column("sparse", .quantity(Seconds.self)),
      Column("speedup", .real(.significant(3))), Column("spread", .real(.decimals(1)), unit: "%"),
    ]
    if predicted != nil {
      columns += [
        Column("predicted", .real(.significant(3))),
        Column("error", .real(.decimals(1)), unit: "%"),
      ]
    }
    columns += [
      Column("arithmetic", .quantity(FlopsPerSecond.self)),
      Column("bytes", .quantity(BytesPerSecond.self)),
    ]
    var table = Table(
      title: "Sparse beside dense, \(threads) thread\(threads == 1 ? "" : "s")", columns: columns)
    for (place, timing) in timings.enumerated() {
      let side = timing.sparse ?? timing.dense
      let seconds = side.seconds.median
      var row: [Cell] = [
        .text(timing.kernel), .text(timing.shape.sizes.map(String.init).joined(separator: " x ")),
        .real(timing.shape.density), .quantity(Seconds(timing.dense.seconds.median)),
        .quantity(Seconds(seconds)), .real(timing.speedup?.median ?? 1),
        .real((timing.speedup?.spread ?? 0) * 100),
      ]
      if let predicted {
        let pair = predicted.shots[place]
        row += [
          pair.map { .real($0.predicted) } ?? .missing,
          pair.map { .real($0.error * 100) } ?? .missing,
        ]
      }
      row += [
        .quantity(FlopsPerSecond(side.flops / seconds)),
        .quantity(BytesPerSecond(side.bytes / seconds)),
      ]
      try table.append(row)
    }
    table.footnotes.append(
      "spread: of the speedup; arithmetic, bytes: what the sparse variant must do, by its time")
    return table
  }

  /// `bench-density.svg`, and with predictions `host-speedup.svg`.
  private static func plot(
    _ timings: [CaseTiming], _ predicted: HostSpeedups?, to folder: String
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var series: [ScatterPlot.Series] = []
    for timing in timings {
      guard let speedup = timing.speedup?.median else { continue }
      if series.last?.name != timing.kernel {
        series.append(ScatterPlot.Series(name: timing.kernel, points: []))
      }
      series[series.count - 1].points.append((timing.shape.density, speedup))
    }
    let plot = ScatterPlot(
      title: "Dense over sparse time by density", x: .init("density", isLogarithmic: true),
      y: .init("speedup", isLogarithmic: true), series: series, lines: [.level(1)])
    try OutputText.write(plot.svg(), to: "\(folder)/bench-density.svg")
    try predicted?.plot(to: folder)
  }

  /// The typical sizes and the middle of the measured ones, at each density.
  private func shapes(_ kernel: Kernel) -> [KernelShape] {
    let range = MeasuredRange.of(kernel)
    let span = range?.density ?? kernel.typical.density...kernel.typical.density
    let takesDensity = span.lowerBound < span.upperBound || kernel.readsFiles
    let middle = (span.lowerBound * span.upperBound).squareRoot()
    let usual =
      takesDensity && !kernel.readsFiles
      ? [span.lowerBound, middle, span.upperBound] : [kernel.typical.density]
    let densities = takesDensity && !density.isEmpty ? density : usual
    return densities.flatMap { density in
      var typical = kernel.typical
      typical.density = density
      return (range.map { [$0.middle(density: density)] } ?? []) + [typical]
    }
  }
}
