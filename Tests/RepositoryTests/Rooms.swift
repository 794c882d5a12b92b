/// The table of rooms (docs/design.md): who may import whom.
enum Rooms {
  /// Layers from the ground up: K lies under 4, S over it.
  enum Layer: Int {
    case ground, domain, policies, simulation, kernels, exploration, sides, commands
  }

  static let layers: [String: Layer] = [
    "Quantities": .ground, "Diagnostics": .ground, "CGSL": .ground, "NumericalMethods": .ground,
    "Programs": .domain, "Models": .domain, "Hardware": .domain, "Traces": .domain,
    "Workloads": .domain, "SparseStructures": .domain, "BranchPrediction": .domain,
    "Policies": .policies, "Scenarios": .policies, "Costs": .policies, "EventKernel": .policies,
    "Simulation": .simulation, "Serving": .simulation,
    "CKernels": .kernels, "Kernels": .kernels,
    "Exploration": .exploration, "Validation": .exploration,
    "CDeflate": .sides, "ScenarioFiles": .sides, "ResultTables": .sides, "Timelines": .sides,
    "Plots": .sides, "ResultStores": .sides,
    "Reports": .sides,
    "Commands": .commands, "lacuna": .commands,
  ]

  /// Rooms of one layer that may use another of it.
  static let neighbours: [String: Set<String>] = [
    "Diagnostics": ["Quantities"], "NumericalMethods": ["CGSL"], "Scenarios": ["Policies"],
    "Policies": ["EventKernel"], "Serving": ["Simulation"],
    "BranchPrediction": ["SparseStructures", "Workloads"],
    "Kernels": ["CKernels"], "ScenarioFiles": ["CDeflate"], "Reports": ["ResultTables"],
    "ResultStores": ["ResultTables"],
    "lacuna": ["Commands"],
  ]

  /// Modules with exactly one importing room.
  static let soleImporter = [
    "CGSL": "NumericalMethods", "CDeflate": "ScenarioFiles", "Yams": "ScenarioFiles",
    "GRDB": "ResultStores", "ArgumentParser": "Commands", "CKernels": "Kernels",
  ]

  /// Modules that read files, clocks or the environment, for layers from `kernels` up.
  static let foundation: Set = ["Foundation", "FoundationEssentials", "Dispatch"]
  static let platform: Set = ["Glibc", "Musl", "Darwin"]
  /// Where the C library's elementary functions may be called below layer K.
  static let platformRooms: Set = ["Quantities", "NumericalMethods"]
  static let anywhere: Set = ["Swift", "Synchronization"]

  /// Why `room` may not import `module`; nil when it may.
  static func objection(to module: String, in room: String) -> String? {
    guard let layer = layers[room] else {
      return "room '\(room)' is not in the table; add it to Rooms.swift and docs/design.md"
    }
    if let sole = soleImporter[module] {
      return sole == room ? nil : "only \(sole) imports \(module); call \(sole) instead"
    }
    if anywhere.contains(module) { return nil }
    if foundation.contains(module) {
      return layer.rawValue >= Layer.kernels.rawValue
        ? nil : "layers 0-3 import no \(module); move the I/O to ScenarioFiles or Commands"
    }
    if platform.contains(module) {
      return layer.rawValue >= Layer.kernels.rawValue || platformRooms.contains(room)
        ? nil : "\(room) may not call the C library; go through NumericalMethods"
    }
    guard let other = layers[module] else {
      return "module '\(module)' has no importing room; name one in Rooms.swift"
    }
    if other.rawValue < layer.rawValue { return nil }
    if neighbours[room]?.contains(module) == true { return nil }
    return "\(module) is not below \(room); move what is shared down"
  }
}
