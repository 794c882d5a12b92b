import Diagnostics
import Policies
import Quantities
import Scenarios
import Workloads
import Yams

/// A scenario file: its keys, its variants and what it expects. A variant is read by laying its
/// changes over the file, so that the same strict reading holds for every combination.
public struct ScenarioFile {
  static let schema = 1
  public let file: String
  let root: Node
  /// What `--set` asks for. It lies over the file, so that it reaches `variants` and `expect`, and
  /// over each variant, so that no variant undoes it.
  let settings: [Node]
  /// The same as they were written.
  private let assignments: [String]
  /// Names of the variants, in file order; a file without any has one, `default`.
  public let variants: [String]
  public let expectations: [ExpectationEntry]
  /// What is published of it and beyond a cost model.
  public let unspoken: [UnspokenEntry]
  public let title: String
  /// The published system that it describes, as its claims call it; the file's name by default.
  public let system: String

  /// - Throws: `Faults` for syntax, unknown keys and wrong expectations; the sites are read, and
  ///   their faults found, by `scenario(variant:)`.
  public init(contentsOf file: String, settings: [String] = []) throws(Faults) {
    try self.init(document: Document(contentsOf: file), settings: settings)
  }

  init(document: Document, settings: [String]) throws(Faults) {
    file = document.file
    assignments = settings
    var changes: [Node] = []
    for setting in settings { changes.append(try NodeMerge.assignment(setting)) }
    let base = changes.reduce(document.root) { NodeMerge.overlayScenario($1, on: $0) }
    self.settings = changes
    root = base
    let map = try ScenarioFile.map(base, document.file, document.faults)
    title = map.value("title")?.text() ?? ""
    system = map.value("system")?.text() ?? ScenarioFile.name(of: document.file)
    variants = ScenarioFile.variantNames(map)
    let expected = ExpectationReader(map.value("expect"), variants: variants)
    expectations = expected.entries
    unspoken = expected.unspoken
    do throws(Faults) {
      try document.faults.throwIfAny()
    } catch {
      throw places(of: base).placed(error)
    }
  }

  /// The keys that were set, without the variant that they are for.
  var settingKeys: [String] { assignments.map { NodeMerge.key(of: $0) } }

  /// Where every key of the file, or of a variant laid over it, stands.
  private func places(of node: Node) -> KeyPlaces {
    var places = KeyPlaces(file: file)
    NodeMerge.notePlaces(of: node, named: "", in: &places)
    for assignment in assignments {
      places.note(NodeMerge.key(of: assignment), givenBy: "--set \(assignment)")
    }
    return places
  }

  private static func map(_ node: Node, _ file: String, _ faults: FaultList) throws(Faults)
    -> MapReader
  {
    let place = SourcePosition(file: file, line: 1)
    guard let mapping = node.mapping else {
      throw Faults(
        .wrongKind(key: "the file", found: Value.kind(of: node), expected: "a map of keys"),
        at: place)
    }
    return MapReader(mapping: mapping, path: "", position: place, faults: faults)
  }

  private static func variantNames(_ map: MapReader) -> [String] {
    guard let variants = map.value("variants")?.map() else { return ["default"] }
    let names = variants.keys
    for name in names {
      guard let value = variants.value(name), value.scalarText != nil || !value.isMap else {
        continue
      }
      value.refuse(
        .wrongKind(
          key: value.name, found: value.scalarText ?? "a list",
          expected: "a map of changes, {} for none"))
    }
    return names.isEmpty ? ["default"] : names
  }

  /// Reads one variant: its changes are laid over the file and the whole is read strictly.
  /// - Parameter at: changes that are laid over the variant, below those of `--set`.
  /// - Throws: `Faults` with everything that is wrong in it, or an unknown variant.
  public func scenario(
    variant: String, at overrides: Overrides = .none
  ) throws(Faults) -> ScenarioReading {
    var node = root
    if let changes = root.mapping?["variants"]?.mapping?[.init(variant)] {
      node = NodeMerge.overlayScenario(changes, on: root)
    } else if variant != "default" || variants != ["default"] {
      throw Faults(
        .unknownName(key: "variant", kind: "variant", found: variant, known: variants),
        at: SourcePosition(file: file))
    }
    node = (overrides.nodes + settings).reduce(node) {
      NodeMerge.overlayScenario($1, on: $0)
    }
    let faults = FaultList()
    let places = places(of: node)
    let map = try ScenarioFile.map(node, file, faults)
    let reading = read(map, variant: variant, places)
    map.finish()
    do throws(Faults) {
      try faults.throwIfAny()
    } catch {
      throw places.placed(error)
    }
    guard let reading else {
      throw Faults(
        .malformed(format: "scenario", found: "missing values", mend: "give the keys it needs"),
        at: SourcePosition(file: file))
    }
    return reading
  }

