import Diagnostics

/// The keys of one Hugging Face configuration, read by name; unknown keys are allowed, because
/// these files carry training and tokeniser settings too.
///
/// A key that holds `null` counts as absent. After a fault a getter returns a stand-in (1 for a
/// size), so that reading goes on and reports the rest; `ModelConfig` throws before any model with
/// stand-ins leaves it.
struct ConfigKeys {
  let map: MapReader
  let modelType: String

  /// Absurd sizes are faults, and products of sizes below these limits stay within `Int`.
  static let limits: [String: Int] = [
    "num_hidden_layers": 4096, "n_layers": 4096, "layers": 4096, "vocab_size": 1 << 26,
    "vocabulary": 1 << 26, "max_position_embeddings": 1 << 32, "context": 1 << 32,
  ]
  static let sizeLimit = 1 << 20

  var faults: FaultList { map.faults }

  func value(_ key: String) -> Value? {
    guard let value = map.value(key), !value.isNull else { return nil }
    return value
  }

  /// A whole number of at least `least`, or nil when the key is absent.
  func optionalSize(_ key: String, least: Int = 1) -> Int? {
    guard let value = value(key) else { return nil }
    let range = least...(Self.limits[key] ?? Self.sizeLimit)
    return integer(value, in: range) ?? max(1, least)
  }

  func size(_ key: String) -> Int {
    if let size = optionalSize(key) { return size }
    return missing(key, "a whole number of at least 1")
  }

  /// The first of several spellings of one key that is present.
  func optionalSize(anyOf keys: [String], least: Int = 1) -> Int? {
    for key in keys where value(key) != nil { return optionalSize(key, least: least) }
    return nil
  }

  func size(anyOf keys: [String]) -> Int {
    if let size = optionalSize(anyOf: keys) { return size }
    return missing(keys[0], "a whole number of at least 1")
  }

  /// A size, or a stated one when the key is absent: what the family's own code takes then.
  func size(_ key: String, otherwise: Int) -> Int { optionalSize(key) ?? otherwise }

  /// `true` or `false`, or what the family's own code takes when the key is absent.
  func flag(_ key: String, otherwise: Bool) -> Bool {
    guard let value = value(key) else { return otherwise }
    guard isPlain(value) else {
      value.refuse(
        .wrongKind(key: value.name, found: shown(value), expected: "true or false"))
      return otherwise
    }
    return value.boolean() ?? otherwise
  }

  func text(_ key: String) -> String? { value(key)?.text() }

  /// The items of a list of whole numbers.
  func integers(_ key: String, in range: ClosedRange<Int>) -> [Int]? {
    guard let items = value(key)?.list("a list of whole numbers") else { return nil }
    return items.map { integer($0, in: range) ?? range.lowerBound }
  }

  /// A nested configuration.
  func nested(_ key: String) -> ConfigKeys? {
    guard let value = value(key), let map = value.map() else { return nil }
    return ConfigKeys(map: map, modelType: modelType)
  }

  /// Records that `key` is missing and returns the stand-in.
  func missing(_ key: String, _ expected: String) -> Int {
    faults.add(.missingKey(map.name(of: key), expected: expected), at: map.position)
    return 1
  }

  /// Records that `key` cannot stand beside the others. Says nothing once another kind of fault is
  /// known, because the others may then be stand-ins.
  func conflict(_ key: String, found: String, mend: String) {
    guard faults.all.allSatisfy({ $0.isConflict }) else { return }
    faults.add(
      .conflict(key: map.name(of: key), found: found, mend: mend),
      at: map.value(key)?.position ?? map.position)
  }

  private func integer(_ value: Value, in range: ClosedRange<Int>) -> Int? {
    guard isPlain(value) else {
      value.refuse(
        .wrongKind(
          key: value.name, found: shown(value),
          expected: "a whole number between \(range.lowerBound) and \(range.upperBound)"))
      return nil
    }
    return value.integer(in: range)
  }

  /// Quoted numbers and words are texts in JSON, whatever they spell.
  private func isPlain(_ value: Value) -> Bool {
    guard let scalar = value.node.scalar else { return true }
    return scalar.style == .plain || scalar.style == .any
  }

  private func shown(_ value: Value) -> String { "\"\(value.scalarText ?? "")\"" }
}

extension Fault {
  fileprivate var isConflict: Bool {
    guard case .conflict = problem else { return false }
    return true
  }
}
