/// A small transformer that runs through the kernels, densely or sparsely.
///
/// A layer is x += attention(norm(x)); x += network(norm(x)); logits = norm(x) times the embedding,
/// transposed. Weights are kept in fp32 as the kernels read them: queries, keys and values in one
/// matrix, feed-forward networks in neuron bundles.
public final class TinyModel {
  /// What is computed for a token.
  public enum Path: Sendable, Hashable {
    /// Every neuron, every expert, every token.
    case dense
    /// Neurons that fire, experts that were chosen (both exact), and of the cache the `pages` pages
    /// with the most mass by the means of their keys, the last one always; nil reads all.
    case sparse(page: Int = 16, pages: Int? = nil)
  }

  /// What a layer read: layer, what, group (a KV head), ids. On the dense path, which reads all,
  /// the neurons that fired and the experts that were chosen.
  public typealias Hook = (_ layer: Int, Touched, _ group: Int, UnsafeBufferPointer<Int32>) -> Void

  enum Network {
    case relu(FeedForward)
    case experts(ExpertMixture, k: Int)
  }

  struct Layer {
    let attentionNorm: [Float]
    let networkNorm: [Float]
    /// Rows of queries, then of keys, then of values.
    let projections: DenseMatrix
    let output: DenseMatrix
    let network: Network
    let cache: KVCache
  }

  public let shape: TinyModelShape
  /// Tokens that there is room for.
  public let capacity: Int
  /// Tokens that have been read.
  public private(set) var position = 0
  let layers: [Layer]
  private let embedding: DenseMatrix
  private let finalNorm: [Float]
  private let rotation: Rotation

  /// - Parameters:
  ///   - capacity: Tokens that there is room for, at least 1.
  ///   - tensor: The floats of a tensor of `shape.tensors`, row by row as PyTorch stores it.
  ///     Experts' `up` is [experts][width][neurons], their `down` [experts][neurons][width].
  /// - Throws: `KernelFault` for a shape or counts that do not fit, and what `tensor` throws.
  public init(
    shape: TinyModelShape, capacity: Int, tensor: (String) throws -> [Float]
  ) throws {
    try shape.check()
    var tensors: [String: [Float]] = [:]
    for (name, count) in shape.tensors {
      let values = try tensor(name)
      try Inputs.count(values.count, count, name)
      tensors[name] = values
    }
    func named(_ name: String) -> [Float] { tensors[name] ?? [] }
    self.shape = shape
    self.capacity = capacity
    let inner = shape.heads * shape.headWidth, width = shape.width
    layers = try shape.networks.enumerated().map { layer, network in
      let rows = ["q", "k", "v"].flatMap { named("att.\(layer).\($0).weight") }
      return Layer(
        attentionNorm: named("n1.\(layer).w"), networkNorm: named("n2.\(layer).w"),
        projections: try DenseMatrix(rows: rows.count / width, columns: width, values: rows),
        output: try DenseMatrix(
          rows: width, columns: inner, values: named("att.\(layer).o.weight")),
        network: try Self.network(network, layer, width, named),
        cache: try KVCache(
          heads: shape.kvHeads, width: shape.headWidth, capacity: capacity))
    }
    embedding = try DenseMatrix(
      rows: shape.vocabulary, columns: width, values: named("emb.weight"))
    finalNorm = named("nf.w")
    rotation = Rotation(width: shape.headWidth, theta: shape.theta, positions: capacity)
  }

  private static func network(
    _ network: TinyModelShape.Network, _ layer: Int, _ width: Int, _ named: (String) -> [Float]
  ) throws -> Network {
    switch network {
    case .relu(let neurons):
      let up = named("ffn.\(layer).up.weight"), down = named("ffn.\(layer).down.weight")
      var bundles: [Float] = []
      bundles.reserveCapacity(up.count + down.count)
      for neuron in 0..<neurons {
        bundles += up[neuron * width..<(neuron + 1) * width]
        for column in 0..<width { bundles.append(down[column * neurons + neuron]) }
      }
      return .relu(try FeedForward(neurons: neurons, width: width, bundles: bundles))
    case .experts(let count, let neurons, let k):
      let up = named("ffn.\(layer).up"), down = named("ffn.\(layer).down")
      var bundles: [Float] = []
      bundles.reserveCapacity(up.count + down.count)
      for expert in 0..<count {
        let start = expert * neurons * width
        for neuron in 0..<neurons {
          for column in 0..<width { bundles.append(up[start + column * neurons + neuron]) }
          bundles += down[start + neuron * width..<start + (neuron + 1) * width]
        }
      }
      let router = try DenseMatrix(
        rows: count, columns: width, values: named("ffn.\(layer).gate.weight"))
      return .experts(
        try ExpertMixture(router: router, neurons: neurons, bundles: bundles), k: k)
    }
  }

