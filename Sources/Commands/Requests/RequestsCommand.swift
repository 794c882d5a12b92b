import ArgumentParser
import Diagnostics
import ScenarioFiles
import Workloads

/// `lacuna requests`: what a log of requests holds.
struct RequestsCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

  static let configuration = CommandConfiguration(
    commandName: "requests",
    abstract: "Show the arrivals, lengths and shared prefixes of a log of requests.",
    discussion: """
      Logs are read as they are published, plain or gzip; the columns or keys tell the kind: Azure 2023 \
      (CSV), Mooncake and ShareGPT (JSON lines with the identities of the prompt's blocks), lengths \
      without arrivals, ServeGen's rates and lengths of clients.

      The hit rate by cache size is of a cache that keeps the blocks used last, while requests take no \
      time: what a cache of that size could find at best without knowing the future, not what a \
      busy server finds.

      EXAMPLE:
        lacuna requests scenarios/requests/mooncake_conversation.jsonl.gz
        lacuna requests scenarios/requests/azure2023_conv.csv.gz --format json
        lacuna requests mooncake_conversation.jsonl.gz --blocks 1000,50000
      """)

  @Argument(help: "A log, plain or gzip.")
  var file: String
  @Option(help: "table, json or csv.")
  var format: Format = .table
  @Option(help: "Cache sizes in blocks, separated by commas; by default 1, 2, 5, 10, … of them.")
  var blocks: NameList?
  @Flag(help: "Show no progress.")
  var quiet = false

  func run() throws {
    try reportingFaults {
      let sizes = try blocks?.names.map { name in
        guard let size = Int(name), (0...Int(Int32.max)).contains(size) else {
          throw ValidationError(
            "--blocks takes whole numbers between 0 and \(Int32.max), not '\(name)'")
        }
        return size
      }
      let progress = Progress(quiet: quiet)
      defer { progress.finish() }
      let log = try RequestFile.read(file) { share in
        progress.tell("read \(Int(100 * share))% of \(file)")
      }
      progress.tell("counting")
      let report = RequestReport(log, cacheSizes: sizes)
      progress.finish()
      switch format {
      case .table: print(try report.text(), terminator: "")
      case .json: print(try report.table().json(), terminator: "")
      case .csv: print(try report.table().csv(), terminator: "")
      }
    }
  }
}
