/// Memory that a column made here lives in; freed with the last column that names it as owner.
public final class ColumnStorage: @unchecked Sendable {
  // Unchecked: written only before it is handed to a column.
  /// Aligned to 64 bytes and zeroed.
  public let bytes: UnsafeMutableRawBufferPointer

  public init(byteCount: Int) {
    bytes = .allocate(byteCount: byteCount, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { bytes.deallocate() }

  /// This memory as a column.
  public func column(_ name: String, _ type: ElementType, shape: [Int]) -> Column {
    Column(
      name: name, type: type, shape: shape, bytes: UnsafeRawBufferPointer(bytes), owner: self)
  }
}

extension Column {
  /// A column that holds a copy of `elements`.
  /// - Precondition: the elements are as many as the shape says, of the width of `type`.
  public init<Element: BitwiseCopyable>(
    _ name: String, _ type: ElementType, shape: [Int], copying elements: [Element]
  ) {
    let storage = elements.withUnsafeBytes { source in
      let storage = ColumnStorage(byteCount: source.count)
      storage.bytes.copyMemory(from: source)
      return storage
    }
    self = storage.column(name, type, shape: shape)
  }
}
