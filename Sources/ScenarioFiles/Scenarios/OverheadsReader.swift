import Diagnostics
import Policies
import Programs
import Quantities

/// Reads the list `overheads`: work that a method states beside the model's own.
enum OverheadsReader {
  private static let kinds = ["scores", "product", "top-k", "move", "read", "chain"]

  static func read(_ value: Value?) -> [StatedWork] {
    guard let value, let items = value.list("a list of stated works") else { return [] }
    guard items.count <= StatedWork.limit else {
      value.refuse(
        .outOfRange(
          key: value.name, found: "\(items.count) works",
          allowed: "at most \(StatedWork.limit)"))
      return []
    }
    var names: Set<String> = []
    return items.compactMap { item in
      guard let map = item.map("a map with name, phase and a work") else { return nil }
      guard let work = work(map) else { return nil }
      guard names.insert("\(work.phase) \(work.name)").inserted else {
        item.refuse(
          .conflict(
            key: item.name, found: work.name, mend: "another work of the phase has this name"))
        return nil
      }
      return work
    }
  }

  private static func work(_ map: MapReader) -> StatedWork? {
    let name = map.required("name", "a name of letters, digits and hyphens").flatMap(name)
    let phase = map.required("phase", "prompt or decode")?.choice(
      StatedWork.Phase.self, kind: "phase")
    let site = map.value("site")?.choice(Site.self, kind: "site") ?? .attention
    let layers = LayerRangeReader.read(map.value("layers"))
    let launches = map.value("launches").map { $0.integer(in: 1...100_000) } ?? 1
    let waits = map.value("waits").map { $0.boolean() } ?? false
    let every = map.value("every-steps").map { $0.integer(in: 1...1_000_000) } ?? 1
    let backward = map.value("backward").map { $0.number(in: 0...100) } ?? 0
    let given = kinds.filter { map.contains($0) }
    let work = self.kind(map, given)
    if phase == .decode, case .product(rows: .prompt, _, _, _) = work {
      map.faults.add(
        .conflict(
          key: map.name(of: "product.rows"), found: "prompt",
          mend: "a decode step has no prompt; give an amount of the context"), at: map.position)
    }
    if phase == .prompt, let value = map.value("every-steps") {
      value.refuse(
        .conflict(
          key: value.name, found: value.scalarText ?? "", mend: "a prompt is one step; leave it out"
        ))
    }
    map.finish()
    guard let name, let phase, let layers, let launches, let waits, let every, let backward,
      let work
    else { return nil }
    return StatedWork(
      name: name, phase: phase, site: site, layers: layers, work: work, launches: launches,
      waits: waits, everySteps: every, backward: backward)
  }

  /// A name of letters, digits and hyphens.
  static func name(_ value: Value) -> String? {
    guard let text = value.text() else { return nil }
    let isPlain = text.utf8.allSatisfy {
      (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 45
    }
    guard isPlain, (1...64).contains(text.utf8.count) else {
      value.refuse(
        .outOfRange(
          key: value.name, found: text, allowed: "1 to 64 letters, digits and hyphens"))
      return nil
    }
    return text
  }

  private static func kind(_ map: MapReader, _ given: [String]) -> StatedWork.Work? {
    for key in kinds where key != given.first { _ = map.value(key) }
    guard given.count <= 1 else {
      map.faults.add(
        .conflict(
          key: map.name(of: given[1]), found: "a second work",
          mend: "state it as an entry of its own"), at: map.position)
      return nil
    }
    guard let key = given.first else {
      // A work of launches alone states how many.
      return map.required("launches", "a work: \(kinds.joined(separator: ", ")), or launches")
        .map { _ in .launches }
    }
    guard let inner = map.value(key)?.map() else { return nil }
    defer { inner.finish() }
    switch key {
    case "scores": return scores(inner)
    case "product": return product(inner)
    case "top-k": return topK(inner)
    case "chain":
      let loads = inner.required("of", "loads of a launch")
      return TokenAmountReader.read(loads).map { .chain(of: $0) }
    default: return bytes(inner, moves: key == "move")
    }
  }

  private static func scores(_ map: MapReader) -> StatedWork.Work? {
    let queries = map.value("queries").map { TokenAmountReader.read($0) }
    let keys = map.value("keys").map { TokenAmountReader.read($0) } ?? .all
    let heads = heads(map.value("heads"), else: .query)
    let width = map.required("width", "numbers of a key")?.integer(in: 1...1_000_000)
    let precision = map.value("precision")?.choice(Precision.self, kind: "number format")
    let writes = map.value("writes").map { $0.boolean() ?? false } ?? false
    guard queries != .some(nil), let keys, let heads, let width else { return nil }
    return .scores(
      StatedWork.Scores(
        queries: queries ?? nil, keys: keys, heads: heads, width: width, precision: precision,
        writes: writes))
  }

  private static func product(_ map: MapReader) -> StatedWork.Work? {
    let rows = map.value("rows").map(rows) ?? .computed
    let inputs = map.required("inputs", "columns of the matrix")?.integer(in: 1...10_000_000)
    let outputs = map.required("outputs", "rows of the matrix")?.integer(in: 1...10_000_000)
    let heads = heads(map.value("heads"), else: .one)
    guard let rows, let inputs, let outputs, let heads else { return nil }
    return .product(rows: rows, inputs: inputs, outputs: outputs, heads: heads)
  }

  /// `prompt` or an amount of tokens.
  private static func rows(_ value: Value) -> StatedWork.Rows? {
    if value.scalarText == "prompt" { return .prompt }
    return TokenAmountReader.read(value).map { .amount($0) }
  }

  private static func topK(_ map: MapReader) -> StatedWork.Work? {
    let rows = map.value("rows").map { TokenAmountReader.read($0) }
    let heads = heads(map.value("heads"), else: .kv)
    let of = TokenAmountReader.read(map.required("of", "the scores of a row"))
    let keep = map.value("keep").map { $0.integer(in: 1...100_000_000) } ?? 1
    guard rows != .some(nil), let heads, let of, let keep else { return nil }
    return .topK(rows: rows ?? nil, heads: heads, of: of, keep: keep)
  }

  private static func bytes(_ map: MapReader, moves: Bool) -> StatedWork.Work? {
    let tokens = TokenAmountReader.read(map.required("tokens", "how many tokens"))
    let bytes = map.required("bytes-per-token", "bytes of a token in one layer")?.quantity(
      in: Bytes(0)...Bytes(1e12))
    let tier = moves ? nil : map.value("tier")?.text()
    let seen = moves ? map.value("seen").map { $0.boolean() } ?? false : false
    let byNumber = moves ? map.value("by-number").map { $0.boolean() } ?? false : false
    guard let tokens, let bytes, let seen, let byNumber else { return nil }
    return moves
      ? .move(tokens, bytesPerToken: bytes.value, ofSeen: seen, byNumber: byNumber)
      : .read(tokens, bytesPerToken: bytes.value, tier: tier)
  }

  /// `query`, `kv`, `one` or a number.
  private static func heads(_ value: Value?, else usual: StatedWork.Heads) -> StatedWork.Heads? {
    guard let value else { return usual }
    switch value.scalarText {
    case "query": return .query
    case "kv": return .kv
    case "one": return .one
    default: return value.integer(in: 1...1_000_000).map { .count($0) }
    }
  }
}
