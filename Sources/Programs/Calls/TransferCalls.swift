/// Bytes moved within memory or over a link by a copy engine or a kernel.
public struct TransferCall: Sendable, Hashable {
  public enum Way: String, Sendable, Hashable, CaseIterable {
    case deviceCopy = "device-copy"
    case deviceGather = "device-gather"
    case hostToDevice = "host-to-device"
    case deviceToHost = "device-to-host"
    case pageableHostToDevice = "pageable-host-to-device"
    case pageableDeviceToHost = "pageable-device-to-host"
    /// A kernel that reads rows of pinned host memory.
    case zeroCopyGather = "zero-copy-gather"
    case hostCopy = "host-copy"
    case launch
  }

  public var way: Way
  /// Read and written together where both sides are the same memory.
  public var bytes: Double
  /// Separate transfers or rows.
  public var pieces: Int

  public init(way: Way, bytes: Double, pieces: Int) {
    self.way = way
    self.bytes = bytes
    self.pieces = pieces
  }
}

/// Random reads from storage in a steady state: the time for each read over all threads.
public struct StorageCall: Sendable, Hashable {
  public var chunkBytes: Double
  /// Requests in flight.
  public var depth: Int

  public init(chunkBytes: Double, depth: Int) {
    self.chunkBytes = chunkBytes
    self.depth = depth
  }

  public var bytes: Double { chunkBytes }
}

/// A collective over the devices of one host.
public struct CollectiveCall: Sendable, Hashable {
  public enum Pattern: String, Sendable, Hashable, CaseIterable {
    case allReduce = "all-reduce"
    case allGather = "all-gather"
    case reduceScatter = "reduce-scatter"
    case allToAll = "all-to-all"
    case sendReceive = "send-receive"
  }

  public var pattern: Pattern
  public var devices: Int
  /// Bytes of the message as the library counts them.
  public var bytes: Double

  public init(pattern: Pattern, devices: Int, bytes: Double) {
    self.pattern = pattern
    self.devices = devices
    self.bytes = bytes
  }
}