  private func read(
    _ map: MapReader, variant: String, _ places: KeyPlaces
  ) -> ScenarioReading? {
    for known in ["title", "system", "variants", "expect", "notes"] { _ = map.value(known) }
    if let schema = map.required("schema", "the schema number, \(Self.schema)") {
      _ = schema.integer(in: Self.schema...Self.schema)
    }
    let hardware = map.required("hardware", "a profile's name or file").flatMap {
      HardwareReader.read($0)
    }
    let runtime = map.required("runtime", "a runtime's name or file")?.text()
    let model = map.required("model", "a bundled model, a config.json or an inline map")
    let precision = precision(map.required("precision", "a map with weights and kv")?.map())
    let workload = workload(map.required("workload", "a map with prompt and generate")?.map())
    let seed = map.value("seed")?.integer(in: 0...Int.max) ?? 1
    let method = MethodReader(scenario: map).read()
    guard let hardware, let runtime, let model, let precision, let workload else { return nil }
    let reference: ModelReference? =
      model.isMap ? .inline : model.text().map { .named($0) }
    guard let reference else { return nil }
    var scenario = Scenario(
      name: name, variant: variant, hardware: hardware.name, runtime: runtime, model: reference,
      precision: precision, workload: workload, method: method, seed: UInt64(seed))
    scenario.figures = hardware.changes
    return ScenarioReading(
      scenario: scenario, inlineModel: model.isMap ? model : nil,
      inlineDraft: Self.inlineDraft(map), file: file, position: map.position, places: places)
  }

  /// The map under `depth.draft.model`, where it is one.
  private static func inlineDraft(_ map: MapReader) -> Value? {
    let model = map.value("depth")?.inner("draft")?.inner("model")
    return model?.isMap == true ? model : nil
  }

  /// The file's name without folder and ending.
  public var name: String { Self.name(of: file) }

  private static func name(of file: String) -> String {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    return last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
  }

  private func precision(_ map: MapReader?) -> PrecisionChoice? {
    guard let map else { return nil }
    let weights = map.required("weights", "a number format")?.choice(
      Precision.self, kind: "number format")
    let kv = map.required("kv", "a number format")?.choice(Precision.self, kind: "number format")
    let activations = map.value("activations")?.choice(Precision.self, kind: "number format")
    map.finish()
    guard let weights, let kv else { return nil }
    return PrecisionChoice(
      weights: weights, kv: kv, activations: activations ?? (weights.bits >= 16 ? weights : .fp16))
  }

  private func workload(_ map: MapReader?) -> RequestShape? {
    guard let map else { return nil }
    if map.contains("requests") { return TrafficReader().read(map) }
    let limit = 1...100_000_000
    let kernel = KernelWorkReader.read(map)
    let isModel = !map.contains("sparse-product") && !map.contains("branches")
    let prompt =
      isModel ? map.required("prompt", "tokens of the prompt")?.integer(in: limit) : 1
    let training = TrainingReader.read(map.value("train"))
    let lengths = TrainingReader.lengths(map.value("lengths"))
    // A step of training, and a kernel by itself, generate nothing.
    let generate =
      map.contains("train") || !isModel
      ? map.value("generate").map { $0.integer(in: limit) } ?? 1
      : map.required("generate", "tokens to generate")?.integer(in: limit)
    let fills = map.value("batch")?.scalarText == "fits"
    let batch = fills ? 1 : map.value("batch").map { $0.integer(in: 1...65536) } ?? 1
    map.finish()
    guard let prompt, let generate, let batch else { return nil }
    var shape = RequestShape(
      prompt: prompt, generate: training == nil ? generate : 1, batch: batch)
    shape.fillsMemory = fills
    shape.training = training
    shape.kernel = kernel
    shape.lengths = lengths
    return shape
  }
}

/// A scenario with what its resolution still needs from the file.
public struct ScenarioReading {
  public var scenario: Scenario
  /// The map under `model`, when it is not a name.
  public var inlineModel: Value?
  /// The map under `depth.draft.model`, when it is not a name.
  public var inlineDraft: Value?
  public var file: String
  public var position: SourcePosition
  /// Where its keys stand.
  public var places: KeyPlaces
}
