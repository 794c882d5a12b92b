/// Which FFN neurons were active, by token and layer, one bit a neuron.
public struct NeuronTrace: @unchecked Sendable {
  public let tokens: Int
  public let layers: Int
  /// Neurons of a layer.
  public let neurons: Int
  /// Position of the token of row 0 in the recorded text.
  public let firstPosition: Int
  /// The model's layer numbers, in the order of the rows.
  public let layerNumbers: [Int]
  /// 64-bit words of a row.
  public let rowWords: Int

  @usableFromInline let bits: Column
  @usableFromInline let words: UnsafePointer<UInt64>

  init(_ about: TraceHeader.Neurons, bits: Column) {
    (tokens, layers, neurons) = (bits.shape[0], bits.shape[1], bits.shape[2])
    firstPosition = about.firstPosition
    layerNumbers = about.layers
    rowWords = (neurons + 63) / 64
    self.bits = bits
    words = bits.address.assumingMemoryBound(to: UInt64.self)
  }

  /// The neurons of one token at one layer: neuron n is bit n % 64 of word n / 64; bits beyond
  /// `neurons` are 0.
  @inlinable
  public func row(token: Int, layer: Int) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(
      start: words + (token &* layers &+ layer) &* rowWords, count: rowWords)
  }

  /// Active neurons of one token at one layer.
  @inlinable
  public func activeCount(token: Int, layer: Int) -> Int {
    row(token: token, layer: layer).reduce(0) { $0 &+ $1.nonzeroBitCount }
  }

  @inlinable
  public func isActive(_ neuron: Int, token: Int, layer: Int) -> Bool {
    row(token: token, layer: layer)[neuron >> 6] >> UInt64(neuron & 63) & 1 == 1
  }

  /// Calls `body` with each active neuron in rising order.
  @inlinable
  public func forEachActive(token: Int, layer: Int, _ body: (Int) -> Void) {
    for (index, word) in row(token: token, layer: layer).enumerated() {
      var rest = word
      while rest != 0 {
        body(index &<< 6 &+ rest.trailingZeroBitCount)
        rest &= rest &- 1
      }
    }
  }
}
