import Diagnostics

/// A safetensors file: named arrays of numbers behind a JSON header, read by memory map.
///
/// The first 8 bytes are the header's length, little-endian; the header names for each tensor
/// its dtype, shape and bytes. All of it is checked before a number is read.
public struct SafetensorsFile: Sendable {
  public let file: String
  /// The texts under `__metadata__`.
  public let metadata: [String: String]
  public let tensors: [String: SafetensorsTensor]
  private let map: MappedFile
  private let dataStart: Int

  /// Headers beyond this are refused: models of thousands of tensors stay far below it.
  static let headerLimit: UInt64 = 4 << 20

  /// - Throws: `Faults` with the file, the key, what was found and what would be right.
  public init(_ file: String) throws(Faults) {
    let map = try MappedFile(file)
    func refuse(_ found: String, _ mend: String) -> Faults {
      Faults(
        .malformed(format: "safetensors", found: found, mend: mend),
        at: SourcePosition(file: file))
    }
    let bytes = map.bytes
    guard bytes.count >= 8 else {
      throw refuse("\(bytes.count) bytes, too few for a header's length", "copy the whole file")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    guard length >= 2, length <= Self.headerLimit else {
      throw refuse(
        "header length \(length)",
        "it must be between 2 and \(Self.headerLimit) bytes; is it the right file?")
    }
    guard Int(length) <= bytes.count - 8 else {
      throw refuse(
        "a header of \(length) bytes where \(bytes.count - 8) are left", "copy the whole file")
    }
    dataStart = 8 + Int(length)
    let headerBytes = UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart])
    guard headerBytes.first == UInt8(ascii: "{"),
      let text = String(validating: headerBytes, as: UTF8.self)
    else { throw refuse("a header that is not JSON in UTF-8", "write the file again") }
    let header = try SafetensorsHeader.read(text, dataBytes: bytes.count - dataStart, file: file)
    self.file = file
    self.map = map
    metadata = header.metadata
    tensors = header.tensors
  }

  /// The numbers of a tensor, row by row, in fp32.
  ///
  /// - Throws: `Faults` for a name that no tensor has and for numbers that are not finite.
  public func floats(_ name: String) throws(Faults) -> [Float] {
    guard let tensor = tensors[name] else {
      throw Faults(
        .missingKey(name, expected: "a tensor of that name"), at: SourcePosition(file: file))
    }
    let width = tensor.element.width
    let start = dataStart + tensor.bytes.lowerBound
    let count = tensor.bytes.count / width
    let bytes = UnsafeRawBufferPointer(rebasing: map.bytes[start..<start + tensor.bytes.count])
    let values = [Float](unsafeUninitializedCapacity: count) { values, filled in
      for index in 0..<count {
        values.initializeElement(
          at: index, to: Self.number(bytes, tensor.element, at: index &* width))
      }
      filled = count
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw Faults(
        .outOfRange(
          key: "\(name)[\(index)]", found: "\(values[index])", allowed: "a finite number"),
        at: tensor.position)
    }
    return values
  }

  @inline(__always)
  private static func number(
    _ bytes: UnsafeRawBufferPointer, _ element: SafetensorsTensor.Element, at offset: Int
  ) -> Float {
    func word<Word: FixedWidthInteger>(_ type: Word.Type) -> Word {
      Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }
    return switch element {
    case .float32: Float(bitPattern: word(UInt32.self))
    case .float16: Float(Float16(bitPattern: word(UInt16.self)))
    // The upper half of a float of 32 bits.
    case .bfloat16: Float(bitPattern: UInt32(word(UInt16.self)) << 16)
    }
  }
}
