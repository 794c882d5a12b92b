import Diagnostics
import Policies
import Quantities

struct CacheReader {
  let map: MapReader

  func read() -> CachePolicy {
    var policy = CachePolicy(
      tier: map.value("tier")?.text(),
      resident: SharedKeys.residency(map.value("resident"), entry: "page"),
      transfer: map.value("transfer")?.choice(Transfer.self, kind: "transfer") ?? .copyEngine,
      onMiss: map.value("on-miss")?.choice(CachePolicy.OnMiss.self, kind: "way") ?? .fetch,
      prefetch: SharedKeys.prefetch(map.value("prefetch")),
      trace: SharedKeys.trace(map.value("trace")))
    policy.keep = keep(map.value("keep"))
    policy.form = map.value("form")?.map().flatMap(form)
    policy.sharedPrefix = map.value("shared-prefix")?.map().flatMap(sharedPrefix)
    policy.hitShare = hitShare(map.value("hit-share"))
    map.finish()
    return policy
  }

  /// `as-read`, a map or a list of maps with `tokens`, `layers`, `heads`.
  private func keep(_ value: Value?) -> CacheKeep? {
    guard let value else { return nil }
    if value.scalarText == "as-read" { return .asRead }
    let form = "as-read, a map with tokens, or a list of them"
    guard value.isMap || value.isList else {
      value.refuse(
        .wrongKind(key: value.name, found: value.text(form) ?? "nothing", expected: form))
      return nil
    }
    let items = value.isList ? value.list(form) ?? [] : [value]
    guard (1...64).contains(items.count) else {
      value.refuse(
        .outOfRange(
          key: value.name, found: "\(items.count) amounts", allowed: "1 to 64 amounts"))
      return nil
    }
    return .amounts(items.compactMap(amount))
  }

  private func amount(_ value: Value) -> CacheKeep.Amount? {
    guard let map = value.map("a map with tokens") else { return nil }
    let layers = LayerRangeReader.read(map.value("layers"))
    let heads = map.value("heads").map { $0.number(in: 0.0001...1) } ?? 1
    let tokens = TokenAmountReader.read(map.required("tokens", "tokens that stay stored"))
    map.finish()
    guard let layers, let heads, let tokens else { return nil }
    return CacheKeep.Amount(layers: layers, heads: heads, tokens: tokens)
  }

  private func form(_ map: MapReader) -> CacheForm? {
    let keys = map.value("keys")?.map().map(part)
    let values = map.value("values")?.map().map(part)
    let recent = SharedKeys.tokens(map.value("recent"), in: 0...100_000_000) ?? 0
    map.finish()
    return CacheForm(
      keys: keys ?? CacheForm.Part(), values: values ?? CacheForm.Part(), recent: recent)
  }

  private func part(_ map: MapReader) -> CacheForm.Part {
    let bits = map.value("bits")?.number(in: 0.1...64)
    let keep = map.value("keep")?.number(in: 0.0001...1) ?? 1
    let group = SharedKeys.elements(map.value("group"), in: 1...65536)
    let metadata = map.value("metadata")?.quantity(in: Bytes(0)...Bytes(1e6)) ?? Bytes(0)
    let pad = SharedKeys.elements(map.value("pad"), in: 1...65536) ?? 1
    map.finish()
    return CacheForm.Part(
      bits: bits, keep: keep, group: group, metadata: metadata.value, pad: pad)
  }

  private func sharedPrefix(_ map: MapReader) -> SharedPrefix? {
    let value = map.required("tokens", "tokens that all sequences have in common, or all")
    let isAll = value?.scalarText == "all"
    let tokens = isAll ? nil : SharedKeys.tokens(value, in: 1...100_000_000)
    let reads = map.required("reads", "once or each")?.choice(
      SharedPrefix.Reads.self, kind: "way to read")
    map.finish()
    guard isAll || tokens != nil, let reads else { return nil }
    return SharedPrefix(tokens: tokens, reads: reads)
  }

  private func hitShare(_ value: Value?) -> Double {
    guard let value, let share = value.number(in: 0...1) else { return 0 }
    if map.contains("trace") {
      value.refuse(
        .conflict(
          key: value.name, found: "given with cache.trace",
          mend: "the trace decides what is hit; leave one of them out"))
    }
    return share
  }
}
