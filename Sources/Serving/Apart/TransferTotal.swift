/// KV that went from servers that compute prompts to servers that decode, all together.
public struct TransferTotal: Sendable, Equatable {
  public private(set) var transfers: Int64 = 0
  public private(set) var tokens: Int64 = 0
  public private(set) var bytes: Int64 = 0
  /// Picoseconds for which all transfers took a port, and for which they waited for one.
  public private(set) var busy: Int64 = 0
  public private(set) var waited: Int128 = 0
  /// Picoseconds for which the busiest port was taken.
  public internal(set) var busiest: Int64 = 0
  /// Nanojoules beyond idle.
  public private(set) var energy: Int64 = 0

  init() {}

  mutating func add(tokens: Int64, bytes: Int64, span: Int64, waited: Int64, energy: Int64) {
    transfers += 1
    self.tokens += tokens
    self.bytes += bytes
    busy += span
    self.waited += Int128(waited)
    self.energy += energy
  }
}
