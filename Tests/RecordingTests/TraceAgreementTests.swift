import ScenarioFiles
import Testing
import Traces

/// Two small traces, counted by hand.
@Suite struct TraceAgreementTests {
  private func trace(
    experts: [UInt8], neurons: [UInt64], from first: Int, pages: [UInt16], layer: Int = 4
  ) throws -> Trace {
    try Trace(
      header: TraceHeader(
        model: "", source: "", domain: "", licence: "",
        pages: .init(pageTokens: 2, firstPosition: 20, layers: [0]),
        experts: .init(expertCount: 8, layers: [layer]),
        neurons: .init(firstPosition: first, layers: [0])),
      columns: [
        Column("pages", .u16, shape: [2, 1, 1, pages.count / 2], copying: pages),
        Column("experts", .u8, shape: [experts.count / 2, 1, 2], copying: experts),
        Column("neurons", .bits, shape: [neurons.count, 1, 10], copying: neurons),
      ])
  }

  @Test func counts() throws {
    let ours = try trace(
      experts: [0, 1, 2, 3, 4, 5], neurons: [0b11, 0b1011, 0b1], from: 0, pages: [1, 2, 3, 4])
    let recorded = try trace(
      experts: [1, 0, 3, 7], neurons: [0b111, 0b10], from: 1, pages: [2, 9, 1, 9, 4, 3])
    let all = try TraceAgreement(of: ours, with: recorded, tokens: 100)
    // Tokens 0 and 1: both, and one of two.
    #expect(all.experts?.same == 3 && all.experts?.all == 4)
    // Positions 1 and 2: 1011 and 0111 differ in two of ten, 01 and 10 in two.
    #expect(all.neurons?.same == 16 && all.neurons?.all == 20)
    // Of three that fired two did, of one none.
    #expect(all.firing?.same == 2 && all.firing?.all == 4)
    // Of 1 and 2 only 2 is among 2 and 9; of 3 and 4 only 4 among 9 and 4.
    #expect(all.pages?.same == 2 && all.pages?.all == 4)
    let short = try TraceAgreement(of: ours, with: recorded, tokens: 1)
    #expect(short.experts?.same == 2 && short.experts?.all == 2)
    #expect(short.neurons?.share == nil && short.neurons?.all == 0)
    #expect(short.pages?.all == 0)
  }

  @Test func otherLayers() throws {
    let ours = try trace(experts: [0, 1], neurons: [1], from: 0, pages: [1, 2])
    let other = try trace(experts: [0, 1], neurons: [1], from: 0, pages: [1, 2], layer: 5)
    #expect(throws: TraceFault.self) { try TraceAgreement(of: ours, with: other, tokens: 1) }
  }
}
