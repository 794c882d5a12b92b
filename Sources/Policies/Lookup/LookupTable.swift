import Quantities

/// A table that layers read by address: rows of embeddings, values of a memory, nodes of a trie.
public struct LookupTable: Sendable, Hashable {
  public var name: String
  /// Each has a table of its own.
  public var layers: [LayerRange]
  /// Rows that a token reads in one layer.
  public var rows: Int
  /// One row.
  public var row: Bytes
  /// The table of one layer.
  public var table: Bytes
  /// Nil: beside the processor.
  public var tier: String?
  public var transfer: Transfer
  /// Reads in flight, of storage.
  public var depth: Int
  /// Layers ahead of the need that a read may be issued: addresses that follow from tokens alone are
  /// known when the step begins.
  public var prefetchLayers: Int
  /// Exponent of the popularity of rows by rank; 0 is even.
  public var zipf: Double
  /// Share of a far table's rows, the most popular, that lie beside the processor too.
  public var hot: Double
  /// Reads that follow from one another, as down the levels of a tree: a kernel each.
  public var launches: Int
  /// Whether the tokens of a prompt read it too.
  public var inPrompt: Bool

  public init(
    name: String, layers: [LayerRange] = [.all], rows: Int, row: Bytes, table: Bytes,
    tier: String? = nil, transfer: Transfer = .gatherKernel, depth: Int = 32,
    prefetchLayers: Int = 0, zipf: Double = 0, hot: Double = 0, launches: Int = 1,
    inPrompt: Bool = true
  ) {
    self.name = name
    self.layers = layers
    self.rows = rows
    self.row = row
    self.table = table
    self.tier = tier
    self.transfer = transfer
    self.depth = depth
    self.prefetchLayers = prefetchLayers
    self.zipf = zipf
    self.hot = hot
    self.launches = launches
    self.inPrompt = inPrompt
  }

  /// Rows of the table of one layer, at least 1.
  public var count: Double { max(1, (table.value / row.value).rounded(.down)) }

  public var popularity: RowPopularity { RowPopularity(rows: count, exponent: zipf) }

  public func isRead(by layer: Int, of layerCount: Int) -> Bool {
    layers.contains { $0.contains(layer, of: layerCount) }
  }

  /// Layers of a model that read it.
  public func readers(of layerCount: Int) -> Int {
    (0..<layerCount).count { isRead(by: $0, of: layerCount) }
  }
}
