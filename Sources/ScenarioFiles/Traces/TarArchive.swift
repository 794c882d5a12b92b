import Diagnostics

/// The plain files of a ustar archive in memory.
struct TarArchive {
  let bytes: [UInt8]
  /// Byte ranges by file name, in file order.
  private(set) var entries: [(name: String, range: Range<Int>)] = []

  private static let blockSize = 512
  /// More files than this are no recording.
  private static let entryLimit = 64

  /// - Throws: `Faults` when a header's checksum or size is wrong or the archive is cut short.
  init(_ bytes: [UInt8], file: String) throws(Faults) {
    self.bytes = bytes
    func refuse(_ found: String, _ mend: String) -> Faults {
      Faults(.malformed(format: "tar", found: found, mend: mend), at: SourcePosition(file: file))
    }
    var offset = 0
    while true {
      guard offset <= bytes.count - TarArchive.blockSize else {
        throw refuse("it ends at byte \(bytes.count) without an end block", "copy the whole file")
      }
      let block = bytes[offset..<offset + TarArchive.blockSize]
      if block.allSatisfy({ $0 == 0 }) { return }
      let name = TarArchive.text(block.prefix(100))
      guard TarArchive.octal(block[offset + 148..<offset + 156]) == TarArchive.sum(block) else {
        throw refuse("the header at byte \(offset) does not match its checksum", "make it again")
      }
      guard let size = TarArchive.octal(block[offset + 124..<offset + 136]) else {
        throw refuse("'\(name)' has no readable size", "make it again in ustar format")
      }
      offset += TarArchive.blockSize
      guard size <= bytes.count - offset else {
        throw refuse("'\(name)' needs \(size) bytes beyond its end", "copy the whole file")
      }
      let kind = block[block.startIndex + 156]
      if kind == 0 || kind == UInt8(ascii: "0") {
        guard entries.count < TarArchive.entryLimit else {
          throw refuse("more than \(TarArchive.entryLimit) files", "is it the right file?")
        }
        guard !entries.contains(where: { $0.name == name }) else {
          throw refuse("'\(name)' twice", "keep one")
        }
        entries.append((name, offset..<offset + size))
      }
      offset += (size + TarArchive.blockSize - 1) / TarArchive.blockSize * TarArchive.blockSize
    }
  }

  func content(_ name: String) -> ArraySlice<UInt8>? {
    entries.first { $0.name == name }.map { bytes[$0.range] }
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    let name = String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    return name.hasPrefix("./") ? String(name.dropFirst(2)) : name
  }

  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    var value = 0
    var digits = 0
    for byte in field.drop(while: { $0 == 32 }) {
      if byte == 0 || byte == 32 { break }
      guard (48...55).contains(byte), digits < 12 else { return nil }
      value = value * 8 + Int(byte - 48)
      digits += 1
    }
    return digits > 0 ? value : nil
  }

  /// The sum of a header's bytes with its checksum field taken as spaces.
  private static func sum(_ block: ArraySlice<UInt8>) -> Int {
    block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
  }
}
