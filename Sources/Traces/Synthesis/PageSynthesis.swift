import NumericalMethods

/// The dimensions of a page trace to draw.
public struct PageTarget: Sendable, Hashable {
  public var layers: Int
  public var kvHeads: Int
  public var picks: Int
  public var steps: Int
  public var pageTokens: Int
  /// Tokens that the query of step 0 can read, its own included.
  public var context: Int
  public init(
    layers: Int, kvHeads: Int, picks: Int, steps: Int, pageTokens: Int, context: Int
  ) {
    self.layers = layers
    self.kvHeads = kvHeads
    self.picks = picks
    self.steps = steps
    self.pageTokens = pageTokens
    self.context = context
  }
}

extension TraceSynthesis {
  /// Three kinds of page: the first page is touched as often as in the recording; recent pages take
  /// the recorded share of the picks, distance being counted in shares of the picks; the other
  /// pages have the recorded popularity by rank, whatever their number.
  public static func pages(
    like trace: Trace, as target: PageTarget, seed: UInt64
  ) throws(TraceFault) -> Trace {
    guard let like = trace.pages else { throw missing(.pages, trace) }
    try check("layers", target.layers, in: 1...4096)
    try check("kv-heads", target.kvHeads, in: 1...4096)
    try check("steps", target.steps, in: 1...sizeLimit)
    try check("page", target.pageTokens, in: 1...sizeLimit)
    try check("context", target.context, in: 1...(1 << 32))
    let pageCount = (target.context + target.pageTokens - 1) / target.pageTokens
    try check("pages of the context", pageCount, in: 1...(1 << 22))
    try check("picks", target.picks, in: 1...pageCount)
    let last = (target.context + target.steps + target.pageTokens) / target.pageTokens
    let isWide = last >= Int(UInt16.max)
    let shape = [target.steps, target.layers, target.kvHeads, target.picks]
    try check(bytes: shape + [isWide ? 4 : 2])
    let ids = ColumnStorage(byteCount: shape.reduce(isWide ? 4 : 2, *))
    let mass = like.hasMass ? ColumnStorage(byteCount: shape.reduce(2, *)) : nil
    var fits: [Int: PageFit] = [:]
    for stream in 0..<target.layers * target.kvHeads {
      let (layer, head) = (stream / target.kvHeads, stream % target.kvHeads)
      let from = recorded(layer, of: target.layers, among: like.layers)
      // Heads beyond the recorded ones take them in turn.
      let key = from * like.kvHeads + head % like.kvHeads
      let fit =
        fits[key]
        ?? PageFit(like, layer: from, head: head % like.kvHeads)
        .mended(like: like, for: target, stream: stream, seed: seed)
      fits[key] = fit
      var draw = PageDraw(fit, like: like, target: target, stream: stream, seed: seed)
      let masses = massRow(fit, picks: target.picks)
      for step in 0..<target.steps {
        draw.advance(to: step)
        let row = (step * target.layers * target.kvHeads + stream) * target.picks
        draw.row { slot, page in
          if isWide {
            ids.bytes.storeBytes(
              of: UInt32(page), toByteOffset: (row + slot) &* 4, as: UInt32.self)
          } else {
            ids.bytes.storeBytes(
              of: UInt16(page), toByteOffset: (row + slot) &* 2, as: UInt16.self)
          }
        }
        if let mass {
          masses.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(
              rebasing: mass.bytes[row * 2..<(row + target.picks) * 2]
            ).copyMemory(from: source)
          }
        }
      }
    }
    var header = header(
      like: trace, seed: seed,
      "\(target.layers) layers, \(target.kvHeads) KV heads, \(target.picks) picks of "
        + "\(target.pageTokens)-token pages, context \(target.context)")
    header.pages = TraceHeader.Pages(
      pageTokens: target.pageTokens, firstPosition: target.context - 1,
      layers: Array(0..<target.layers))
    var columns = [ids.column(ColumnName.pages.rawValue, isWide ? .u32 : .u16, shape: shape)]
    if let mass { columns.append(mass.column(ColumnName.pageMass.rawValue, .f16, shape: shape)) }
    return try Trace(header: header, columns: columns)
  }

  /// The recorded mean mass by rank, resampled to `picks` ranks with the same sum.
  private static func massRow(_ fit: PageFit, picks: Int) -> [Float16] {
    let sum = fit.massByRank.reduce(0, +)
    return FrequencyCurve(byRank: fit.massByRank)
      .resampled(count: picks, total: sum, cap: 1).map { Float16($0) }
  }
}
