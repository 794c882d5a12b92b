/// Where the keys of one file stand, so that what is found wrong long after reading it still names
/// the line.
public struct KeyPlaces: Sendable {
  public let file: String
  private var places: [String: SourcePosition] = [:]
  /// Keys that were given beside the file, with the text that gave them.
  private var given: [(key: String, text: String)] = []

  public init(file: String) { self.file = file }

  /// Notes where the value of a key stands.
  public mutating func note(_ key: String, at place: SourcePosition) { places[key] = place }

  /// Notes that a key's value does not come from the file but from `text`.
  public mutating func note(_ key: String, givenBy text: String) { given.append((key, text)) }

  /// The place of a key; of a key that the file leaves out, the place of the nearest map around it,
  /// and of one that is nowhere in the file, of `fallback`.
  public func place(of key: String, fallback: String = "") -> SourcePosition {
    if let text = given.last(where: { Self.isSame(key, $0.key) })?.text {
      return SourcePosition(file: text)
    }
    var name = Substring(key)
    while !name.isEmpty {
      if let place = places[String(name)] { return place }
      guard let dot = name.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      name = name[..<dot]
    }
    return places[fallback] ?? SourcePosition(file: file)
  }

  /// Faults without a line, of this file or of one of the names in `unplaced`, at the line of their
  /// key; the others as they are.
  public func placed(
    _ faults: Faults, unplaced: [String] = [], fallback: String = ""
  ) -> Faults {
    Faults(
      faults.faults.map { fault in
        guard let key = fault.problem.key else { return fault }
        if let text = given.last(where: { Self.isSame(key, $0.key) })?.text,
          fault.position.file == file || unplaced.contains(fault.position.file)
        {
          return Fault(fault.problem, at: SourcePosition(file: text))
        }
        guard fault.position.line == 0,
          fault.position.file == file || unplaced.contains(fault.position.file)
        else { return fault }
        return Fault(fault.problem, at: place(of: key, fallback: fallback))
      })
  }

  /// Whether `key` is `given` or lies in the map that it names.
  private static func isSame(_ key: String, _ given: String) -> Bool {
    key == given || key.hasPrefix(given + ".") || key.hasPrefix(given + "[")
  }
}

extension Problem {
  /// The key that is to blame; nil where a whole file is.
  public var key: String? {
    switch self {
    case .unknownKey(let key, _), .missingKey(let key, _), .duplicateKey(let key),
      .wrongKind(let key, _, _), .badQuantity(let key, _, _), .outOfRange(let key, _, _),
      .unknownName(let key, _, _, _), .conflict(let key, _, _):
      key
    case .unreadable, .malformed: nil
    }
  }
}
