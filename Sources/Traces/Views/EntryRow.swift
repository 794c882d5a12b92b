/// The entries that one touch row names (page ids or expert ids), best first; a borrowed slice of a
/// column that the view it came from keeps alive.
///
/// An element is -1 (`EntryRow.absent`) where nothing was recorded.
@frozen
public struct EntryRow: RandomAccessCollection, @unchecked Sendable {
  /// What stands for "nothing recorded here".
  public static var absent: Int { -1 }

  @usableFromInline let base: UnsafeRawPointer
  @usableFromInline let width: Int
  public let count: Int

  @inlinable
  init(base: UnsafeRawPointer, width: Int, count: Int) {
    self.base = base
    self.width = width
    self.count = count
  }

  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { count }

  @inlinable
  public subscript(position: Int) -> Int {
    switch width {
    case 1:
      let id = base.loadUnaligned(fromByteOffset: position, as: UInt8.self)
      return id == .max ? EntryRow.absent : Int(id)
    case 2:
      let id = base.loadUnaligned(fromByteOffset: position &* 2, as: UInt16.self)
      return id == .max ? EntryRow.absent : Int(id)
    default:
      let id = base.loadUnaligned(fromByteOffset: position &* 4, as: UInt32.self)
      return id == .max ? EntryRow.absent : Int(id)
    }
  }
}

/// Numbers of half or single precision that go with an `EntryRow`.
@frozen
public struct ShareRow: RandomAccessCollection, @unchecked Sendable {
  @usableFromInline let base: UnsafeRawPointer
  @usableFromInline let isHalf: Bool
  public let count: Int

  @inlinable
  init(base: UnsafeRawPointer, isHalf: Bool, count: Int) {
    self.base = base
    self.isHalf = isHalf
    self.count = count
  }

  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { count }

  @inlinable
  public subscript(position: Int) -> Float {
    isHalf
      ? Float(base.loadUnaligned(fromByteOffset: position &* 2, as: Float16.self))
      : base.loadUnaligned(fromByteOffset: position &* 4, as: Float.self)
  }
}
