/// Numbers at a place in bytes that end with a line feed, which ends every number.
enum ByteScan {
  /// The whole number at `place`, which moves past it; nil for none and for one beyond 64 bits.
  ///
  /// Up to seven digits are found and added up eight bytes at a time, without a branch for each:
  /// lengths have now three digits and now four, which no predictor guesses.
  /// - Precondition: seven bytes after the line feed may be read, as `LogBlocks.padding` has it.
  @inline(__always)
  static func whole(_ place: inout UnsafePointer<UInt8>) -> UInt64? {
    let text = UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self))
    let values = text ^ 0x3030_3030_3030_3030
    // The high bit of the first byte that is no digit, which no byte before it can have set.
    let others = ((values &+ 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
    let bits = others.trailingZeroBitCount & ~7
    guard bits < 64 else { return long(&place) }
    guard bits > 0 else { return nil }
    place += bits >> 3
    return eight(values << UInt64(64 - bits))
  }

  /// The number of eight bytes that are digits' values, the first byte the highest.
  ///
  /// *Source*: Lemire, Quickly parsing eight digits (2018).
  @inline(__always)
  private static func eight(_ values: UInt64) -> UInt64 {
    let mask: UInt64 = 0x0000_00FF_0000_00FF
    let pairs = values &* 10 &+ values >> 8
    let high = (pairs & mask) &* 0x000F_4240_0000_0064
    let low = (pairs >> 16 & mask) &* 0x0000_2710_0000_0001
    return (high &+ low) >> 32
  }

  /// A number of eight digits or more.
  private static func long(_ place: inout UnsafePointer<UInt8>) -> UInt64? {
    let start = place
    var value: UInt64 = 0
    while true {
      let digit = place.pointee &- 48
      guard digit < 10 else { break }
      value = value &* 10 &+ UInt64(digit)
      place += 1
    }
    let digits = place - start
    return digits < 20 ? value : longest(start, digits)
  }

  /// A number of 20 digits or more, of which a few fit and the others are nil.
  private static func longest(_ start: UnsafePointer<UInt8>, _ digits: Int) -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<digits {
      let (tenfold, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(UInt64(start[index] &- 48))
      guard !over, !carry else { return nil }
      value = sum
    }
    return value
  }

  /// Two digits, 0 to 99; above 99 where they are none.
  @inline(__always)
  static func two(_ place: UnsafePointer<UInt8>) -> Int {
    let (tens, ones) = (place[0] &- 48, place[1] &- 48)
    return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : 1000
  }

  /// The decimal number at `place`, which moves past it; nil for none, or one that is not finite.
  ///
  /// Up to 15 digits and powers of ten to 22 are exact in a product or quotient of two doubles
  /// (Clinger, How to Read Floating Point Numbers Accurately, 1990); the rest goes to the library.
  static func decimal(_ place: inout UnsafePointer<UInt8>) -> Double? {
    let start = place
    let isNegative = place.pointee == UInt8(ascii: "-")
    if isNegative { place += 1 }
    var (mantissa, digits, power): (UInt64, Int, Int) = (0, 0, 0)
    func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
    while isDigit(place.pointee), digits < 400 {
      mantissa = mantissa &* 10 &+ UInt64(place.pointee &- 48)
      (digits, place) = (digits + 1, place + 1)
    }
    if place.pointee == UInt8(ascii: ".") {
      place += 1
      while isDigit(place.pointee), digits < 400 {
        mantissa = mantissa &* 10 &+ UInt64(place.pointee &- 48)
        (digits, power, place) = (digits + 1, power - 1, place + 1)
      }
    }
    guard digits > 0, digits < 400 else { return nil }
    if place.pointee | 32 == UInt8(ascii: "e") {
      place += 1
      let sign = place.pointee
      if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { place += 1 }
      guard let exponent = whole(&place), exponent < 1000 else { return nil }
      power += sign == UInt8(ascii: "-") ? -Int(exponent) : Int(exponent)
    }
    if digits <= 15, abs(power) <= 22 {
      let value = Double(mantissa)
      let scaled = power < 0 ? value / powersOfTen[-power] : value * powersOfTen[power]
      return isNegative ? -scaled : scaled
    }
    let text = String(
      decoding: UnsafeBufferPointer(start: start, count: place - start), as: UTF8.self)
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Whether the row ends at `place`, which then moves to the next row.
  @inline(__always)
  static func endsRow(_ place: inout UnsafePointer<UInt8>) -> Bool {
    if place.pointee == 13 { place += 1 }
    guard place.pointee == 10 else { return false }
    place += 1
    return true
  }
}
