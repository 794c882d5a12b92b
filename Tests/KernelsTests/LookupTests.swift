import Kernels
import Testing

/// Indexers, tries and tables.
@Suite struct LookupTests {
  @Test func indexer() throws {
    var random = Plain.Random(31)
    let indexer = try TokenIndexer(tokens: 90, width: 10, keys: random.floats(900))
    let queries = random.floats(40)
    let weights: [Float] = [0.5, 1, 0.25, 2]
    var scores: [Double] = []
    for token in 0..<90 {
      let key = Array(indexer.keys[token * 10..<(token + 1) * 10])
      var score = 0.0
      for head in 0..<4 {
        let product = Plain.dot(Array(queries[head * 10..<(head + 1) * 10]), key)
        score += Double(weights[head]) * max(0, product)
      }
      scores.append(score)
    }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    let pool = try WorkerPool(threads: 2)
    let ofFlat = Touches(), ofTwoLevels = Touches()
    let flat = try pool.index(
      indexer, queries: queries, weights: weights, k: 12, recorder: ofFlat.recorder)
    #expect(flat.map { Int($0) } == order.prefix(12).sorted())
    #expect(ofFlat.lists == [.tokens: [flat]])
    // With all blocks kept the two levels find the same; with one block, only its tokens.
    let all = try pool.index(
      indexer, queries: queries, weights: weights, k: 12, block: 16, blocks: 6)
    #expect(all == flat)
    let one = try pool.index(
      indexer, queries: queries, weights: weights, k: 5, block: 16, blocks: 1,
      recorder: ofTwoLevels.recorder)
    #expect(Set(one.map { $0 / 16 }).count == 1 && one.count == 5)
    #expect(ofTwoLevels.lists == [.blocks: [[one[0] / 16]], .tokens: [one]])
  }

  @Test func trie() throws {
    // 0 -> {1: node 1, 3: node 2}, 1 -> {0: node 3, 2: node 3}, 2 -> {2: node 3}, 3 is a leaf.
    let trie = try TokenTrie(
      vocabulary: 4, starts: [0, 2, 4, 5, 5], tokens: [1, 3, 0, 2, 2], next: [1, 2, 3, 3, 3])
    let pool = try WorkerPool()
    let first = try pool.step([Beam(node: 0)], of: trie, logits: [9, 1, 9, 1], most: 8)
    // Two equal tokens are allowed: log 1/2 each.
    #expect(first.map(\.token) == [1, 3] && first.map(\.node) == [1, 2])
    #expect(first.allSatisfy { abs($0.score + 0.693147) < 1e-5 })
    let logits: [Float] = [0, 5, 0, 5, 0, 0, 0, 0]
    let touches = Touches()
    let second = try pool.step(
      first, of: trie, logits: logits, most: 2, recorder: touches.recorder)
    #expect(touches.lists == [.nodes: [[1], [2]]])
    // The only token of node 2 keeps its score; of node 1's two equals the first comes.
    #expect(second.map(\.parent) == [0, 1] && second.map(\.token) == [0, 2])
    #expect(abs(second[1].score + 0.693147) < 1e-5)
    #expect(try pool.step([Beam(node: 3)], of: trie, logits: [0, 0, 0, 0], most: 2).isEmpty)
    #expect(throws: KernelFault.outOfRange(argument: "next", found: 4, allowed: 0...3)) {
      try TokenTrie(vocabulary: 4, starts: [0, 1, 1, 1, 1], tokens: [0], next: [4])
    }
  }

  @Test func nGrams() throws {
    var random = Plain.Random(41)
    let tables = try NGramTables(
      mostOrder: 3, heads: 2, rows: 50, width: 6, values: random.floats(4 * 50 * 6))
    let tokens: [Int32] = [5, 6, 7, 5, 6, 7]
    let ids = tables.ids(of: tokens)
    #expect(ids.allSatisfy { (0..<50).contains($0) })
    // The same last three tokens, the same rows; other tokens, other rows somewhere.
    #expect(ids[8..<12] == ids[20..<24])
    #expect(ids[8..<12] != ids[12..<16])
    let touches = Touches()
    let out = try WorkerPool().lookUp(tokens, in: tables, recorder: touches.recorder)
    // Rows count through all tables, four a token.
    let rows = (0..<6).map { token in
      (0..<4).map { ids[4 * token + $0] + Int32($0 * 50) }
    }
    #expect(touches.lists == [.rows: rows])
    for (place, id) in ids.enumerated() {
      let row = (place % 4 * 50 + Int(id)) * 6
      #expect(Array(out[place * 6..<place * 6 + 6]) == Array(tables.values[row..<row + 6]))
    }
  }

  @Test func productKeys() throws {
    var random = Plain.Random(43)
    let memory = try ProductKeyMemory(
      side: 7, half: 5, width: 9, first: random.floats(35), second: random.floats(35),
      values: random.floats(49 * 9))
    let query = random.floats(10)
    var scores: [Double] = []
    for id in 0..<49 {
      let halves =
        memory.first[id / 7 * 5..<id / 7 * 5 + 5] + memory.second[id % 7 * 5..<id % 7 * 5 + 5]
      scores.append(Plain.dot(Array(halves), query))
    }
    let best = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(4)
    var right = [Double](repeating: 0, count: 9)
    var total = 0.0
    for id in best {
      let share = Plain.exponential(scores[id])
      total += share
      for column in 0..<9 { right[column] += share * Double(memory.values[id * 9 + column]) }
    }
    let touches = Touches()
    let found = try WorkerPool().lookUp(query, in: memory, k: 4, recorder: touches.recorder)
    #expect(Set(touches.lists[.rows]?.first ?? []) == Set(best.map { Int32($0) }))
    #expect(touches.lists.count == 1 && touches.lists[.rows]?.count == 1)
    #expect(Plain.error(found, right.map { Float($0 / total) }) < 1e-5)
  }
}
