/// The form of one element of a column, little-endian.
public enum ElementType: String, CaseIterable, Sendable {
  case u8, u16, u32, f16, f32
  /// One bit an element, bit 0 first; each row of the last dimension is padded with zero bits to
  /// whole 64-bit words, so that a row can be read as words.
  case bits
}

/// A typed, immutable, borrowed buffer with its shape, and the object that keeps it alive.
///
/// The bytes are in C order. `owner` is what releases the memory (a memory map, an allocation).
public struct Column: @unchecked Sendable {
  // Unchecked: the buffer is never written after a column exists, and the owner only frees it.
  public let name: String
  public let type: ElementType
  public let shape: [Int]
  public let bytes: UnsafeRawBufferPointer
  public let owner: AnyObject

  /// - Precondition: `bytes` is as long as `type` and `shape` need and aligned to 8 bytes.
  public init(
    name: String, type: ElementType, shape: [Int], bytes: UnsafeRawBufferPointer, owner: AnyObject
  ) {
    precondition(
      Column.byteCount(type: type, shape: shape) == bytes.count, "a column of another length")
    self.name = name
    self.type = type
    self.shape = shape
    self.bytes = bytes
    self.owner = owner
  }

  /// The bytes that a column of this type and shape takes; nil when a dimension is negative or the
  /// product does not fit an `Int`.
  public static func byteCount(type: ElementType, shape: [Int]) -> Int? {
    var dimensions = shape
    if type == .bits {
      guard let last = dimensions.popLast(), last >= 0, last < Int.max - 63 else { return nil }
      dimensions.append((last + 63) / 64)
    }
    let width =
      switch type {
      case .u8: 1
      case .u16, .f16: 2
      case .u32, .f32: 4
      case .bits: 8
      }
    var count = width
    for dimension in dimensions {
      guard dimension >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }

  /// Elements in all; bits are counted without padding.
  public var count: Int { shape.reduce(1, *) }
}
