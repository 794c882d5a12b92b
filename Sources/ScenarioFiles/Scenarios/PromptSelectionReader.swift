import Diagnostics
import Policies
import Quantities

/// Reads one entry of `prompt.attention`: layers, a share of the heads, and what they compute.
struct PromptSelectionReader {
  let map: MapReader
  private enum By: String, CaseIterable {
    case block, token, window
    case verticalSlash = "vertical-slash"
  }
  private enum Skips: String, CaseIterable { case pairs, values }

  func read() -> PromptSelection? {
    let layers = LayerRangeReader.read(map.value("layers"))
    let heads = map.value("heads").map { $0.number(in: 0...1) } ?? 1
    let select = map.required("select", "a map with 'by'")?.map()
    map.finish()
    guard let select else { return nil }
    let by = select.required("by", "block, token, window or vertical-slash")?.choice(
      By.self, kind: "selection")
    let skips = select.value("skips")?.choice(Skips.self, kind: "part") ?? .pairs
    let shared = select.value("shared").map { $0.boolean() ?? false } ?? false
    let walk =
      by == .block
      ? select.value("walk")?.choice(PromptSelection.Walk.self, kind: "way") ?? .list : .list
    let form = by.flatMap { self.form($0, select) }
    select.finish()
    guard let layers, let heads, let form else { return nil }
    return PromptSelection(
      layers: layers, heads: heads, form: form, skipsValues: skips == .values, isShared: shared,
      walk: walk)
  }

  private func form(_ by: By, _ select: MapReader) -> PromptSelection.Form? {
    switch by {
    case .block:
      let block = side(select, "block")
      let queries = select.contains("query-block") ? side(select, "query-block") : block
      guard let block, let queries, let kept = kept(select) else { return nil }
      return .blocks(queries: queries, keys: block, kept)
    case .token:
      guard let queries = side(select, "query-block"), let kept = kept(select) else { return nil }
      return .tokens(queries: queries, kept)
    case .window:
      let sink = SharedKeys.tokens(select.value("sink"), in: 0...100_000_000)
      let recent = SharedKeys.tokens(
        select.required("recent", "last tokens that a query sees"), in: 0...100_000_000)
      let block = select.contains("block") ? side(select, "block") : Self.usualBlock
      guard sink != nil || !select.contains("sink"), let recent, let block else { return nil }
      return .window(sink: sink ?? 0, recent: recent, block: block)
    case .verticalSlash: return stripes(select)
    }
  }

  /// The tile of the kernels that were measured.
  private static let usualBlock = 128

  private func side(_ select: MapReader, _ key: String) -> Int? {
    SharedKeys.tokens(select.required(key, "tokens of a block"), in: 1...65536)
  }

  private func kept(_ select: MapReader) -> PromptSelection.Kept? {
    guard select.contains("density") else {
      return TokenAmountReader.parts(of: select).map { .keys($0) }
    }
    if let other = TokenAmountReader.keys.first(where: { select.contains($0) }),
      let value = select.value(other)
    {
      value.refuse(
        .conflict(
          key: value.name, found: value.scalarText ?? "",
          mend: "density says how much is kept already; leave one of the two out"))
    }
    return select.value("density")?.number(in: 0...1).map { .density($0) }
  }

  private func stripes(_ select: MapReader) -> PromptSelection.Form? {
    let block = select.contains("block") ? side(select, "block") : 64
    let run = select.contains("run") ? side(select, "run") : block
    let form = "a list of maps with vertical, slash and count"
    guard let list = select.required("heads", form), let items = list.list(form) else {
      return nil
    }
    guard (1...4096).contains(items.count) else {
      list.refuse(
        .outOfRange(
          key: list.name, found: "\(items.count) entries", allowed: "1 to 4096 entries"))
      return nil
    }
    let stripes = items.compactMap { $0.map().flatMap(stripe) }
    guard stripes.count == items.count, let block, let run else { return nil }
    return .stripes(stripes, block: block, run: run)
  }

  private func stripe(_ map: MapReader) -> PromptSelection.Stripes? {
    let verticals = SharedKeys.tokens(
      map.required("vertical", "columns that are kept"), in: 0...100_000_000)
    let slashes = SharedKeys.tokens(
      map.required("slash", "diagonals that are kept"), in: 0...100_000_000)
    let count = map.value("count").map { $0.integer(in: 1...1_000_000) } ?? 1
    map.finish()
    guard let verticals, let slashes, let count else { return nil }
    return PromptSelection.Stripes(verticals: verticals, slashes: slashes, heads: count)
  }
}
