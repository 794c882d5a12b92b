import Diagnostics

/// The table that turns the free text of claims into scenarios, keys and metrics: `claims.yaml`.
public struct ClaimTable {
  static let schema = 1

  /// Rules that hold for every system, or for one, whose own are looked at first.
  struct Rules {
    var hardware: [ClaimRule] = []
    var models: [ClaimRule] = []
    var precisions: [ClaimRule] = []
    var units: [ClaimRule] = []
    var metrics: [ClaimRule] = []
    var contexts: [ClaimRule] = []
    var batches: [ClaimRule] = []
    var variants: [ClaimRule] = []
    var knobs: [String: [ClaimKnob]] = [:]
  }

  /// What the table says of one system.
  struct System {
    var rules = Rules()
    /// The scenario's file name without its ending; nil for the one that names the system.
    var scenario: String?
    var method = "sparse"
    var baseline = "dense"
  }

  var general: Rules
  private var systems: [String: System]

  /// - Throws: `Faults` with everything in the file that is not a rule.
  public init(contentsOf file: String) throws(Faults) {
    try self.init(document: Document(contentsOf: file))
  }

  public init(text: String, file: String) throws(Faults) {
    try self.init(document: Document(text: text, file: file))
  }

  private init(document: Document) throws(Faults) {
    let map = try document.map()
    if let schema = map.required("schema", "the schema number, \(Self.schema)") {
      _ = schema.integer(in: Self.schema...Self.schema)
    }
    _ = map.value("notes")
    general = Self.rules(map, knobsFor: nil)
    systems = [:]
    if let all = map.value("systems")?.map("a map of systems") {
      for name in all.keys { systems[name] = Self.system(all.value(name)) }
    }
    map.finish()
    try document.faults.throwIfAny()
  }

  private static func system(_ value: Value?) -> System {
    var system = System()
    guard let map = value?.map("a map of rules") else { return system }
    if let scenario = map.value("scenario")?.text() { system.scenario = scenario }
    if let method = map.value("method")?.text() { system.method = method }
    if let baseline = map.value("baseline")?.text() { system.baseline = baseline }
    _ = map.value("notes")
    system.rules = rules(map, knobsFor: .method)
    map.finish()
    return system
  }

  private static func rules(_ map: MapReader, knobsFor side: Claim.Side?) -> Rules {
    var rules = Rules()
    rules.hardware = ClaimRuleReader(section: .hardware).read(map.value("hardware"))
    rules.models = ClaimRuleReader(section: .models).read(map.value("models"))
    rules.precisions = ClaimRuleReader(section: .precisions).read(map.value("precisions"))
    rules.units = ClaimRuleReader(section: .units).read(map.value("units"))
    rules.metrics = ClaimRuleReader(section: .metrics).read(map.value("metrics"))
    rules.contexts = ClaimRuleReader(section: .contexts).read(map.value("contexts"))
    rules.batches = ClaimRuleReader(section: .batches).read(map.value("batches"))
    rules.variants = ClaimRuleReader(section: .variants).read(map.value("variants"))
    if let knobs = map.value("knobs")?.map("a map of numbers to keys") {
      for name in knobs.keys {
        guard let value = knobs.value(name) else { continue }
        rules.knobs[name] = ClaimKnob.read(value, side: side)
      }
    }
    return rules
  }

  /// A system that the table does not name has the scenario that names it, with the usual variants.
  func system(_ name: String) -> System { systems[name] ?? System() }
}
