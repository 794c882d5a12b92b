import Quantities
import Testing

@Suite struct ParsingTests {
  @Test(arguments: [
    ("80 GB", 80e9), ("80 GiB", 85_899_345_920), ("0 B", 0), ("0", 0), ("4096B", 4096),
    ("1.5e3 kB", 1.5e6), (" 12 MiB ", 12_582_912),
  ])
  func bytes(text: String, expected: Double) throws {
    #expect(try Bytes.parse(text).value == expected)
  }

  @Test(arguments: [
    ("", QuantityFault.noNumber), ("fast", .noNumber), ("nan GB", .noNumber),
    ("inf GB", .noNumber), ("12", .noUnit), ("12 KB", .unknownUnit("KB")),
    ("12 Gb", .unknownUnit("Gb")), ("1_000 B", .unknownUnit("_000 B")),
    ("12 GB/s", .unknownUnit("GB/s")), ("1e400 B", .noNumber), ("0x10 B", .unknownUnit("x10 B")),
  ])
  func refused(text: String, fault: QuantityFault) {
    #expect(throws: fault) { try Bytes.parse(text) }
  }

  @Test func ratesAndTimes() throws {
    #expect(abs(try BytesPerSecond.parse("2.039 TB/s").value - 2.039e12) < 1)
    #expect(abs(try Seconds.parse("3.5 us").value - 3.5e-6) < 1e-18)
    #expect(try JoulesPerByte.parse("4 pJ/bit").value == 32e-12)
    #expect(abs(try DollarsPerSecond.parse("3.6 USD/h").value - 0.001) < 1e-15)
  }
}

@Suite struct PrintingTests {
  @Test(arguments: [
    (BytesPerSecond(2.039e12).description, "2.039 TB/s"), (Bytes(0).description, "0 B"),
    (Bytes(999_999_999).description, "1 GB"), (Seconds(0.087).description, "87 ms"),
    (Seconds(1.23456e-7).description, "123.5 ns"), (Joules(2.5).description, "2.5 J"),
  ])
  func readable(text: String, expected: String) { #expect(text == expected) }

  @Test func fixedDecimals() {
    #expect(Decimal.fixed(1.005, decimals: 1) == "1.0")
    #expect(Decimal.fixed(-0.04, decimals: 1) == "0.0")
    #expect(Decimal.fixed(12.995, decimals: 0) == "13")
    #expect(Decimal.significant(0.00012345, digits: 3) == "0.000123")
  }

  @Test func instantsAreExact() {
    let span = Span(rounding: Seconds(1e-6))
    #expect(span.picoseconds == 1_000_000)
    #expect((Instant.start + span) - .start == span)
  }
}
