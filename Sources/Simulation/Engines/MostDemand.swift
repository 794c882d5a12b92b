/// The most that each stream can ask of each channel.
struct MostDemand {
  /// By channel, then stream.
  private var most: [[Double]]
  private let priced: PricedProgram

  init(_ priced: PricedProgram) {
    self.priced = priced
    most = Array(
      repeating: Array(repeating: 0.0, count: priced.program.streams.count),
      count: priced.channels.count)
    for (b, block) in priced.program.blocks.enumerated() {
      for (o, operation) in block.operations.enumerated() {
        let own = ofOperation(b, o)
        for c in own.indices {
          most[c][operation.stream] = max(most[c][operation.stream], own[c])
        }
      }
    }
  }

  /// The most that one operation asks of each channel at any of its counts.
  private func ofOperation(_ block: Int, _ operation: Int) -> [Double] {
    let channels = priced.channels.count
    var most = [Double](repeating: 0, count: channels)
    let base = priced.demands.base[priced.tables.blockStart[block] + operation]
    guard base >= 0 else { return most }
    for count in 0..<priced.tables.entry(block, operation).range.count {
      for c in 0..<channels {
        most[c] = max(most[c], priced.demands.shares[(base + count) * channels + c])
      }
    }
    return most
  }

  /// How much longer each activity can take, at most: when all other streams ask for their most and
  /// come before it. Infinite where they can leave it nothing.
  func stretches() -> [Double] {
    let ofOperation = priced.program.blocks.enumerated().map { b, block in
      block.operations.indices.map { stretch(b, $0, stream: block.operations[$0].stream) }
    }
    return priced.program.order.flatMap { ofOperation[$0.block] }
  }

  private func stretch(_ block: Int, _ operation: Int, stream own: Int) -> Double {
    var stretch = 1.0
    for (c, asked) in ofOperation(block, operation).enumerated() where asked > 0 {
      var left = 1.0
      for (stream, most) in most[c].enumerated() where stream != own { left -= most }
      stretch = left > 1e-12 ? max(stretch, asked / left) : .infinity
    }
    return stretch
  }
}
