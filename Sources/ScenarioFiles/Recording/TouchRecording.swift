import Diagnostics
import Kernels
import Traces

/// Takes down what the hook of a `TinyModel` sees and makes a trace of it.
///
/// Every token is a step: the experts it chose, the neurons that fired, and, once the cache
/// is longer than what attention may read, the pages that each KV head read.
public final class TouchRecording {
  private let expertLayers: [Int]
  private let neuronLayers: [Int]
  private let expertCount: Int
  private let topK: Int
  private let neuronCount: Int
  private let layers: Int
  private let kvHeads: Int
  private let pageTokens: Int
  private let picks: Int?
  /// By model layer, its row among the layers of its kind.
  private let rows: [Int]
  private let rowWords: Int
  private var tokens = 0
  private var experts: [UInt16] = []
  private var neurons: [UInt64] = []
  private var pages: [UInt32] = []

  /// - Parameter path: How the model will be read; its page size and count shape the pages.
  /// - Throws: `TraceFault` for networks of several sizes, which one column cannot hold.
  public init(_ shape: TinyModelShape, path: TinyModel.Path) throws(TraceFault) {
    var counts: Set<[Int]> = []
    var widths: Set<Int> = []
    var (expertLayers, neuronLayers, rows): ([Int], [Int], [Int]) = ([], [], [])
    for (layer, network) in shape.networks.enumerated() {
      switch network {
      case .relu(let neurons):
        widths.insert(neurons)
        rows.append(neuronLayers.count)
        neuronLayers.append(layer)
      case .experts(let count, _, let k):
        counts.insert([count, k])
        rows.append(expertLayers.count)
        expertLayers.append(layer)
      }
    }
    guard counts.count <= 1, widths.count <= 1 else {
      throw TraceFault(
        .conflict(
          key: "networks", found: "several sizes",
          mend: "a trace holds layers of one count of neurons and one of experts"))
    }
    expertCount = counts.first?[0] ?? 0
    topK = counts.first?[1] ?? 0
    neuronCount = widths.first ?? 0
    rowWords = (neuronCount + 63) / 64
    layers = shape.networks.count
    kvHeads = shape.kvHeads
    self.expertLayers = expertLayers
    self.neuronLayers = neuronLayers
    self.rows = rows
    guard case .sparse(let page, let pages) = path else {
      (pageTokens, picks) = (16, nil)
      return
    }
    (pageTokens, picks) = (page, pages)
  }

  /// Position of the first token whose attention reads pages; nil when it always reads all.
  private var firstPaged: Int? { picks.map { $0 * pageTokens } }

  /// Makes room for the next token, of which nothing has been touched yet.
  public func begin() {
    experts.append(
      contentsOf: repeatElement(UInt16.max, count: expertLayers.count * topK))
    neurons.append(contentsOf: repeatElement(0, count: neuronLayers.count * rowWords))
    if let picks, let firstPaged, tokens >= firstPaged {
      pages.append(contentsOf: repeatElement(UInt32.max, count: layers * kvHeads * picks))
    }
    tokens += 1
  }

  /// What the model calls.
  public var hook: TinyModel.Hook {
    { [self] layer, what, group, ids in touch(layer, what, group, ids) }
  }

  private func touch(
    _ layer: Int, _ what: Touched, _ group: Int, _ ids: UnsafeBufferPointer<Int32>
  ) {
    switch what {
    case .experts:
      let start = ((tokens - 1) * expertLayers.count + rows[layer]) * topK
      for (slot, id) in ids.enumerated() { experts[start + slot] = UInt16(id) }
    case .neurons:
      let start = ((tokens - 1) * neuronLayers.count + rows[layer]) * rowWords
      for id in ids { neurons[start + Int(id) / 64] |= 1 << UInt64(id % 64) }
    case .pages:
      guard let picks, let firstPaged else { return }
      let start = (((tokens - 1 - firstPaged) * layers + layer) * kvHeads + group) * picks
      for (slot, id) in ids.enumerated() { pages[start + slot] = UInt32(id) }
    // No other kernel runs in this model.
    case .blocks, .tokens, .rows, .nodes, .groups, .columns, .keyChannels, .valueChannels,
      .diagonals:
      break
    }
  }

  /// All that was taken down so far, as a trace.
  ///
  /// - Parameter header: Texts; the sections are filled here.
  /// - Throws: `TraceFault` when no token was read.
  public func trace(_ header: TraceHeader) throws(TraceFault) -> Trace {
    var header = header
    var columns: [Column] = []
    if let firstPaged, let picks, !pages.isEmpty {
      header.pages = .init(
        pageTokens: pageTokens, firstPosition: firstPaged, layers: Array(0..<layers))
      let name = ColumnName.pages.rawValue
      let shape = [tokens - firstPaged, layers, kvHeads, picks]
      columns.append(
        tokens / pageTokens < UInt16.max
          ? Column(name, .u16, shape: shape, copying: pages.map { UInt16(truncatingIfNeeded: $0) })
          : Column(name, .u32, shape: shape, copying: pages))
    }
    if !expertLayers.isEmpty, tokens > 0 {
      header.experts = .init(expertCount: expertCount, layers: expertLayers)
      let name = ColumnName.experts.rawValue
      let shape = [tokens, expertLayers.count, topK]
      columns.append(
        expertCount <= 255
          ? Column(name, .u8, shape: shape, copying: experts.map { UInt8(truncatingIfNeeded: $0) })
          : Column(name, .u16, shape: shape, copying: experts))
    }
    if !neuronLayers.isEmpty, tokens > 0 {
      header.neurons = .init(firstPosition: 0, layers: neuronLayers)
      columns.append(
        Column(
          ColumnName.neurons.rawValue, .bits, shape: [tokens, neuronLayers.count, neuronCount],
          copying: neurons))
    }
    return try Trace(header: header, columns: columns)
  }
}
