/// The keys and marks of an object on one line, which ends with a line feed.
extension ByteScan {
  @inline(__always)
  static func skipSpace(_ place: inout UnsafePointer<UInt8>) {
    while place.pointee == 32 || place.pointee == 9 { place += 1 }
  }

  /// Moves past a byte and the space before it, if it stands there.
  @inline(__always)
  static func take(_ byte: UInt8, _ place: inout UnsafePointer<UInt8>) -> Bool {
    skipSpace(&place)
    guard place.pointee == byte else { return false }
    place += 1
    return true
  }

  /// Moves past a key and its closing quote, if it stands there.
  @inline(__always)
  static func matches(_ key: StaticString, _ place: inout UnsafePointer<UInt8>) -> Bool {
    let bytes = key.utf8Start
    for index in 0..<key.utf8CodeUnitCount where place[index] != bytes[index] { return false }
    guard place[key.utf8CodeUnitCount] == UInt8(ascii: "\"") else { return false }
    place += key.utf8CodeUnitCount + 1
    return true
  }

  /// Appends the whole numbers of a list to `numbers`; false, with `place` at what is none.
  @inline(__always)
  static func list(
    _ place: inout UnsafePointer<UInt8>, into numbers: inout [UInt64]
  ) -> Bool {
    guard place.pointee == UInt8(ascii: "[") else { return false }
    place += 1
    skipSpace(&place)
    if place.pointee == UInt8(ascii: "]") {
      place += 1
      return true
    }
    while true {
      let start = place
      guard let number = whole(&place) else {
        place = start
        return false
      }
      numbers.append(number)
      if place.pointee == 32 { skipSpace(&place) }
      if place.pointee == 44 {
        place += 1
        skipSpace(&place)
        continue
      }
      guard place.pointee == UInt8(ascii: "]") else { return false }
      place += 1
      return true
    }
  }
}
