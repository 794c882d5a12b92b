import Diagnostics
import Foundation
import Hardware
import Programs
import Quantities

/// Reads runtime files: `hardware-profiles/runtimes/NAME.yaml`.
public enum RuntimeFile {
  static let schema = 1

  /// Reads the runtime called `name` in `folder`, or the file when `name` is a path.
  /// - Throws: an unknown name with the nearest known one, or the faults of the file.
  public static func runtime(_ name: String, folder: String, at position: SourcePosition)
    throws(Faults) -> Runtime
  {
    if name.contains("/") || name.hasSuffix(".yaml") { return try read(contentsOf: name) }
    let known = ProfileLibrary(folder: folder)
    guard let file = known.file(of: name) else {
      throw Faults(
        .unknownName(key: "runtime", kind: "runtime", found: name, known: known.names()),
        at: position)
    }
    return try read(contentsOf: file)
  }

  /// - Throws: `Faults` with everything that is wrong in the file.
  public static func read(contentsOf file: String) throws(Faults) -> Runtime {
    let document = try Document(contentsOf: file)
    let map = try document.map()
    _ = map.required("schema", "the schema number, \(schema)")?.integer(in: schema...schema)
    let name = map.required("name", "the name of the file")?.text()
    let title = map.required("title", "what the runtime is")?.text()
    let book = SourceBook(map.value("sources")?.map())
    let unit = map.required("unit", "gpu, cpu or npu")?.text()
    let graph = map.required("graph", "true or false")?.boolean()
    let fused = map.value("fused-experts").map { $0.boolean() ?? false } ?? false
    let computesIn = map.value("computes-in")?.choice(Precision.self, kind: "number format")
    let holds = map.value("prompt-holds")?.list("a list of scores, logits")?.compactMap {
      $0.choice(Runtime.PromptPart.self, kind: "part of a prompt")
    }
    let prompts =
      map.value("prompts")?.choice(Runtime.Prompts.self, kind: "way to process prompts") ?? .apart
    let figures = FigureReader(map, book: book)
    let host = figures.required("host-per-step", in: Limits.delay)
    let hostPerLaunch = figures.optional("host-per-launch", in: Limits.delay)
    let joins = map.value("joins-products").map { $0.boolean() ?? true } ?? true
    var kernels: [String: String] = [:]
    if let section = map.value("kernels")?.map() {
      for family in section.keys {
        if let kernel = section.value(family)?.text("the name of a kernel") {
          kernels[family] = kernel
        }
      }
    }
    let libraries = map.value("libraries")?.map().map(RuntimeFile.libraries) ?? [:]
    let launches = map.value("launches")?.map().map(RuntimeFile.launches) ?? [:]
    map.finish()
    book.reportUnused(to: document.faults)
    if let name, name != ProfileReader.name(of: file) {
      document.faults.add(
        .conflict(
          key: "name", found: name,
          mend: "it must equal the name of the file, '\(ProfileReader.name(of: file))'"),
        at: map.position)
    }
    try document.faults.throwIfAny()
    guard let name, title != nil, let unit, let graph, let host else {
      throw Faults(document.faults.all)
    }
    return Runtime(
      name: name, unit: unit, graph: graph, fusedExperts: fused, computesIn: computesIn,
      launches: launches, promptHolds: Set(holds ?? []), prompts: prompts, hostPerStep: host,
      hostPerLaunch: hostPerLaunch, joinsProducts: joins, kernels: kernels, libraries: libraries,
      sources: book.texts)
  }

  /// Families of cost forms that an operation of a step may be a call of.
  static let calledFamilies = [
    "gemm", "gemm-2:4", "attention-decode", "attention-decode-selected", "attention-mixed",
    "attention-prefill", "attention-prefill-sparse", "attention-prefill-gathered",
    "attention-prefill-masked", "mla-decode", "mla-prefill", "moe", "collective",
  ]

  /// Reads `libraries`: families of calibrated kernels with the library's part of their names.
  private static func libraries(_ section: MapReader) -> [String: [String]] {
    defer { section.finish() }
    var libraries: [String: [String]] = [:]
    for family in calledFamilies {
      let names = section.value(family)?.list("a list of the first words of kernels' names: [vllm]")
      libraries[family] = names?.compactMap { $0.text("the first words of kernels' names: vllm") }
    }
    return libraries
  }

  /// Families of the kernels that parts of a layer may be made of.
  static let partFamilies: [Programs.Operation.Kind] = [.elementwise, .broadcast, .rowReduction]

  /// Reads `launches`: parts of a layer with how many kernels of each family they take.
  private static func launches(_ section: MapReader) -> [Runtime.Part: [String: Int]] {
    defer { section.finish() }
    var launches: [Runtime.Part: [String: Int]] = [:]
    for part in Runtime.Part.allCases {
      guard let map = section.value(part.rawValue)?.map("a map of family to count") else {
        continue
      }
      var counts: [String: Int] = [:]
      for family in partFamilies.map(\.rawValue) + [Runtime.tiny] {
        counts[family] = map.value(family)?.integer(in: 0...64)
      }
      map.finish()
      launches[part] = counts
    }
    return launches
  }
}
