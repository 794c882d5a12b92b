// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

/// One room of the house: a target, the rooms below it that it may use, and its outside packages.
func room(
  _ name: String, uses rooms: [String] = [], outside: [Target.Dependency] = []
) -> Target {
  .target(
    name: name,
    dependencies: rooms.map { .init(stringLiteral: $0) } + outside,
    swiftSettings: settings)
}

func tests(_ name: String, uses rooms: [String], outside: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name,
    dependencies: rooms.map { .init(stringLiteral: $0) } + outside,
    swiftSettings: settings)
}

let package = Package(
  name: "lacuna",
  products: [
    .executable(name: "lacuna", targets: ["lacuna"]),
    // What the benchmark package measures.
    .library(
      name: "LacunaEngines",
      targets: [
        "Quantities", "Diagnostics", "NumericalMethods", "Programs", "Models", "Hardware", "Traces",
        "Workloads", "Policies", "Scenarios", "Costs", "EventKernel", "Simulation",
        "Exploration", "ScenarioFiles",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    room("Quantities"),
    room("Diagnostics", uses: ["Quantities"]),
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    room("NumericalMethods", uses: ["CGSL"]),

    room("Programs", uses: ["Quantities"]),
    room("Models", uses: ["Quantities", "Diagnostics"]),
    room("Hardware", uses: ["Quantities", "Diagnostics"]),
    room("Traces", uses: ["Quantities", "Diagnostics", "NumericalMethods"]),
    room("Workloads", uses: ["Quantities", "Diagnostics", "NumericalMethods"]),

    room("SparseStructures", uses: ["NumericalMethods"]),
    room("BranchPrediction", uses: ["NumericalMethods", "SparseStructures", "Workloads"]),

    room(
      "Policies",
      uses: [
        "Quantities", "Diagnostics", "Programs", "Models", "Hardware", "Traces", "Workloads",
        "EventKernel",
      ]),
    room(
      "Scenarios",
      uses: [
        "Quantities", "Diagnostics", "Programs", "Models", "Hardware", "Traces", "Workloads",
        "Policies",
      ]),
    room(
      "Costs",
      uses: ["Quantities", "Diagnostics", "NumericalMethods", "Programs", "Hardware"]),
    room("EventKernel", uses: ["Quantities"]),

    room(
      "Simulation",
      uses: [
        "Quantities", "Diagnostics", "NumericalMethods", "Programs", "Models", "Hardware", "Traces",
        "Workloads", "Policies", "Scenarios", "Costs", "EventKernel",
        "SparseStructures", "BranchPrediction",
      ]),

    room(
      "Serving",
      uses: [
        "Quantities", "Diagnostics", "NumericalMethods", "Workloads", "Programs", "Hardware",
        "Models", "Policies", "Scenarios", "Costs", "EventKernel", "Simulation",
      ]),

    room(
      "Validation",
      uses: [
        "Quantities", "Diagnostics", "NumericalMethods", "Programs", "Models", "Hardware", "Traces",
        "Workloads", "Policies", "Scenarios", "Costs", "EventKernel", "Simulation", "Serving",
      ]),

    room(
      "Exploration",
      uses: [
        "Quantities", "Diagnostics", "NumericalMethods", "Policies", "Workloads", "Scenarios",
        "Simulation", "Serving",
      ]),

    // Always optimised: tests and the tiny model run through these kernels in debug builds too.
    .target(
      name: "CKernels",
      cSettings: [
        .headerSearchPath("."), .headerSearchPath("support"), .headerSearchPath("cases"),
        .unsafeFlags(["-O3"]),
      ]),
    room("Kernels", uses: ["CKernels"]),

    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    room(
      "ScenarioFiles",
      uses: [
        "Quantities", "Diagnostics", "Models", "Hardware", "Traces", "Workloads", "Policies",
        "Scenarios", "EventKernel", "Programs", "Validation", "CDeflate", "Kernels", "Exploration",
        "SparseStructures",
      ],
      outside: [.product(name: "Yams", package: "Yams")]),
    room("ResultTables", uses: ["Quantities", "Diagnostics"]),
    room(
      "ResultStores", uses: ["Quantities", "Diagnostics", "ResultTables"],
      outside: [.product(name: "GRDB", package: "GRDB.swift")]),
    room("Timelines", uses: ["Quantities", "EventKernel"]),
    room("Plots", uses: ["Quantities"]),

    room(
      "Commands",
      uses: [
        "Quantities", "Diagnostics", "Programs", "Models", "Hardware", "Traces", "Workloads",
        "Policies", "Scenarios", "Costs", "NumericalMethods", "Simulation", "Validation",
        "ScenarioFiles", "ResultTables", "ResultStores", "Timelines", "Plots", "Kernels",
        "EventKernel", "Exploration", "Serving",
      ],
      outside: [.product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .executableTarget(name: "lacuna", dependencies: ["Commands"], swiftSettings: settings),
    .target(
      name: "TestSupport", dependencies: ["Diagnostics", "ScenarioFiles"],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("QuantitiesTests", uses: ["Quantities"]),
    tests("NumericalMethodsTests", uses: ["NumericalMethods"]),
    tests("HardwareTests", uses: ["Hardware", "Quantities"]),
    tests(
      "CostsTests",
      uses: ["Costs", "Programs", "Hardware", "Quantities", "ScenarioFiles", "TestSupport"]),
    tests("KernelsTests", uses: ["Kernels"]),
    tests("ModelsTests", uses: ["Quantities", "Models"]),
    tests("TracesTests", uses: ["Traces", "Diagnostics", "NumericalMethods"]),
    tests(
      "TraceFilesTests",
      uses: ["ScenarioFiles", "Traces", "Diagnostics", "CDeflate"]),
    tests(
      "RecordingTests",
      uses: ["ScenarioFiles", "Kernels", "Traces", "Diagnostics", "TestSupport"]),
    tests(
      "BranchPredictionTests",
      uses: ["BranchPrediction", "SparseStructures", "NumericalMethods", "Workloads", "Quantities"]),
    tests("EventKernelTests", uses: ["EventKernel", "Traces", "TestSupport"]),
    tests(
      "SimulationTests",
      uses: [
        "Simulation", "EventKernel", "Programs", "Costs", "Hardware", "Quantities", "Diagnostics",
        "Models", "Traces", "Workloads", "Policies", "Scenarios", "ScenarioFiles",
        "NumericalMethods", "TestSupport",
      ]),
    tests(
      "ScenarioFilesTests",
      uses: [
        "ScenarioFiles", "Hardware", "Models", "Traces", "Quantities", "Diagnostics", "Scenarios",
        "Simulation", "Policies", "TestSupport",
      ]),
    tests(
      "ValidationTests",
      uses: [
        "Validation", "Simulation", "ScenarioFiles", "EventKernel", "Hardware", "Traces", "Costs",
        "Programs", "Models", "Diagnostics", "Quantities", "TestSupport",
      ]),
    .testTarget(
      name: "CommandTests",
      dependencies: ["lacuna", "Commands", "TestSupport", "NumericalMethods"],
      exclude: ["Snapshots"], swiftSettings: settings),
    tests(
      "MeasurementTests",
      uses: [
        "ScenarioFiles", "Validation", "Costs", "Programs", "Hardware", "NumericalMethods",
        "Quantities", "Diagnostics", "Plots", "TestSupport",
      ]),
    tests(
      "WorkloadsTests", uses: ["Workloads", "NumericalMethods", "Quantities", "Diagnostics"]),
    tests(
      "RequestFilesTests",
      uses: ["ScenarioFiles", "Serving", "Workloads", "Quantities", "Diagnostics", "TestSupport"]),
    tests("ResultTablesTests", uses: ["Quantities", "ResultTables"]),
    tests(
      "ExplorationTests",
      uses: [
        "Exploration", "ScenarioFiles", "Simulation", "Scenarios", "Policies", "Workloads",
        "Diagnostics", "NumericalMethods", "TestSupport",
      ]),
    tests(
      "ServingTests",
      uses: [
        "Serving", "Workloads", "Quantities", "NumericalMethods", "Diagnostics", "ScenarioFiles",
        "Scenarios", "Simulation", "TestSupport",
      ]),
    tests("RepositoryTests", uses: []),
  ]
)
