import Kernels
import Testing

/// Decode and prefill attention, whole, by pages, by patterns and over a pruned cache.
@Suite struct AttentionTests {
  private struct Filled {
    let cache: KVCache
    /// By KV head and token.
    var keys: [[[Float]]]
    var values: [[[Float]]]
  }

  private func fill(
    heads: Int, width: Int, tokens: Int, _ random: inout Plain.Random
  ) throws -> Filled {
    let cache = try KVCache(heads: heads, width: width, capacity: tokens + 3)
    var filled = Filled(
      cache: cache, keys: Array(repeating: [], count: heads),
      values: Array(repeating: [], count: heads))
    for _ in 0..<tokens {
      let keys = random.floats(heads * width), values = random.floats(heads * width)
      try cache.append(keys: keys, values: values)
      for head in 0..<heads {
        filled.keys[head].append(Array(keys[head * width..<(head + 1) * width]))
        filled.values[head].append(Array(values[head * width..<(head + 1) * width]))
      }
    }
    return filled
  }

  @Test(arguments: [1, 3])
  func decode(group: Int) throws {
    var random = Plain.Random(UInt64(group))
    let filled = try fill(heads: 2, width: 24, tokens: 77, &random)
    let queries = random.floats(2 * group * 24)
    let pool = try WorkerPool(threads: 2)
    let pages = PageLists(page: 10, ids: [[0, 3, 7], [2]])
    let dense = try pool.attend(queries, to: filled.cache, group: group)
    let touches = Touches()
    let paged = try pool.attend(
      queries, to: filled.cache, pages: pages, group: group, recorder: touches.recorder)
    #expect(touches.lists == [.pages: pages.ids])
    for head in 0..<2 * group {
      let own = head * 24..<(head + 1) * 24
      let (keys, values) = (filled.keys[head / group], filled.values[head / group])
      let right = Plain.attention(queries[own], keys: keys, values: values) { _ in true }
      #expect(Plain.error(Array(dense[own]), right) < 1e-5)
      let some = Plain.attention(queries[own], keys: keys, values: values) {
        pages.ids[head / group].contains(Int32($0 / 10))
      }
      #expect(Plain.error(Array(paged[own]), some) < 1e-5)
    }
  }

  @Test func pageMass() throws {
    var random = Plain.Random(5)
    let filled = try fill(heads: 1, width: 8, tokens: 21, &random)
    let query = random.floats(8)
    let pool = try WorkerPool()
    for summary in [PageSummary.means, .bounds] {
      let mass = try pool.pageMass(query, in: filled.cache, page: 4, by: summary, group: 1)[0]
      var scores: [Double] = []
      for page in 0..<6 {
        let keys = filled.keys[0][page * 4..<min(page * 4 + 4, 21)]
        var score = 0.0
        for channel in 0..<8 {
          let products = keys.map { Double($0[channel]) * Double(query[channel]) }
          let mean = products.reduce(0, +) / Double(products.count)
          score += summary == .means ? mean : products.max() ?? 0
        }
        scores.append(Plain.exponential(score / 8.0.squareRoot()))
      }
      let total = scores.reduce(0, +)
      #expect(Plain.error(mass, scores.map { Float($0 / total) }) < 1e-5)
    }
  }

  @Test func selection() {
    let values: [Float] = [3, -1, 3, 7, 0, 3, -2]
    #expect(Selection.top(1, of: values) == [3])
    // Of three equals the first two.
    #expect(Selection.top(3, of: values) == [0, 2, 3])
    #expect(Selection.top(9, of: values) == [0, 1, 2, 3, 4, 5, 6])
    #expect(Selection.top(0, of: values) == [])
    #expect(Selection.top(5, of: [-0.0, 0, -.infinity, 1, -5]) == [0, 1, 2, 3, 4])
    let mass: [Float] = [0.1, 0.4, 0.1, 0.3, 0.1]
    #expect(Selection.top(share: 0.35, of: mass) == [1])
    #expect(Selection.top(share: 0.6, of: mass) == [1, 3])
    #expect(Selection.top(share: 0.75, of: mass) == [0, 1, 3])
    #expect(Selection.top(share: 0.35, of: mass, least: 3) == [0, 1, 3])
  }

