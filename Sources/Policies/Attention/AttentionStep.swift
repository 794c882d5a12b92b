import Models
import Programs

extension StepBuilder {
  /// The attention of one layer in a decode step: projections, selection, KV, output.
  mutating func addAttention(_ layer: Layer, at index: Int) {
    let hidden = setting.model.hidden
    let matrices = layer.attention.matrices(hidden: hidden).filter { $0.role != .norm }
    let output = matrices.filter { $0.name == "o" || $0.name.hasPrefix("o_") }
    let input = matrices.filter { !output.contains($0) }
    let resident = streamWeights(
      .attention, bytes: setting.weights.bytes(of: matrices.elements).value)
    if layer.normCount > 0 {
      addNorm("attention.norm", after: resident)
    }
    addProducts("attention.input", input, after: resident)
    for matrix in layer.products {
      addProduct(
        "product.\(matrix.name)", elements: matrix.elements, inputs: matrix.columns)
    }
    let first = operations.count
    if layer.attention.kvHeads > 0 { addKeyValueReads(layer.attention, at: index) }
    reads = first..<operations.count
    addProducts("attention.output", output)
  }

  /// What the layer reads of KV, with its selection and what has to be fetched first.
  mutating func addKeyValueReads(_ attention: Attention, at index: Int) {
    if let readPlan, let place = readPlan.classOfLayer[index] {
      addReads(of: readPlan.classes[place], at: place)
      return
    }
    switch setting.method.attention.selection {
    case .all: addDenseAttention(attention)
    case .pages(let keep, let page):
      // A layer that sees no more than a window has nothing to select from.
      if let window = attention.window, window <= keep {
        addDenseAttention(attention)
      } else {
        addPagedAttention(attention, keep: keep, page: page)
      }
    }
  }

  /// KV bytes of one token, and the flops of attending to it, for the whole batch.
  func perToken(_ attention: Attention) -> (bytes: Double, flops: Double) {
    let batch = Double(setting.workload.batch)
    let elements = attention.kvElementsWritten
    let heads = Double(max(1, attention.queryHeads))
    let perHead = elements / Double(max(1, attention.kvHeads))
    return (setting.kv.bytes(of: elements).value * batch, 2 * heads * perHead * batch)
  }

  private mutating func addDenseAttention(_ attention: Attention) {
    let (bytes, flops) = perToken(attention)
    let unit = Double(setting.contextUnit)
    let windowed = attention.window.map { $0 < setting.longestContext } ?? false
    let tokens = windowed ? Double(attention.window ?? 0) : unit
    func affine(_ amount: Double) -> Affine {
      windowed ? Affine(base: amount * tokens) : Affine(each: amount * tokens)
    }
    let arrived = addDenseFetch(
      bytes: bytes * tokens, pieces: windowed ? max(1, tokens / unit / 64) : 1 / 64,
      column: windowed ? nil : "context")
    add(
      Operation(
        name: "attention.attend", site: .attention, kind: .attentionDecode, stream: main,
        precision: setting.activations, flops: affine(flops),
        traffic: [Traffic(through: nearTier, bytes: affine(bytes))],
        column: windowed ? nil : column("context"), after: arrived,
        call: decodeCall(attention, context: setting.longestContext, page: Self.pageOfAll).map {
          windowed ? .constant(.attentionDecode($0)) : .context($0, tokensEach: unit)
        }))
  }

  /// Tokens of a page where all of the KV is read.
  static let pageOfAll = 64

  /// Without selection, KV in a far tier crosses the link at every step, all that the layer sees.
  private mutating func addDenseFetch(
    bytes: Double, pieces: Double, column: String?
  ) -> [Dependency] {
    guard let tier = setting.method.cache.tier, tier != nearTier else { return [] }
    let ahead = setting.method.cache.prefetch?.layers ?? 0
    return add(
      Fetch(
        name: "cache.fetch", site: .cache, tier: tier, column: column, bytes: bytes, pieces: pieces,
        transfer: setting.method.cache.transfer, depth: 32,
        after: afterMain(blocksBack: ahead), besideMain: ahead > 0))
  }

  private mutating func addPagedAttention(_ attention: Attention, keep: Int, page: Int) {
    let (bytes, flops) = perToken(attention)
    let heads = Double(max(1, attention.kvHeads))
    let pageBytes = bytes / heads * Double(page)
    addSelection(attention, keep: keep, page: page)
    let arrived = addPageFetch(pageBytes: pageBytes)
    guard setting.method.attention.compute else { return }
    let onHost = setting.method.cache.onMiss == .host && setting.method.cache.tier != nil
    add(
      Operation(
        name: "attention.attend", site: .attention, kind: .attentionDecode, stream: main,
        precision: setting.activations, flops: Affine(each: flops / heads * Double(page)),
        traffic: [Traffic(through: nearTier, bytes: Affine(each: pageBytes))],
        column: column(onHost ? "pages.resident" : "pages.selected"),
        after: onHost ? [] : arrived,
        call: decodeCall(attention, context: setting.longestContext, page: page).map { call in
          var call = call
          call.isSelected = true
          return .pages(call, tokensEach: Double(page))
        }))
    if onHost {
      addElementwise(
        "cache.merge", site: .cache, width: attention.kvElementsWritten, after: arrived)
    }
  }
}
