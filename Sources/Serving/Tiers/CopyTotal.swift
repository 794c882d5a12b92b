/// What went one way over one link between tiers of KV, all copies together.
public struct CopyTotal: Sendable, Equatable {
  public let link: String
  /// The tier that it went to.
  public let towards: String
  public private(set) var copies: Int64 = 0
  public private(set) var pages: Int64 = 0
  public private(set) var bytes: Int64 = 0
  /// Picoseconds in which the link was taken, and in which copies waited for it.
  public private(set) var busy: Int64 = 0
  public private(set) var waited: Int128 = 0
  /// Nanojoules beyond idle.
  public private(set) var energy: Int64 = 0

  /// The link with its direction: `pcie-to-hbm`.
  public var name: String { "\(link)-to-\(towards)" }

  init(link: String, towards: String) {
    self.link = link
    self.towards = towards
  }

  mutating func add(pages: Int64, bytes: Int64, span: Int64, waited: Int64, energy: Int64) {
    copies += 1
    self.pages += pages
    self.bytes += bytes
    busy += span
    self.waited += Int128(waited)
    self.energy += energy
  }

  mutating func add(_ other: CopyTotal) {
    copies += other.copies
    pages += other.pages
    bytes += other.bytes
    busy += other.busy
    waited += other.waited
    energy += other.energy
  }
}
