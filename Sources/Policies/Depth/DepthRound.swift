import Programs

/// Lowers a step of several passes: those that propose, then the one that yields the tokens.
enum DepthRound {
  static func lower(_ setting: Setting) -> LoweredStep {
    let depth = setting.method.depth
    var joined = LoweredStep(streams: [], blocks: [], order: [], columns: [])
    guard let correct = depth.correct else {
      joined.append(DecodeStep.lowerStart(setting), times: 1)
      if let draft = depth.draft, let model = setting.draft {
        var pass = DecodeStep.lowerPass(setting.drafting(model, draft), start: .none)
        pass.call("draft", site: .depth)
        joined.append(pass, times: draft.passes)
      }
      // The host has read the draft before it launches the pass that verifies it.
      joined.append(DecodeStep.lowerPass(setting, start: .launches), times: 1)
      return joined
    }
    joined.append(DecodeStep.lowerPass(setting.withoutCorrection), times: correct.every - 1)
    joined.append(DecodeStep.lowerPass(setting.correcting), times: 1)
    return joined
  }
}

extension LoweredStep {
  /// Puts a name before those of all operations and blocks, and counts them for a site. Their layers
  /// are another model's, whose counts are those of the first.
  fileprivate mutating func call(_ name: String, site: Site) {
    for block in blocks.indices {
      blocks[block].name = "\(name).\(blocks[block].name)"
      for place in blocks[block].operations.indices {
        blocks[block].operations[place].name = "\(name).\(blocks[block].operations[place].name)"
        blocks[block].operations[place].site = site
        for other in blocks[block].operations[place].after.indices
        where !blocks[block].operations[place].after[other].operation.isEmpty {
          let awaited = blocks[block].operations[place].after[other].operation
          blocks[block].operations[place].after[other].operation = "\(name).\(awaited)"
        }
      }
    }
    for use in order.indices { order[use].layer = 0 }
  }

  /// Adds a pass after those that are there, its streams and columns found by their names.
  fileprivate mutating func append(_ pass: LoweredStep, times: Int) {
    let streams = pass.streams.map { stream in
      Self.place(stream, in: &self.streams) { $0.name == stream.name }
    }
    let columns = pass.columns.map { name in
      Self.place(name, in: &self.columns) { $0 == name }
    }
    let first = blocks.count
    for block in pass.blocks {
      var block = block
      for place in block.operations.indices {
        block.operations[place].stream = streams[block.operations[place].stream]
        block.operations[place].column = block.operations[place].column.map { columns[$0] }
      }
      blocks.append(block)
    }
    let uses = pass.order.map { BlockUse(block: first + $0.block, layer: $0.layer) }
    for _ in 0..<times { order += uses }
  }

  private static func place<Item>(
    _ item: Item, in items: inout [Item], _ isSame: (Item) -> Bool
  ) -> Int {
    if let place = items.firstIndex(where: isSame) { return place }
    items.append(item)
    return items.count - 1
  }
}
