import Models
import Programs

extension StepBuilder {
  /// The stated works of a layer in a decode step.
  mutating func addOverheads(layer index: Int) {
    guard !setting.method.overheads.isEmpty else { return }
    add(.decode, layer: index, StatedSizes(decode: setting))
  }

  /// The stated works of a layer in a pass over the prompt.
  mutating func addOverheads(layer index: Int, of pass: PromptPass, kept: Double) {
    guard !setting.method.overheads.isEmpty else { return }
    add(.prompt, layer: index, StatedSizes(prompt: pass, kept: kept, policy: setting.method.prompt))
  }

  private mutating func add(_ phase: StatedWork.Phase, layer index: Int, _ sizes: StatedSizes) {
    let attention = setting.model.layer(index).attention
    for work in setting.method.overheads
    where work.phase == phase && work.layers.contains(index, of: setting.model.layerCount) {
      add(work, attention, sizes)
    }
  }

  private mutating func add(
    _ work: StatedWork, _ attention: Attention, _ sizes: StatedSizes
  ) {
    let name = (work.phase == .prompt ? "prompt." : "stated.") + work.name
    let part = 1 / Double(work.everySteps)
    let batch = Double(setting.workload.batch)
    switch work.work {
    case .launches:
      add(work, name, .elementwise, flops: .zero, bytes: .zero)
    case .scores(let scores):
      addScores(scores, work, name, heads: heads(scores.heads, attention), sizes)
    case .product(let rows, let inputs, let outputs, let heads):
      let heads = self.heads(heads, attention)
      let count = sizes.rows(rows) * (batch * part)
      let elements = Double(inputs) * Double(outputs) * heads
      let activations = setting.activations.bytes(of: Double(inputs + outputs) * heads).value
      add(
        work, name, sizes.isPrompt ? .matrixProduct : .matrixVector,
        flops: count * (2 * elements),
        bytes: count * activations + Affine(base: setting.heldBytes(of: elements) * part),
        call: count.each == 0 && work.everySteps == 1
          ? productCall(rows: Int(count.base), elements: elements, inputs: inputs) : nil)
    case .topK(let rows, let heads, let of, let keep):
      let rows = sizes.queries(rows) * (batch * self.heads(heads, attention))
      addTopK(work, name, rows: rows(0), of: sizes.keys(of), keep: keep)
    case .move(let tokens, let bytes, let ofSeen, let byNumber):
      let moved = ofSeen ? sizes.keys(tokens) : sizes.moved(tokens)
      let isKnown = setting.runtime.kernels[Operation.Kind.join.rawValue] != nil
      add(
        work, name, byNumber && isKnown ? .join : .elementwise, flops: .zero,
        bytes: moved * (2 * bytes * batch * part))
    case .chain(let of):
      add(
        work, name, .chain, flops: .zero, bytes: .zero,
        rows: sizes.isPrompt ? sizes.keys(of).base : sizes.keys(of)(sizes.meanCount))
    case .read(let tokens, let bytes, let tier):
      addRead(
        work, name, bytes: sizes.moved(tokens) * (bytes * batch * part), tier: tier,
        meanCount: sizes.meanCount)
    }
  }

  private func heads(_ heads: StatedWork.Heads, _ attention: Attention) -> Double {
    switch heads {
    case .query: Double(max(1, attention.queryHeads))
    case .kv: Double(max(1, attention.kvHeads))
    case .one: 1
    case .count(let count): Double(count)
    }
  }

  /// Keys are read once; of all tokens with all before them, half of the pairs.
  private mutating func addScores(
    _ scores: StatedWork.Scores, _ work: StatedWork, _ name: String, heads: Double,
    _ sizes: StatedSizes
  ) {
    let part = Double(setting.workload.batch) * heads / Double(work.everySteps)
    let width = Double(scores.width)
    let format = scores.precision ?? setting.activations
    let keys = sizes.keys(scores.keys)
    let pairs = sizes.pairs(scores.queries, scores.keys)
    let number = setting.activations.bytes(of: part).value
    var bytes = keys * (format.bytes(of: width).value * part)
    bytes = bytes + sizes.queries(scores.queries) * (number * width)
    if scores.writes { bytes = bytes + pairs * number }
    let call =
      sizes.isPrompt ? scoresCall(scores, heads: heads, pairs: pairs.base, keys.base, sizes) : nil
    add(
      work, name, sizes.isPrompt ? .matrixProduct : .batchedMatrixVector,
      flops: pairs * (2 * width * part), bytes: bytes, call: call)
  }

