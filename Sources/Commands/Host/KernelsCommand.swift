import ArgumentParser
import Kernels
import Quantities
import ResultTables

/// `lacuna kernels`: the package's own kernels.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "List, check and time the real kernels of this package.",
    subcommands: [KernelsList.self, KernelsCheck.self, KernelsBench.self])
}

/// `lacuna kernels list`.
struct KernelsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the kernels with the sizes and densities that they take.")

  func run() throws {
    var table = Table(
      title: "Kernels, and the sizes and density that stand where nothing is said",
      columns: [
        Column("kernel", .text), Column("computes", .text), Column("sizes", .text),
        Column("density", .text),
      ])
    for kernel in Kernel.all {
      let sizes = zip(kernel.sizeNames, kernel.typical.sizes).map { "\($0) \($1)" }
      let range = MeasuredRange.of(kernel)?.density ?? 1...1
      let density = Decimal.significant(kernel.typical.density, digits: 3)
      let measured =
        range.lowerBound < range.upperBound
        ? "\(density) (\(Decimal.significant(range.lowerBound, digits: 3)) to "
          + "\(Decimal.significant(range.upperBound, digits: 3)))" : density
      try table.append([
        .text(kernel.name), .text(kernel.summary), .text(sizes.joined(separator: ", ")),
        .text(measured),
      ])
    }
    table.footnotes.append("in brackets: the densities that calibrate and validate measure")
    print(table.text(width: 100), terminator: "")
  }
}

/// Which kernels a verb works on.
struct KernelChoice: ParsableArguments {
  @Option(name: .customLong("kernel"), help: "This kernel only; may be given several times.")
  var names: [String] = []

  func validate() throws {
    for name in names where Kernel.named(name) == nil {
      throw ValidationError(
        "There is no kernel '\(name)'; `lacuna kernels list` shows those there are.")
    }
  }

  var kernels: [Kernel] { names.isEmpty ? Kernel.all : names.compactMap(Kernel.named) }
}
