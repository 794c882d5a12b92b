import Quantities

/// A path between two tiers, with its own bandwidth each way.
public struct Link: Sendable, Hashable {
  public enum Duplex: String, CaseIterable, Sendable { case full, half }

  /// `pcie`, `nvme`, `storage-bus`.
  public var name: String
  /// The tier that is farther from the compute unit.
  public var far: String
  public var near: String
  /// Peak rate of one direction.
  public var bandwidth: Figure<BytesPerSecond>
  public var duplex: Duplex
  /// Fixed time of one copy-engine transfer: set-up and first byte.
  public var latency: Figure<Seconds>?
  /// Share of peak bandwidth that a copy of that many bytes reaches, its latency taken off.
  public var efficiency: Figure<Curve>?
  /// Share of peak bandwidth that a kernel reaches that gathers rows of that many bytes.
  public var gather: Figure<Curve>?
  public var energyPerByte: Figure<JoulesPerByte>?

  public init(
    name: String, far: String, near: String, bandwidth: Figure<BytesPerSecond>, duplex: Duplex,
    latency: Figure<Seconds>? = nil, efficiency: Figure<Curve>? = nil,
    gather: Figure<Curve>? = nil, energyPerByte: Figure<JoulesPerByte>? = nil
  ) {
    self.name = name
    self.far = far
    self.near = near
    self.bandwidth = bandwidth
    self.duplex = duplex
    self.latency = latency
    self.efficiency = efficiency
    self.gather = gather
    self.energyPerByte = energyPerByte
  }
}
