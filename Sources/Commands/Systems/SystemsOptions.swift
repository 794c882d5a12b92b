import ArgumentParser
import Diagnostics
import ScenarioFiles
import Simulation

/// What `validate` takes for scenarios of published systems.
struct SystemsOptions: ParsableArguments {
  @Option(
    help: "Scenarios: hold them against the claims of this file too (docs/formats/claims.md).")
  var claims: String?
  @Option(help: "Scenarios: the table that maps claims; the shipped scenarios/claims.yaml.")
  var table: String?
  @Option(help: "Scenarios: analytic, playback or both.")
  var engine = Simulator.Engines.playback
  @Option(help: "Scenarios: threads.")
  var threads = 2

  func run(_ paths: [String], page: String?, format: ValidateCommand.Format, quiet: Bool) throws {
    let files = try SystemFiles(paths)
    let progress = Progress(quiet: quiet || format != .table)
    defer { progress.finish() }
    var claimed: (list: [Claim], table: ClaimTable)?
    if let claims {
      claimed = (try ClaimFile.read(contentsOf: claims), try claimTable())
    }
    let run = try SystemsRun(
      files, claims: claimed, engines: engine, threads: threads, progress: progress)
    if let page {
      try OutputText.write(SystemsPage(run: run, command: "make systems").text(), to: page)
    }
    let output = SystemsOutput(run)
    switch format {
    case .table: print(try output.text(), terminator: "")
    case .json: print(try output.json(), terminator: "")
    case .csv: print(try output.csv(), terminator: "")
    }
  }

  private func claimTable() throws(Faults) -> ClaimTable {
    if let table { return try ClaimTable(contentsOf: table) }
    let name = "scenarios/claims.yaml"
    guard let file = Assets.file(name) else {
      throw Faults(
        .unreadable(reason: "no such file here, in ../share/lacuna, or above the executable"),
        at: SourcePosition(file: name))
    }
    return try ClaimTable(contentsOf: file)
  }
}
