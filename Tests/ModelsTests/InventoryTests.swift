import Models
import Quantities
import Testing

@Suite struct InventoryTests {
  /// Sum of a block's matrices, computed by hand.
  @Test func groupedAttention() {
    var attention = GroupedAttention(queryHeads: 4, kvHeads: 2, keyDimension: 3, valueDimension: 5)
    // q 12x10, k 6x10, v 10x10, o 10x20.
    #expect(Attention.grouped(attention).matrices(hidden: 10).elements == 120 + 60 + 100 + 200)
    #expect(Attention.grouped(attention).kvElementsPerToken == 16)
    attention.inputBias = true
    attention.outputBias = true
    attention.outputGate = true
    attention.queryKeyNorm = .full
    // Biases 12 + 6 + 10 and 10, gate 20x10, norm 12 + 6.
    #expect(
      Attention.grouped(attention).matrices(hidden: 10).elements == 480 + 38 + 200 + 18)
    attention.window = 7
    #expect(Attention.grouped(attention).kvElementsPerToken == 0)
    #expect(Attention.grouped(attention).kvElements(context: 5) == 80)
    #expect(Attention.grouped(attention).kvElements(context: 9) == 112)
  }

  @Test func latentAttention() {
    let latent = LatentAttention(
      heads: 2, queryRank: 6, kvRank: 4, ropeDimension: 1, nopeDimension: 3, valueDimension: 5)
    // q_a 60 + 6, q_b 8x6, kv_a 5x10 + 4, k_b 6x4, v_b 10x4, o 10x10.
    #expect(
      Attention.latent(latent).matrices(hidden: 10).elements == 66 + 48 + 54 + 24 + 40 + 100)
    #expect(Attention.latent(latent).kvElementsPerToken == 5)
    #expect(Attention.latent(latent).kvElements(context: 100) == 500)
  }

  @Test func compressedEntriesStandForSeveralTokens() {
    let attention = Attention.compressed(
      CompressedAttention(
        heads: 2, headDimension: 8, queryRank: 4, outputGroups: 1, outputRank: 4, window: 10,
        ratio: 4, indexer: nil, overlapping: false))
    #expect(attention.kvElementsPerToken == 2)
    // 10 whole entries and 100 / 4 compressed ones.
    #expect(attention.kvElements(context: 100) == 8 * 35)
  }

  @Test func recurrentState() {
    let mixer = RecurrentMixer(
      kind: .gatedDelta, keyHeads: 2, valueHeads: 4, keyDimension: 3, valueDimension: 5, kernel: 4)
    // 4 heads of 3x5, and 3 past inputs of 6 + 6 + 20 channels.
    #expect(Attention.recurrent(mixer).stateElements == 60 + 96)
    #expect(Attention.recurrent(mixer).kvElements(context: 1000) == 0)
  }

  @Test func expertsCountOnceForEachUse() {
    let expert = DenseFeedForward(intermediate: 3, gated: true, activation: .silu)
    let experts = ExpertFeedForward(
      count: 8, topK: 2, expert: expert, sharedCount: 1, shared: expert)
    let matrices = FeedForward.experts(experts).matrices(hidden: 10)
    // Router 80, experts 90 each.
    #expect(matrices.elements == 80 + 8 * 90 + 90)
    #expect(matrices.activeElements == 80 + 2 * 90 + 90)
    #expect(experts.elementsPerExpert(hidden: 10) == 90)
    #expect(expert.elementsPerNeuron(hidden: 10) == 30)
  }

  @Test func layersAreGroupedByShape() {
    let a = Layer(
      attention: .none,
      feedForward: .dense(DenseFeedForward(intermediate: 4, gated: false, activation: .relu)))
    var b = a
    b.normCount = 1
    let model = Model(
      name: "m", hidden: 2, vocabulary: 5, tiedEmbeddings: false, layers: [a, b, a])
    #expect(model.shapes == [a, b])
    #expect(model.shapeOfLayer == [0, 1, 0])
    #expect(model.layersOfShape == [2, 1])
    #expect(model.layer(2) == a)
    // Layers 16 + 4, 16 + 2, 16 + 4; table 10, head 10, final norm 2.
    #expect(model.parameterCount == 58 + 22)
    #expect(model.activeParameterCount == 58 + 12)
    #expect(model.weightBytes(.fp16) == Bytes(160))
  }

  /// Active weights never exceed all weights, whatever the shape.
  @Test(arguments: 1...8)
  func activeIsAtMostAll(topK: Int) {
    let expert = DenseFeedForward(intermediate: 3, gated: true, activation: .silu)
    let experts = ExpertFeedForward(count: 8, topK: topK, expert: expert)
    let matrices = FeedForward.experts(experts).matrices(hidden: 10)
    #expect((matrices.activeElements == matrices.elements) == (topK == 8))
    #expect(matrices.activeElements <= matrices.elements)
  }
}