  /// Forgets what was read.
  public func reset() {
    position = 0
    for layer in layers { layer.cache.removeAll() }
  }

  /// Reads one token and returns the logits of the next.
  ///
  /// - Throws: `.outOfRange` for a token past the vocabulary or when the cache is full.
  public func read(
    _ token: Int, on pool: WorkerPool, path: Path = .sparse(), hook: Hook? = nil
  ) throws(KernelFault) -> [Float] {
    try Inputs.range(token, 0...(shape.vocabulary - 1), "token")
    try Inputs.range(position, 0...(capacity - 1), "position")
    let width = shape.width
    var x = Array(embedding.values[token * width..<(token + 1) * width])
    for (index, layer) in layers.enumerated() {
      let recorder = hook.map { hook in
        TouchRecorder { what, group, ids in hook(index, what, group, ids) }
      }
      add(try attend(layer, normalised(x, layer.attentionNorm), pool, path, recorder), to: &x)
      let y = normalised(x, layer.networkNorm)
      add(try run(layer.network, y, pool, path, recorder), to: &x)
    }
    position += 1
    return try pool.multiply(embedding, normalised(x, finalNorm))
  }

  private func attend(
    _ layer: Layer, _ x: [Float], _ pool: WorkerPool, _ path: Path, _ recorder: TouchRecorder?
  ) throws(KernelFault) -> [Float] {
    var all = try pool.multiply(layer.projections, x)
    let inner = shape.heads * shape.headWidth, kv = shape.kvHeads * shape.headWidth
    rotation.turn(&all, heads: shape.heads + shape.kvHeads, position: position)
    try layer.cache.append(
      keys: Array(all[inner..<inner + kv]), values: Array(all[(inner + kv)...]))
    let queries = Array(all[..<inner])
    let group = shape.heads / shape.kvHeads
    guard case .sparse(let page, let pages?) = path, layer.cache.tokens > page * pages else {
      return try pool.multiply(
        layer.output, try pool.attend(queries, to: layer.cache, group: group))
    }
    let mass = try pool.pageMass(queries, in: layer.cache, page: page, by: .means, group: group)
    let lists = mass.map { mass in
      // The last page holds the token itself.
      Selection.top(pages - 1, of: Array(mass.dropLast())) + [Int32(mass.count - 1)]
    }
    let out = try pool.attend(
      queries, to: layer.cache, pages: PageLists(page: page, ids: lists), group: group,
      recorder: recorder)
    return try pool.multiply(layer.output, out)
  }

  private func run(
    _ network: Network, _ x: [Float], _ pool: WorkerPool, _ path: Path,
    _ recorder: TouchRecorder?
  ) throws(KernelFault) -> [Float] {
    switch (network, path) {
    case (.relu(let network), .dense):
      guard let recorder else { return try pool.run(network, x) }
      let (y, fired) = try pool.runNamingFired(network, x)
      recorder.touch(.neurons, fired)
      return y
    case (.relu(let network), .sparse):
      return try pool.runFiring(network, x, recorder: recorder).y
    case (.experts(let mixture, let k), _):
      let choice = try pool.route(mixture, x, k: k)
      if path == .dense { recorder?.touch(.experts, choice.ids) }
      return try pool.run(
        mixture, choice, x, isDense: path == .dense, recorder: recorder)
    }
  }

  private func normalised(_ x: [Float], _ weights: [Float]) -> [Float] {
    var squares: Float = 0
    for value in x { squares += value * value }
    // PyTorch's default epsilon: the machine epsilon of fp32.
    let scale = 1 / (squares / Float(x.count) + Float.ulpOfOne).squareRoot()
    var result = x
    for index in result.indices { result[index] = x[index] * scale * weights[index] }
    return result
  }

  private func add(_ y: [Float], to x: inout [Float]) {
    for index in x.indices { x[index] += y[index] }
  }
}
