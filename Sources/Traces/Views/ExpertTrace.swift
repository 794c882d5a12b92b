/// Which experts each token was routed to, by layer.
///
/// A step is one forward pass: one token in decode, many in a prefill batch.
public struct ExpertTrace: @unchecked Sendable {
  public let steps: Int
  public let tokens: Int
  public let layers: Int
  public let topK: Int
  /// Routed experts of a layer.
  public let expertCount: Int
  /// The model's layer numbers, in the order of the rows.
  public let layerNumbers: [Int]
  public let hasWeights: Bool

  @usableFromInline let ids: Column
  @usableFromInline let weightColumn: Column?
  @usableFromInline let starts: Column?
  @usableFromInline let base: UnsafeRawPointer
  @usableFromInline let width: Int
  let sequences: Column?
  let expertByteColumn: Column?
  let denseByteColumn: Column?

  init(
    _ about: TraceHeader.Experts, ids: Column, weights: Column?, stepStart: Column?,
    sequenceStart: Column?, expertBytes: Column?, denseBytes: Column?
  ) {
    (tokens, layers, topK) = (ids.shape[0], ids.shape[1], ids.shape[2])
    steps = stepStart.map { $0.count - 1 } ?? ids.shape[0]
    expertCount = about.expertCount
    layerNumbers = about.layers
    hasWeights = weights != nil
    self.ids = ids
    weightColumn = weights
    starts = stepStart
    base = ids.address
    width = ids.type == .u8 ? 1 : 2
    sequences = sequenceStart
    expertByteColumn = expertBytes
    denseByteColumn = denseBytes
  }

  /// The tokens of one step.
  @inlinable
  public func tokens(step: Int) -> Range<Int> {
    guard let starts else { return step..<step + 1 }
    let words = starts.address.assumingMemoryBound(to: UInt32.self)
    return Int(words[step])..<Int(words[step + 1])
  }

  /// The experts of one token at one layer, best first; `EntryRow.absent` where none was recorded.
  @inlinable
  public func experts(token: Int, layer: Int) -> EntryRow {
    let row = token &* layers &+ layer
    return EntryRow(base: base + row &* topK &* width, width: width, count: topK)
  }

  /// The router weight of each of `experts(…)`, or an empty row when it was not recorded.
  @inlinable
  public func weights(token: Int, layer: Int) -> ShareRow {
    guard let weightColumn else { return ShareRow(base: base, isHalf: true, count: 0) }
    let row = token &* layers &+ layer
    let isHalf = weightColumn.type == .f16
    return ShareRow(
      base: weightColumn.address + row &* topK &* (isHalf ? 2 : 4), isHalf: isHalf, count: topK)
  }

  /// First token of each sequence; one sequence when nothing else was recorded.
  public var sequenceStarts: [Int] { sequences.map(\.counts) ?? [0] }
  /// Bytes of one expert, by layer; nil when it was not recorded.
  public var expertBytes: [Int]? { expertByteColumn.map(\.counts) }
  /// Bytes of the dense part, by layer; nil when it was not recorded.
  public var denseBytes: [Int]? { denseByteColumn.map(\.counts) }
}

extension Column {
  /// The elements of a u32 column.
  var counts: [Int] { bytes.bindMemory(to: UInt32.self).map { Int(UInt32(littleEndian: $0)) } }
}
