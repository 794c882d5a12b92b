import ArgumentParser
import Diagnostics
import Hardware
import ScenarioFiles

/// `lacuna hardware`: what is known about devices, and where from.
struct HardwareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hardware", abstract: "List, show and check hardware profiles.",
    discussion: """
      EXAMPLE:
        lacuna hardware show nvidia-h200-server
      """,
    subcommands: [List.self, Show.self, Check.self])

  private static func library() throws(Faults) -> ProfileLibrary {
    ProfileLibrary(folder: try Assets.folder("hardware-profiles"))
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the profiles.",
      discussion: """
        EXAMPLE:
          lacuna hardware list
        """)

    func run() throws {
      try reportingFaults {
        let library = try HardwareCommand.library()
        let profiles = try library.names().map { try library.profile($0) }
        print(ProfileTable.text(profiles), terminator: "")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show every figure of a profile with its source and basis.",
      discussion: """
        EXAMPLE:
          lacuna hardware show nvidia-h200-server
          lacuna hardware show my-machine.yaml --format json
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Argument(help: "A profile's name, or a file.")
    var name: String
    @Option(help: "table or json.")
    var format = Format.table

    func run() throws {
      try reportingFaults {
        let profile = try HardwareCommand.library().profile(name)
        let listing = ProfileListing(profile)
        print(format == .json ? try listing.json() : listing.text(), terminator: "")
      }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read a profile file and report everything that is wrong with it.",
      discussion: """
        EXAMPLE:
          lacuna hardware check my-machine.yaml
        """)

    @Argument(help: "A profile file.")
    var file: String

    func run() throws {
      try reportingFaults {
        let profile = try ProfileFile.read(contentsOf: file)
        print("\(file): ok, \(ProfileListing(profile).rows.count) figures")
      }
    }
  }
}
