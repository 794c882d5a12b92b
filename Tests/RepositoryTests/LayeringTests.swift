import Testing

/// The map of the house is true: imports and the manifest point downward.
@Suite struct LayeringTests {
  @Test func importsFollowTheTable() throws {
    var objections: [String] = []
    for file in try Repository.swiftFiles(under: "Sources") {
      let room = Repository.target(of: file)
      for module in Imports.modules(in: try Repository.text(file)) {
        if let objection = Rooms.objection(to: module, in: room) {
          objections.append("\(file): import \(module): \(objection)")
        }
      }
    }
    #expect(objections.isEmpty, "\(objections.joined(separator: "\n"))")
  }

  @Test func manifestPointsDownward() throws {
    let manifest = Imports.rooms(inManifest: try Repository.text("Package.swift"))
    for (room, uses) in manifest.sorted(by: { $0.key < $1.key }) {
      for module in uses {
        let objection = Rooms.objection(to: module, in: room)
        #expect(objection == nil, "Package.swift: \(room) uses \(module): \(objection ?? "")")
      }
    }
    // A manifest written in another way must not pass by not being understood.
    let folders = Set(try Repository.swiftFiles(under: "Sources").map(Repository.target))
    #expect(
      Set(manifest.keys) == folders,
      "Package.swift: rooms read from it differ from Sources/; mend Imports.rooms(inManifest:)")
  }

  @Test func importsAreRead() {
    let text = """
      import Quantities
        import struct Models.Shape
      @testable import Costs
      public import Traces
      @preconcurrency internal import CGSL
      // import Commented
      let important = 1
      """
    #expect(Imports.modules(in: text) == ["Quantities", "Models", "Costs", "Traces", "CGSL"])
  }

  @Test(arguments: [
    ("Quantities", "Diagnostics"), ("Costs", "Foundation"), ("Costs", "Policies"),
    ("Policies", "Costs"), ("Models", "Yams"), ("Traces", "CGSL"), ("Simulation", "ResultTables"),
    ("ResultTables", "ScenarioFiles"), ("Timelines", "ArgumentParser"), ("Programs", "Glibc"),
    ("Attic", "Quantities"), ("Models", "Collections"), ("Exploration", "Validation"),
  ])
  func refused(room: String, module: String) {
    #expect(Rooms.objection(to: module, in: room) != nil)
  }

  @Test(arguments: [
    ("Diagnostics", "Quantities"), ("Scenarios", "Policies"), ("Simulation", "Costs"),
    ("Commands", "Timelines"), ("ScenarioFiles", "Yams"), ("Quantities", "Glibc"),
    ("lacuna", "Commands"), ("ResultTables", "Foundation"),
  ])
  func allowed(room: String, module: String) {
    #expect(Rooms.objection(to: module, in: room) == nil)
  }
}
