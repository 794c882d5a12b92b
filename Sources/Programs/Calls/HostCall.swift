/// A run of one of the package's own kernels on this machine's cores, again and again on the same
/// data, by what it does and not by its shape.
public struct HostCall: Sendable, Hashable {
  public var flops: Double
  /// The least that it must read and write.
  public var bytes: Double
  /// Bytes between two uses of the same data: they decide which cache it comes from.
  public var workingSet: Double
  /// Rows, bundles, scores or results: what costs time of its own beside flops and bytes.
  public var pieces: Double
  public var threads: Int

  public init(flops: Double, bytes: Double, workingSet: Double, pieces: Double, threads: Int) {
    self.flops = flops
    self.bytes = bytes
    self.workingSet = workingSet
    self.pieces = pieces
    self.threads = threads
  }
}
