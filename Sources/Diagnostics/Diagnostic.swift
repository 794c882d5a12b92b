/// The one printer of sentences: `file:line:column: error: what was found; what would be right`.
public enum Diagnostic {
  /// One line for one fault, without colour and without a final period.
  public static func line(_ fault: Fault) -> String {
    "\(place(fault.position)): error: \(sentence(fault.problem))"
  }

  static func place(_ position: SourcePosition) -> String {
    guard position.line > 0 else { return position.file }
    guard position.column > 0 else { return "\(position.file):\(position.line)" }
    return "\(position.file):\(position.line):\(position.column)"
  }

  /// The problem alone, without its place.
  public static func sentence(_ problem: Problem) -> String {
    switch problem {
    case .unknownKey(let key, let known):
      "unknown key '\(clip(key))'; \(suggestion(for: key, among: known, what: "known keys are"))"
    case .missingKey(let key, let expected):
      "missing key '\(key)'; expected \(expected)"
    case .duplicateKey(let key):
      "key '\(clip(key))' appears twice; remove one"
    case .wrongKind(let key, let found, let expected):
      "\(key) is '\(clip(found))'; expected \(expected)"
    case .badQuantity(let key, let found, let units):
      "\(key) '\(clip(found))' is not a quantity; expected a number and one of "
        + units.joined(separator: ", ")
    case .outOfRange(let key, let found, let allowed):
      "\(key) is '\(clip(found))'; expected \(allowed)"
    case .unknownName(let key, let kind, let found, let known):
      "\(key): there is no \(kind) '\(clip(found))'; "
        + suggestion(for: found, among: known, what: "known are")
    case .unreadable(let reason):
      "cannot be read: \(reason)"
    case .malformed(let format, let found, let mend):
      "not valid \(format): \(clip(found)); \(mend)"
    case .conflict(let key, let found, let mend):
      "\(key) is '\(clip(found))'; \(mend)"
    }
  }

  static func suggestion(for found: String, among known: [String], what: String) -> String {
    if let nearest = Spelling.nearest(to: found, among: known) {
      return "did you mean '\(nearest)'?"
    }
    guard !known.isEmpty else { return "nothing is known by that name here" }
    let shown = known.prefix(12).joined(separator: ", ")
    return "\(what) \(shown)\(known.count > 12 ? ", …" : "")"
  }

  /// Hostile input must not flood a terminal: control characters go, long text is cut.
  static func clip(_ text: String) -> String {
    let clean = String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(81).map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    return clean.count > 80 ? "\(clean.prefix(79))…" : clean
  }
}
