import CKernels

/// Which pages of a cache each KV head reads.
public struct PageLists: Sendable, Hashable {
  /// Tokens a page; the last page may be shorter.
  public let page: Int
  /// For each KV head the ids of its pages, rising.
  public let ids: [[Int32]]

  public init(page: Int, ids: [[Int32]]) {
    self.page = page
    self.ids = ids
  }
}

/// What stands for a page when it is scored.
public enum PageSummary: Sendable, Hashable {
  /// The mean of its keys.
  case means
  /// Least and greatest of each key channel (Quest, arXiv 2406.10774).
  case bounds

  var known: lacuna_summary { self == .means ? LACUNA_MEANS : LACUNA_BOUNDS }
}

extension WorkerPool {
  /// Decode attention over all tokens. Queries and results are [KV head][group][width].
  public func attend(
    _ queries: [Float], to cache: KVCache, group: Int
  ) throws(KernelFault) -> [Float] {
    try check(queries, cache, group)
    var out = [Float](repeating: 0, count: queries.count)
    var kv = cache.known
    try Inputs.check(lacuna_attention_dense(handle, &kv, Int64(group), queries, &out))
    return out
  }

  /// Decode attention over listed pages only; a head without pages gives zeros.
  public func attend(
    _ queries: [Float], to cache: KVCache, pages: PageLists, group: Int,
    recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Float] {
    try check(queries, cache, group)
    try Inputs.size(pages.page, "page")
    try Inputs.count(pages.ids.count, cache.heads, "page lists")
    var flat = FlatLists()
    let count = (cache.tokens + pages.page - 1) / pages.page
    for list in pages.ids { try flat.append(list, below: count, "page ids") }
    var out = [Float](repeating: 0, count: queries.count)
    var kv = cache.known
    let status = TouchRecorder.use(recorder) { recorder in
      flat.use { starts, ids in
        var lists = lacuna_page_lists(page: Int64(pages.page), starts: starts, ids: ids)
        return lacuna_attention_pages(handle, &kv, &lists, Int64(group), queries, &out, recorder)
      }
    }
    try Inputs.check(status)
    return out
  }

  /// For each KV head the attention mass that summaries give its pages, meant over the group.
  public func pageMass(
    _ queries: [Float], in cache: KVCache, page: Int, by summary: PageSummary, group: Int
  ) throws(KernelFault) -> [[Float]] {
    try check(queries, cache, group)
    try Inputs.size(page, "page")
    var kv = cache.known
    let pages = Int(lacuna_page_count(&kv, Int64(page)))
    var mass = [Float](repeating: 0, count: cache.heads * pages)
    let status = cache.withSummary(page: page, summary) {
      lacuna_page_mass(
        handle, &kv, Int64(page), summary.known, $0, Int64(group), queries, &mass)
    }
    try Inputs.check(status)
    return (0..<cache.heads).map { Array(mass[$0 * pages..<($0 + 1) * pages]) }
  }

  private func check(_ queries: [Float], _ cache: KVCache, _ group: Int) throws(KernelFault) {
    try Inputs.range(group, 1...65_536, "group")
    try Inputs.range(cache.tokens, 1...cache.capacity, "tokens")
    try Inputs.count(queries.count, cache.heads * group * cache.width, "queries")
  }
}
