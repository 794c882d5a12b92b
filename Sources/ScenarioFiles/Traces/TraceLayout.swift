/// Constants and the checksum of the `.ltrace` format; docs/formats/trace.md describes it.
enum TraceLayout {
  /// The first byte is no text, and the line ends show a transfer that changed them.
  static let magic: [UInt8] = [0x89, 0x4C, 0x54, 0x52, 0x43, 0x0D, 0x0A, 0x1A]
  static let schema = 1
  /// Magic, header length, header checksum.
  static let prefixSize = 24
  static let headerLimit = 1 << 20
  static let alignment = 64

  static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

  /// 64 bits over the bytes as little-endian words, the last padded with zeros: from the FNV offset
  /// basis xor the byte count, each word is xored in, multiplied by the FNV prime, rotated left 29.
  ///
  /// Each step is a bijection, so that damage to any one word is always seen.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bytes.count)
    func mix(_ word: UInt64) {
      let product = (hash ^ word) &* 0x0000_0100_0000_01B3
      hash = product << 29 | product >> 35
    }
    let whole = bytes.count & ~7
    for offset in stride(from: 0, to: whole, by: 8) {
      mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    if whole < bytes.count {
      var word: UInt64 = 0
      for (index, byte) in bytes[whole...].enumerated() {
        word |= UInt64(byte) << UInt64(8 * index)
      }
      mix(word)
    }
    return hash
  }

  /// Sixteen hexadecimal digits.
  static func text(_ checksum: UInt64) -> String {
    let digits = String(checksum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
