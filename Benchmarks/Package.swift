// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
  name: "lacuna-benchmarks",
  dependencies: [
    .package(name: "lacuna", path: ".."),
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
  ],
  targets: [
    .target(name: "AllocationCount"),
    .executableTarget(
      name: "LacunaBenchmarks",
      dependencies: [
        "AllocationCount",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "LacunaEngines", package: "lacuna"),
      ],
      path: "Benchmarks/LacunaBenchmarks",
      swiftSettings: settings,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ]
)