  @Test func prunedCache() throws {
    var random = Plain.Random(9)
    var filled = try fill(heads: 2, width: 70, tokens: 130, &random)
    func prune(_ token: [Float]) -> [Float] {
      let order = token.indices.sorted { abs(token[$0]) > abs(token[$1]) }
      var kept = [Float](repeating: 0, count: token.count)
      for channel in order.prefix(20) { kept[channel] = token[channel] }
      return kept
    }
    filled.keys = filled.keys.map { $0.map(prune) }
    filled.values = filled.values.map { $0.map(prune) }
    let queries = random.floats(2 * 2 * 70)
    let cache = try PrunedCache(pruning: filled.cache, kept: 20)
    let pool = try WorkerPool(threads: 2)
    let touches = Touches()
    let out = try pool.attend(queries, to: cache, group: 2, recorder: touches.recorder)
    func channels(_ heads: [[[Float]]]) -> [[Int32]] {
      heads.joined().map { token in (0..<70).filter { token[Int($0)] != 0 } }
    }
    let named: [Touched: [[Int32]]] = [
      .keyChannels: channels(filled.keys), .valueChannels: channels(filled.values),
    ]
    #expect(touches.lists == named)
    #expect(try pool.attend(queries, to: cache, group: 2) == out)
    for head in 0..<4 {
      let own = head * 70..<(head + 1) * 70
      let right = Plain.attention(
        queries[own], keys: filled.keys[head / 2], values: filled.values[head / 2]
      ) { _ in true }
      #expect(Plain.error(Array(out[own]), right) < 1e-5)
    }
  }

  @Test func prefillPatterns() throws {
    var random = Plain.Random(21)
    let tokens = 50, width = 12, block = 8
    let prompt = try PromptTensors(
      tokens: tokens, heads: 2, group: 2, width: width, queries: random.floats(2 * tokens * width),
      keys: random.floats(tokens * width), values: random.floats(tokens * width))
    let lists = (0..<2).map { _ in
      (0..<7).map { own in random.ids(below: own, share: 0.4) + [Int32(own)] }
    }
    let columns: [[Int32]] = [[0, 17], [3]], diagonals: [[Int32]] = [[0, 20], [0]]
    let keys = (0..<tokens).map { Array(prompt.keys[$0 * width..<($0 + 1) * width]) }
    let values = (0..<tokens).map { Array(prompt.values[$0 * width..<($0 + 1) * width]) }
    let pool = try WorkerPool(threads: 2)
    func check(
      _ pattern: PrefillPattern, names: [Touched: [[Int32]]], reads: (Int, Int, Int) -> Bool
    ) throws {
      let touches = Touches()
      let out = try pool.attend(prompt, block: block, pattern: pattern, recorder: touches.recorder)
      #expect(touches.lists == names)
      for row in 0..<2 * tokens {
        let own = row * width..<(row + 1) * width
        let right = Plain.attention(prompt.queries[own], keys: keys, values: values) {
          $0 <= row % tokens && reads(row / tokens, row % tokens, $0)
        }
        #expect(Plain.error(Array(out[own]), right) < 1e-5)
      }
    }
    try check(.dense, names: [:]) { _, _, _ in true }
    try check(.blocks(lists), names: [.blocks: Array(lists.joined())]) { head, query, key in
      lists[head][query / block].contains(Int32(key / block))
    }
    try check(
      .verticalSlash(columns: columns, diagonals: diagonals),
      names: [.tokens: columns, .diagonals: diagonals]
    ) { head, query, key in
      columns[head].contains(Int32(key))
        || diagonals[head].contains {
          let from = query / block * block - Int($0)
          return key >= from && key < from + block
        }
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    let cache = try KVCache(heads: 1, width: 2, capacity: 1)
    let pool = try WorkerPool()
    #expect(throws: KernelFault.outOfRange(argument: "tokens", found: 0, allowed: 1...1)) {
      try pool.attend([0, 0], to: cache, group: 1)
    }
    try cache.append(keys: [1, 2], values: [3, 4])
    #expect(throws: KernelFault.outOfRange(argument: "tokens", found: 1, allowed: 0...0)) {
      try cache.append(keys: [1, 2], values: [3, 4])
    }
    #expect(throws: KernelFault.outOfRange(argument: "page ids", found: 1, allowed: 0...0)) {
      try pool.attend([0, 0], to: cache, pages: PageLists(page: 4, ids: [[0, 1]]), group: 1)
    }
  }
}
