/// The branches that a kernel takes, in order: which one, and whether it was taken.
public struct BranchTrace: Sendable {
  /// Site of the branch with its outcome in the lowest bit.
  public private(set) var events: [UInt32] = []
  /// Instructions, branches among them.
  public private(set) var instructions = 0

  public init() {}

  @inlinable public var count: Int { events.count }
  @inlinable public func site(_ place: Int) -> UInt32 { events[place] >> 1 }
  @inlinable public func isTaken(_ place: Int) -> Bool { events[place] & 1 == 1 }

  /// A branch and the instructions since the last one, itself among them.
  mutating func record(_ site: UInt32, _ isTaken: Bool, after instructions: Int) {
    events.append(site << 1 | (isTaken ? 1 : 0))
    self.instructions += instructions
  }
}