  /// Scores of all queries that stay in the kernel are attention without its values; others are one
  /// product, the keys of all heads and sequences as its columns.
  private func scoresCall(
    _ scores: StatedWork.Scores, heads: Double, pairs: Double, _ keys: Double,
    _ sizes: StatedSizes
  ) -> SizedCall? {
    let batch = setting.workload.batch
    let format = scores.precision ?? setting.activations
    guard scores.writes || !(scores.queries ?? .all).isAll else {
      // A causal walk over as many keys as a query scores in the mean.
      let rows = max(1, sizes.rows)
      let cached = max(0, (pairs / rows - rows / 2).rounded())
      let causal = rows * cached + rows * rows / 2
      return .constant(
        .attentionPrefill(
          PrefillAttentionCall(
            batch: batch, tokens: Int(rows), cached: Int(cached), heads: Int(heads),
            kvHeads: Int(heads), keyDimension: scores.width, valueDimension: scores.width,
            density: min(1, pairs / causal), valueShare: 0, arithmetic: setting.activations,
            kv: format, isCold: true)))
    }
    guard callsProducts else { return nil }
    let columns = max(1, min(1e9, keys * heads * Double(batch)))
    return .constant(
      .product(
        MatrixCall(
          m: max(1, Int(pairs / max(1, keys))), n: Int(columns), k: scores.width,
          weights: format, arithmetic: setting.activations)))
  }

  /// Where the runtime says which kernels a selection takes, the search and the sort are priced by
  /// what they work on; elsewhere the scores are read once.
  private mutating func addTopK(
    _ work: StatedWork, _ name: String, rows: Double, of: Affine, keep: Int
  ) {
    let part = 1 / Double(work.everySteps)
    let score = setting.activations.bytes(of: rows).value * part
    let isKnown = setting.runtime.kernels[Operation.Kind.topK.rawValue] != nil
    add(
      work, name, isKnown ? .topK : .elementwise, flops: .zero, bytes: of * score, rows: rows)
    guard isKnown, keep > 0 else { return }
    add(
      work, name + ".sort", .sort, flops: .zero, bytes: Affine(base: score * Double(keep)),
      rows: rows, width: Double(keep))
  }

  private mutating func addRead(
    _ work: StatedWork, _ name: String, bytes: Affine, tier: String?, meanCount: Double
  ) {
    guard let tier, tier != nearTier else {
      add(work, name, .elementwise, flops: .zero, bytes: bytes)
      return
    }
    let isAffine = bytes.each != 0
    // What does not grow crosses with what does, at the mean of the steps.
    let unit = isAffine ? bytes.each + bytes.base / meanCount : bytes.base
    guard unit > 0 else { return }
    let arrived = add(
      Fetch(
        name: name + ".fetch", site: work.site, tier: tier, column: isAffine ? "context" : nil,
        bytes: unit, pieces: isAffine ? 1 / 64 : 1, transfer: setting.method.cache.transfer,
        depth: 32, after: afterMain(), besideMain: false))
    add(work, name, .elementwise, flops: .zero, bytes: bytes, after: arrived)
  }

  /// Blocks of threads of a kernel that joins arrays: many for each core.
  private static var joining: Double { 65_536 }

  private mutating func add(
    _ work: StatedWork, _ name: String, _ kind: Operation.Kind, flops: Affine, bytes: Affine,
    rows: Double = 1, width: Double = 1, after: [Dependency] = [], call: SizedCall? = nil
  ) {
    let isAffine = flops.each != 0 || bytes.each != 0
    var launches = Double(work.launches) / Double(work.everySteps)
    if call != nil, work.launches > 1 {
      // A calibrated kernel's price holds one launch: the others stand apart.
      let others = Double(work.launches - 1) / Double(work.everySteps)
      add(
        Operation(
          name: name, site: work.site, kind: .elementwise, stream: main,
          precision: setting.activations, traffic: [], launches: Affine(base: others)),
        waits: work.waits)
      launches -= others
    }
    add(
      Operation(
        name: name, site: work.site, kind: kind, stream: main, precision: setting.activations,
        flops: flops, traffic: [Traffic(through: nearTier, bytes: bytes)],
        pieces: Affine(base: kind == .topK ? rows : kind == .join ? Self.joining : 1),
        launches: Affine(base: launches),
        rows: rows, width: width, column: isAffine ? column("context") : nil, after: after,
        call: call), waits: work.waits)
  }
}

extension Affine {
  static func * (amount: Affine, factor: Double) -> Affine {
    Affine(base: amount.base * factor, each: amount.each * factor)
  }

  static func + (a: Affine, b: Affine) -> Affine {
    Affine(base: a.base + b.base, each: a.each + b.each)
  }
}
