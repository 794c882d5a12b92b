extension LayerReads {
  /// Fills in how many stops each read of a kernel has of a head, where this is the same at every
  /// step and decides, with the batch, all that the kernel does: however long the context is, equal
  /// counts are then equal operations.
  /// - Returns: false where the kernel follows the context.
  public func settle(
    _ kernel: ReadKernel, _ contexts: ClosedRange<Int>, into counts: inout [Double]
  ) -> Bool {
    counts.removeAll(keepingCapacity: true)
    // One core reads as long as the head with the most takes, which the context decides.
    guard kernel.everySteps == 1, !kernel.isWhole else { return false }
    let (low, high) = (seen(Double(contexts.lowerBound)), seen(Double(contexts.upperBound)))
    for read in kernel.reads {
      // All of the cache less a prefix is not told by a count alone.
      guard !read.isWhole else { return false }
      let count = read.count(of: high)
      guard read.count(of: low) == count else { return false }
      counts.append(count)
    }
    return true
  }
}
