import Diagnostics
import Foundation
import Hardware
import Quantities
import Validation

/// Coefficients of whole decode steps: `hardware-profiles/serving/NAME.yaml`, read strictly.
public enum ServingFile {
  static let schema = 1
  static let rows = 0...1_000_000_000

  /// All runtimes of a folder, by name.
  public static func book(folder: String) throws(Faults) -> ServingBook {
    let library = ProfileLibrary(folder: folder)
    var runtimes: [ServingBook.Runtime] = []
    for name in library.names() {
      guard let file = library.file(of: name) else { continue }
      runtimes.append(try read(contentsOf: file))
    }
    return ServingBook(runtimes)
  }

  /// - Throws: every fault of the file at once.
  public static func read(contentsOf file: String) throws(Faults) -> ServingBook.Runtime {
    try read(Document(contentsOf: file), file: file)
  }

  static func read(_ document: Document, file: String) throws(Faults) -> ServingBook.Runtime {
    let map = try document.map()
    _ = map.required("schema", "schema: \(schema)").flatMap { $0.integer(in: schema...schema) }
    let name = map.required("runtime", "the name of the file")?.text()
    if let name, name != ProfileReader.name(of: file) {
      document.faults.add(
        .conflict(
          key: "runtime", found: name,
          mend: "it must equal the name of the file, '\(ProfileReader.name(of: file))'"),
        at: map.position)
    }
    let aliases = map.value("aliases")?.list()?.compactMap { $0.text() } ?? []
    let book = SourceBook(map.value("sources")?.map())
    var sets: [StepSet] = []
    if let section = map.required("sets", "sets by name")?.map() {
      for key in section.keys {
        guard let inner = section.value(key)?.map() else { continue }
        if let set = set(inner, name: key, runtime: name ?? "", book) { sets.append(set) }
      }
    }
    map.finish()
    book.reportUnused(to: document.faults)
    try document.faults.throwIfAny()
    guard let name else { throw Faults(document.faults.all) }
    return ServingBook.Runtime(name: name, aliases: aliases, sets: sets)
  }

  private static func set(
    _ map: MapReader, name: String, runtime: String, _ book: SourceBook
  ) -> StepSet? {
    defer { map.finish() }
    let source = map.required("source", "a key of 'sources'").flatMap { book.source($0) }
    let count = map.required("rows", "rows of the fit")?.integer(in: rows)
    // Without rows there is no error to state.
    let error =
      count == 0
      ? 0 : map.required("error", "the median error over them")?.number(in: 0...10)
    let devices = map.value("devices")?.list()?.compactMap { $0.text() } ?? []
    let classes =
      map.value("classes")?.list()?.compactMap {
        $0.choice(Profile.Class.self, kind: "class")?.rawValue
      } ?? []
    var set = StepSet(
      runtime: runtime, name: name, devices: devices, classes: classes, values: [:],
      source: source ?? "", rows: count ?? 0, error: error ?? 0)
    if let section = map.required("coefficients", "amounts by name")?.map() {
      for key in StepCoefficient.allCases {
        guard let value = section.value(key.rawValue) else { continue }
        read(value, key, into: &set)
      }
      for key in [StepCoefficient.weights, .kv] where !section.contains(key.rawValue) {
        section.faults.add(
          .missingKey(section.name(of: key.rawValue), expected: "a share of the bandwidth"),
          at: section.position)
      }
      section.finish()
    }
    if let section = map.value("unpack")?.map() {
      for key in section.keys {
        guard let value = section.value(key) else { continue }
        guard let format = WeightFormat.named(key) else {
          value.refuse(
            .unknownName(
              key: section.name(of: key), kind: "format", found: key,
              known: WeightFormat.all.map(\.name)))
          continue
        }
        amount(value) { set.unpack[format.name] = seconds($0)?.value }
      }
    }
    guard source != nil, count != nil, error != nil else { return nil }
    return set
  }

  /// `0.9`, or `{value: 0.9, basis: assumed}` for what no row determines.
  @discardableResult
  private static func amount(_ value: Value, _ take: (Value) -> Void) -> Bool {
    guard value.isMap, let inner = value.map() else {
      take(value)
      return false
    }
    defer { inner.finish() }
    var isAssumed = false
    if let basis = inner.value("basis"), let word = basis.text() {
      isAssumed = word == "assumed"
      if !isAssumed, word != "fitted" {
        basis.refuse(
          .unknownName(
            key: basis.name, kind: "basis", found: word, known: ["fitted", "assumed"]))
      }
    }
    if let value = inner.required("value", "the amount itself") { take(value) }
    return isAssumed
  }

  private static func read(
    _ value: Value, _ key: StepCoefficient, into set: inout StepSet
  ) {
    let isAssumed = amount(value) { value in
      set.values[key] =
        switch key.unit {
        case .share: value.number(in: 1e-6...1)
        case .count: value.number(in: 0...1e6)
        case .time: seconds(value)?.value
        case .rate: value.quantity(in: Limits.rate)?.value
        }
    }
    if isAssumed { set.assumed.insert(key) }
  }

  private static func seconds(_ value: Value) -> Seconds? {
    value.quantity(in: Seconds(0)...Seconds(1))
  }
}
