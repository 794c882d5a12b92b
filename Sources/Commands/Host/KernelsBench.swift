import ArgumentParser
import Kernels
import Quantities
import ResultTables

/// `lacuna kernels bench`: every kernel beside its dense twin.
struct KernelsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time every kernel over densities and sizes beside its dense twin.",
    discussion: """
      The two run in turn; the speedup is the median of the ratios of pairs. Sizes are the middle of
      those that calibrate measures, and those of `kernels list`, which lie beyond the caches.

      EXAMPLE:
        lacuna kernels bench --kernel csr-gemm --density 0.05 --density 0.2
        lacuna kernels bench --threads 2 --format csv
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv }

  @OptionGroup var choice: KernelChoice
  @Option(help: "A density, over 0 and at most 1; may be given several times.")
  var density: [Double] = []
  @Option(help: "Threads.")
  var threads = 1
  @Option(help: "table or csv.")
  var format = Format.table
  @Flag(help: "Print no progress.")
  var quiet = false

  func validate() throws {
    for one in density where !(one > 0 && one <= 1) {
      throw ValidationError("--density must be over 0 and at most 1.")
    }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads must be from 1 to 1024.")
    }
  }

  func run() throws {
    try reportingKernelFaults {
      let pool = try WorkerPool(threads: threads)
      let progress = Progress(quiet: quiet || format == .csv)
      var table = Table(
        title: "Sparse beside dense, \(threads) thread\(threads == 1 ? "" : "s")",
        columns: [
          Column("kernel", .text), Column("sizes", .text),
          Column("density", .real(.significant(3))),
          Column("dense", .quantity(Seconds.self)), Column("sparse", .quantity(Seconds.self)),
          Column("speedup", .real(.significant(3))),
          Column("spread", .real(.decimals(1)), unit: "%"),
          Column("arithmetic", .quantity(FlopsPerSecond.self)),
          Column("bytes", .quantity(BytesPerSecond.self)),
        ])
      let shots = choice.kernels.flatMap { kernel in shapes(kernel).map { (kernel, $0) } }
      for (kernel, shape) in shots {
        let timing = try CaseTiming(
          kernel, shape: shape, hasTwin: MeasuredRange.of(kernel)?.hasTwin ?? true, on: pool,
          seconds: 0.4)
        try append(timing, to: &table)
        progress.advance(kernel.name, of: shots.count)
      }
      progress.finish()
      table.footnotes.append(
        "spread: of the speedup; arithmetic, bytes: what the sparse variant must do, by its time")
      print(format == .csv ? table.csv() : table.text(width: 140), terminator: "")
    }
  }

  private func append(_ timing: CaseTiming, to table: inout Table) throws {
    let side = timing.sparse ?? timing.dense
    let seconds = side.seconds.median
    try table.append([
      .text(timing.kernel), .text(timing.shape.sizes.map(String.init).joined(separator: " x ")),
      .real(timing.shape.density), .quantity(Seconds(timing.dense.seconds.median)),
      .quantity(Seconds(seconds)), .real(timing.speedup?.median ?? 1),
      .real((timing.speedup?.spread ?? 0) * 100), .quantity(FlopsPerSecond(side.flops / seconds)),
      .quantity(BytesPerSecond(side.bytes / seconds)),
    ])
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
