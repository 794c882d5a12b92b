import Quantities

/// Where the weights live when they do not all fit beside the processor.
public struct WeightsPolicy: Sendable, Hashable {
  /// A part of the model's weights that is placed as one.
  public enum Part: String, CaseIterable, Sendable { case attention, ffn, embeddings }

  /// Weights kept in a far tier and read for every step.
  public struct Placement: Sendable, Hashable {
    public var tier: String
    /// Share of the part that stays in the near tier, in 0…1.
    public var residentShare: Double
    /// Size of one read.
    public var chunk: Bytes
    /// Reads in flight.
    public var depth: Int
    /// Layers ahead of the need that a read may be issued; 0 waits for the layer before.
    public var prefetchLayers: Int

    public init(
      tier: String, residentShare: Double, chunk: Bytes, depth: Int, prefetchLayers: Int
    ) {
      self.tier = tier
      self.residentShare = residentShare
      self.chunk = chunk
      self.depth = depth
      self.prefetchLayers = prefetchLayers
    }
  }

  /// Parts without an entry are resident beside the processor.
  public var placements: [Part: Placement]
  /// Layers that lie in the host's memory, KV and all, and that the host computes there.
  public var hostLayers: LayerRange?
  public init(placements: [Part: Placement] = [:]) { self.placements = placements }
}
