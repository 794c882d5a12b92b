import ArgumentParser
import Diagnostics
import ResultStores

/// `lacuna sweep merge`: joins the parts that shards have left.
struct SweepMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the parts of a sweep's shards into one file.",
    discussion: """
      EXAMPLE:
        for i in 1 2 3 4; do lacuna sweep s.yaml --vary … --shard $i/4 --out parts; done
        lacuna sweep merge parts --out results.csv

      However many shards there were, the file is the same to the last byte.
      """)

  @Argument(help: "The folder that the shards were given as --out.")
  var folder: String
  @Option(help: "A file that ends in .csv, .jsonl or .sqlite.")
  var out: String

  func run() throws {
    try reportingFaults {
      let format = try ResultFormat(file: out)
      try PartFolder(reading: folder).join(into: out, format)
    }
  }
}
