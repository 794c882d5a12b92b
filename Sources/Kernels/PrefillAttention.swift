import CKernels

/// Queries, keys and values of a whole prompt.
public struct PromptTensors: Sendable {
  public let tokens: Int
  public let heads: Int
  /// Query heads that share a KV head.
  public let group: Int
  public let width: Int
  /// [head][tokens][width]; keys and values by KV head.
  public let queries: [Float]
  public let keys: [Float]
  public let values: [Float]

  /// - Throws: `.outOfRange` and `.wrongCount` for what does not fit together.
  public init(
    tokens: Int, heads: Int, group: Int, width: Int, queries: [Float], keys: [Float],
    values: [Float]
  ) throws(KernelFault) {
    try Inputs.size(tokens, "tokens")
    try Inputs.range(heads, 1...65_536, "heads")
    try Inputs.range(group, 1...heads, "group")
    try Inputs.count(heads % group, 0, "heads that fill no group")
    try Inputs.range(width, 1...65_536, "width")
    try Inputs.count(queries.count, try Inputs.product(heads, tokens, width), "queries")
    try Inputs.count(keys.count, queries.count / group, "keys")
    try Inputs.count(values.count, queries.count / group, "values")
    self.tokens = tokens
    self.heads = heads
    self.group = group
    self.width = width
    self.queries = queries
    self.keys = keys
    self.values = values
  }
}

/// Which keys the queries of a prompt read, before the causal mask.
public enum PrefillPattern: Sendable {
  case dense
  /// For each head and each block of queries the blocks of keys, rising, none after its own.
  case blocks([[[Int32]]])
  /// For each head columns that all queries read, rising, and distances of diagonals.
  case verticalSlash(columns: [[Int32]], diagonals: [[Int32]])
}

extension WorkerPool {
  /// Causal attention of all tokens of a prompt, by blocks of `block` queries.
  ///
  /// - Throws: `.outOfRange` for a block above 256 or ids past the prompt, `.notRising`.
  public func attend(
    _ prompt: PromptTensors, block: Int = 64, pattern: PrefillPattern = .dense,
    recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Float] {
    try Inputs.range(block, 1...256, "block")
    var out = [Float](repeating: 0, count: prompt.queries.count)
    let status: Int32
    switch pattern {
    case .dense:
      status = use(prompt, block) { lacuna_prefill_dense(handle, $0, &out) }
    case .blocks(let lists):
      let blocks = (prompt.tokens + block - 1) / block
      try Inputs.count(lists.count, prompt.heads, "block lists")
      var flat = FlatLists()
      for head in lists {
        try Inputs.count(head.count, blocks, "block lists of a head")
        for (own, list) in head.enumerated() { try flat.append(list, below: own + 1, "blocks") }
      }
      status = TouchRecorder.use(recorder) { recorder in
        use(prompt, block) { prompt in
          flat.use { starts, ids in
            var known = lacuna_block_lists(starts: starts, ids: ids)
            return lacuna_prefill_blocks(handle, prompt, &known, &out, recorder)
          }
        }
      }
    case .verticalSlash(let columns, let diagonals):
      try Inputs.count(columns.count, prompt.heads, "columns")
      try Inputs.count(diagonals.count, prompt.heads, "diagonals")
      var vertical = FlatLists(), slash = FlatLists()
      for list in columns { try vertical.append(list, below: prompt.tokens, "columns") }
      for list in diagonals { try slash.append(list.sorted(), below: prompt.tokens, "diagonals") }
      status = TouchRecorder.use(recorder) { recorder in
        use(prompt, block) { prompt in
          vertical.use { columnStarts, columns in
            slash.use { diagonalStarts, diagonals in
              var known = lacuna_vertical_slash(
                column_starts: columnStarts, columns: columns, diagonal_starts: diagonalStarts,
                diagonals: diagonals)
              return lacuna_prefill_vertical_slash(handle, prompt, &known, &out, recorder)
            }
          }
        }
      }
    }
    try Inputs.check(status)
    return out
  }

  private func use<Result>(
    _ prompt: PromptTensors, _ block: Int, _ body: (UnsafePointer<lacuna_prompt>) -> Result
  ) -> Result {
    prompt.queries.withUnsafeBufferPointer { queries in
      prompt.keys.withUnsafeBufferPointer { keys in
        prompt.values.withUnsafeBufferPointer { values in
          var known = lacuna_prompt(
            queries: queries.baseAddress, keys: keys.baseAddress, values: values.baseAddress,
            tokens: Int64(prompt.tokens), heads: Int64(prompt.heads),
            group: Int64(prompt.group), width: Int64(prompt.width), block: Int64(block))
          return withUnsafePointer(to: &known) { body($0) }
        }
      }
    }
  }
}
