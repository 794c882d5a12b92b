import Quantities

/// A level of memory or storage.
public struct Tier: Sendable, Hashable {
  /// What sort of level it is; it decides which keys a profile must give.
  public enum Kind: String, CaseIterable, Sendable { case cache, memory, storage }

  /// `l2`, `hbm`, `ddr`, `dram`, `flash`.
  public var name: String
  public var kind: Kind
  public var capacity: Figure<Bytes>
  /// Peak read rate: the data sheet's, or the bus limit of a storage device.
  public var bandwidth: Figure<BytesPerSecond>
  public var writeBandwidth: Figure<BytesPerSecond>?
  /// The most that one core of the unit that reads it draws.
  public var coreBandwidth: Figure<BytesPerSecond>?
  public var latency: Figure<Seconds>?
  /// The least that one access moves.
  public var granularity: Figure<Bytes>?
  /// Share of peak bandwidth that a stream of that many bytes reaches.
  public var efficiency: Figure<Curve>?
  /// Share of what one core draws that its random reads of so many bytes reach.
  public var gather: Figure<Curve>?
  /// Storage only: random-read throughput by chunk size and requests in flight.
  public var reads: ReadTable?
  /// Storage only: the service times behind the table, where they were measured; they win over it.
  public var service: ReadService?
  public var energyPerByte: Figure<JoulesPerByte>?

  public init(
    name: String, kind: Kind, capacity: Figure<Bytes>, bandwidth: Figure<BytesPerSecond>,
    writeBandwidth: Figure<BytesPerSecond>? = nil, coreBandwidth: Figure<BytesPerSecond>? = nil,
    latency: Figure<Seconds>? = nil, granularity: Figure<Bytes>? = nil,
    efficiency: Figure<Curve>? = nil, gather: Figure<Curve>? = nil,
    reads: ReadTable? = nil, service: ReadService? = nil,
    energyPerByte: Figure<JoulesPerByte>? = nil
  ) {
    self.name = name
    self.kind = kind
    self.capacity = capacity
    self.bandwidth = bandwidth
    self.writeBandwidth = writeBandwidth
    self.coreBandwidth = coreBandwidth
    self.latency = latency
    self.granularity = granularity
    self.efficiency = efficiency
    self.gather = gather
    self.reads = reads
    self.service = service
    self.energyPerByte = energyPerByte
  }
}
