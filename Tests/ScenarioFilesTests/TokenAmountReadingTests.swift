import Diagnostics
import Policies
import Testing

@testable import ScenarioFiles

@Suite struct TokenAmountReadingTests {
  func read(_ text: String) throws -> (TokenAmount?, [String]) {
    let document = try Document(text: "a: \(text)", file: "t.yaml")
    let map = try document.map()
    let amount = TokenAmountReader.read(map.value("a"))
    return (amount, document.faults.all.map { "\($0)" })
  }

  @Test(arguments: [
    ("2048 tokens", TokenAmount(keep: 2048)), ("1 token", TokenAmount(keep: 1)),
    ("0.0625", TokenAmount(share: 0.0625)), ("1", .all), ("all", .all), ("0", TokenAmount()),
    ("{every: 16 tokens}", TokenAmount(every: 16)),
    (
      "{sink: 128 tokens, recent: 2048 tokens, keep: 4096 tokens, share: 0.25, every: 16 tokens}",
      TokenAmount(sink: 128, recent: 2048, keep: 4096, share: 0.25, every: 16)
    ),
  ])
  func formsOfAnAmount(_ text: String, _ amount: TokenAmount) throws {
    let (read, faults) = try read(text)
    #expect(read == amount)
    #expect(faults.isEmpty)
  }

  @Test(arguments: [
    "2048", "-1 tokens", "1.5 tokens", "1e12 tokens", "1.5", "-0.5", "nan", "most", "[1 tokens]",
    "{}", "{share: 2}", "{every: 0 tokens}", "{keep: 5 tokens, window: 3 tokens}", "{sink: 4}",
    "{recent: -3 tokens}", "{share: nan}", "2 GB", "''", "1 token share",
  ])
  func whatIsNoAmount(_ text: String) throws {
    let (_, faults) = try read(text)
    #expect(!faults.isEmpty)
  }

  @Test(arguments: [
    ("all", LayerRange.all), ("5", .places(5...5)), ("2-31", .places(2...31)),
    ("0.5", .depth(0..<0.5)), ("0.25-1.0", .depth(0.25..<1)),
  ])
  func formsOfLayers(_ text: String, _ layers: LayerRange) throws {
    let document = try Document(text: "a: \(text)", file: "t.yaml")
    #expect(try LayerRangeReader.read(document.map().value("a")) == layers)
    #expect(document.faults.all.isEmpty)
  }

  @Test(arguments: [
    "31-2", "2-", "-3", "2-3-4", "1.5", "0.5-0.25", "0.0", "x", "5 layers", "99999", "''",
    "99999999999999999999999", "{}", "0.5-2",
  ])
  func whatIsNoRangeOfLayers(_ text: String) throws {
    let document = try Document(text: "a: \(text)", file: "t.yaml")
    #expect(try LayerRangeReader.read(document.map().value("a")) == nil)
    #expect(document.faults.all.count == 1)
  }
}
