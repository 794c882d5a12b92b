import ArgumentParser
import Kernels
import ResultTables

/// `lacuna kernels check`: every kernel beside its plain reference.
struct KernelsCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Hold every kernel against its plain reference on random ragged shapes.",
    discussion: """
      Ends with exit code 1 when a result is farther off than its kernel allows.

      EXAMPLE:
        lacuna kernels check
        lacuna kernels check --kernel spgemm --shapes 200 --threads 4
      """)

  @OptionGroup var choice: KernelChoice
  @Option(help: "Random shapes of each kernel.")
  var shapes = 20
  @Option(help: "Threads.")
  var threads = 2

  func validate() throws {
    guard (1...100_000).contains(shapes) else {
      throw ValidationError("--shapes must be from 1 to 100000.")
    }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads must be from 1 to 1024.")
    }
  }

  func run() throws {
    try reportingKernelFaults {
      let pool = try WorkerPool(threads: threads)
      var table = Table(
        title: "Greatest difference from the reference, over its greatest value",
        columns: [
          Column("kernel", .text), Column("shapes", .integer), Column("error", .real()),
          Column("allowed", .real()), Column("verdict", .text),
        ])
      var failed = 0
      for kernel in choice.kernels {
        var worst = 0.0
        for seed in 0..<shapes {
          let made = try KernelCase(kernel, shape: kernel.raggedShape(seed: UInt64(seed + 1)))
          worst = max(worst, made.relativeError(on: pool))
        }
        let passed = worst <= kernel.tolerance
        failed += passed ? 0 : 1
        try table.append([
          .text(kernel.name), .integer(shapes),
          .real(worst.isFinite ? worst : .greatestFiniteMagnitude), .real(kernel.tolerance),
          .text(passed ? "equal" : "WRONG"),
        ])
      }
      print(table.text(width: 100), terminator: "")
      guard failed == 0 else { throw ExitCode(1) }
    }
  }
}
