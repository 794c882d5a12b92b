import Diagnostics
import Policies
import Quantities

/// Reads `attention.reads`: a list of what heads read of KV.
enum ReadsReader {
  /// So many different reads are enough for every head of a group.
  private static let limit = 64
  /// Names that other operations of the site have.
  private static let taken = ["norm", "input", "output", "shared", "merge"]

  static func read(_ value: Value?) -> [AttentionRead] {
    guard let value, let items = value.list("a list of reads") else { return [] }
    guard (1...limit).contains(items.count) else {
      value.refuse(
        .outOfRange(
          key: value.name, found: "\(items.count) reads", allowed: "1 to \(limit) reads"))
      return []
    }
    var reads: [AttentionRead] = []
    for item in items {
      guard let map = item.map("a map with tokens"), let read = entry(map) else { continue }
      if let other = reads.first(where: { $0.name == read.name }),
        let key = read.difference(from: other)
      {
        item.refuse(
          .conflict(
            key: item.name, found: "another \(key) than the read named \(read.name) before it",
            mend: "reads of one name are one kernel; give it another name"))
      }
      reads.append(read)
    }
    return reads
  }

  private static func entry(_ map: MapReader) -> AttentionRead? {
    let before = map.faults.all.count
    let name = name(map.value("name"))
    let layers = LayerRangeReader.read(map.value("layers"))
    let heads = map.value("heads").map { $0.number(in: 0.0001...1) } ?? 1
    let pick =
      map.value("pick")?.choice(AttentionRead.Pick.self, kind: "way to lie") ?? .contiguous
    let page = page(map, pick)
    let part = map.value("of")?.choice(AttentionRead.Part.self, kind: "part") ?? .both
    let stored = TokenAmountReader.read(map.value("stored"))
    let tokens =
      map.contains("stored") && !map.contains("tokens")
      ? TokenAmount.all
      : TokenAmountReader.read(map.required("tokens", "how many tokens a head reads"))
    let vectors = map.value("vectors")?.integer(in: 1...1024) ?? 1
    let channels = map.value("channels")?.integer(in: 1...65536)
    let bits = map.value("bits")?.number(in: 0.1...64)
    let metadata = map.value("metadata")?.quantity(in: Bytes(0)...Bytes(1e6)) ?? Bytes(0)
    let every = map.value("every-steps")?.integer(in: 1...65536) ?? 1
    let shared = map.value("shared").map { $0.boolean() ?? true } ?? true
    let split = map.value("split").map { $0.boolean() ?? true } ?? true
    let tier = map.value("tier")?.text("a tier's name")
    map.finish()
    guard map.faults.all.count == before, let layers, let heads, let tokens else { return nil }
    return AttentionRead(
      name: name, layers: layers, heads: heads, tokens: tokens, pick: pick, page: page,
      part: part, stored: stored, vectors: vectors, channels: channels, bits: bits,
      metadata: metadata.value, everySteps: every, isShared: shared, isSplit: split,
      tier: tier)
  }

  private static func name(_ value: Value?) -> String {
    guard let value, let text = value.text("a name in lower case") else { return "attend" }
    let isPlain = text.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == 45
    }
    guard isPlain, text.utf8.count <= 32, !taken.contains(text) else {
      value.refuse(
        .outOfRange(
          key: value.name, found: text,
          allowed: "lower-case letters, digits and dashes, and none of "
            + taken.joined(separator: ", ")))
      return "attend"
    }
    return text
  }

  /// Tokens of a page, which picks of pages must state and no other way has.
  private static func page(_ map: MapReader, _ pick: AttentionRead.Pick) -> Int {
    guard pick == .page else {
      if map.contains("page") {
        map.value("page")?.refuse(
          .conflict(
            key: map.name(of: "page"), found: "given without pick: page",
            mend: "only pages have a size; say pick: page or leave it out"))
      }
      return 64
    }
    return SharedKeys.tokens(map.required("page", "tokens a page"), in: 1...65536) ?? 64
  }
}

extension AttentionRead {
  /// The key in which two reads differ that must be the same for all of one kernel.
  fileprivate func difference(from other: AttentionRead) -> String? {
    if everySteps != other.everySteps { return "every-steps" }
    if isShared != other.isShared { return "shared" }
    if isSplit != other.isSplit { return "split" }
    if (stored == nil) != (other.stored == nil) { return "stored" }
    if bits != other.bits { return "bits" }
    if tier != other.tier { return "tier" }
    return nil
  }
}
