/// The operations of one step, in program order, with the sizes of every step.
///
/// A step runs `order`: each entry is a use of a block for one layer. Identical layers use one
/// block, so they are priced once; what differs between steps and layers stands in columns.
public struct Program: Sendable {
  public var streams: [Stream]
  public var blocks: [Block]
  public var order: [BlockUse]
  public var columns: [CountColumn]
  public var steps: Int

  /// - Precondition: every index points inside its array; every dependency in a block names an
  ///   operation above it in that block, or an earlier block.
  public init(
    streams: [Stream], blocks: [Block], order: [BlockUse], columns: [CountColumn], steps: Int
  ) {
    precondition(steps > 0 && !order.isEmpty)
    precondition(order.allSatisfy { blocks.indices.contains($0.block) })
    self.streams = streams
    self.blocks = blocks
    self.order = order
    self.columns = columns
    self.steps = steps
  }

  /// Operations in one step, skipped ones included.
  public var operationsPerStep: Int {
    order.reduce(0) { $0 + blocks[$1.block].operations.count }
  }
}

extension Program {
  /// Whether an operation waits, within its block, for another stream of its unit: there the streams
  /// join again, which takes time. A gather is what is forked off, so it joins nothing.
  public func joins(block: Int, operation: Int) -> Bool {
    let operations = blocks[block].operations
    let own = operations[operation].stream
    guard case .compute = streams[own].engine, operations[operation].kind != .gather else {
      return false
    }
    return operations[operation].after.contains { dependency in
      dependency.blocksBack == 0
        && operations.contains {
          $0.name == dependency.operation && $0.stream != own
            && streams[$0.stream].engine == streams[own].engine
        }
    }
  }
}

/// A template of operations that one or more layers share.
public struct Block: Sendable {
  public var name: String
  public var operations: [Operation]
  public init(name: String, operations: [Operation]) {
    self.name = name
    self.operations = operations
  }
}

/// One use of a block in a step.
public struct BlockUse: Sendable, Hashable {
  public var block: Int
  /// The layer whose entry of each column this use reads.
  public var layer: Int
  public init(block: Int, layer: Int) {
    self.block = block
    self.layer = layer
  }
}

/// A count for every (step, layer), filled by the resolve pass from a trace.
public struct CountColumn: Sendable {
  public var name: String
  public var layers: Int
  /// Row-major: `counts[step × layers + layer]`, none negative.
  public var counts: [Int32]

  public init(name: String, layers: Int, counts: [Int32]) {
    precondition(layers > 0 && counts.count % layers == 0)
    self.name = name
    self.layers = layers
    self.counts = counts
  }

  /// The same count everywhere.
  public init(name: String, layers: Int, steps: Int, constant: Int32) {
    self.init(
      name: name, layers: layers, counts: Array(repeating: constant, count: layers * steps))
  }

  public var largest: Int32 { counts.max() ?? 0 }

  /// From the smallest count to the largest; 0 alone for a column without steps.
  public var range: ClosedRange<Int> {
    guard var low = counts.first else { return 0...0 }
    var high = low
    for count in counts {
      low = min(low, count)
      high = max(high, count)
    }
    return Int(low)...Int(high)
  }

  /// The mean count of one layer over all steps.
  public func mean(layer: Int) -> Double {
    let steps = counts.count / layers
    var sum: Int64 = 0
    for step in 0..<steps { sum += Int64(counts[step * layers + layer]) }
    return Double(sum) / Double(steps)
  }

  /// The sum over all steps and layers.
  public var total: Int64 { counts.reduce(0) { $0 + Int64($1) } }
}
