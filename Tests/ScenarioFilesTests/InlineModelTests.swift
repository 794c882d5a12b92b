import Diagnostics
import Models
import Testing

@testable import ScenarioFiles

@Suite struct InlineModelTests {
  static let dense = """
    layers: 2
    hidden: 8
    heads: 2
    kv-heads: 1
    ffn: 16
    gated: false
    activation: relu
    vocabulary: 10
    tied: true
    """

  func read(_ text: String) throws -> (Model?, [String]) {
    let document = try Document(text: text, file: "s.yaml")
    let model = ModelConfig.inline(try document.map())
    return (model, document.faults.all.map(Diagnostic.line))
  }

  @Test func aDenseModel() throws {
    let (model, faults) = try read(Self.dense)
    #expect(faults == [])
    // Layer 464: q 64, k 32, v 32, o 64, up 128, down 128, norms 16; embedding 80; final norm 8.
    #expect(model?.parameterCount == 1016.0)
    #expect(model?.activeParameterCount == 1016.0)
  }

  @Test func expertsBehindADenseLayer() throws {
    let experts = """

      experts: 4
      top-k: 2
      expert-ffn: 3
      shared-experts: 1
      dense-layers: 1
      """
    let (model, faults) = try read(Self.dense + experts)
    #expect(faults == [])
    // Dense layer 464. Experts layer 480, of which a token uses 384: attention 192, norms 16,
    // router 32, 4 experts of 48, one shared of 48. Tables and norm 88.
    #expect(model?.parameterCount == 1032.0)
    #expect(model?.activeParameterCount == 936.0)
  }

  @Test(arguments: [
    ("hiden: 8", "s.yaml:10:1: error: unknown key 'hiden'; did you mean 'hidden'?"),
    (
      "head-dimension: 4 B",
      "s.yaml:10:17: error: head-dimension is '4 B'; expected a whole number between 1 and 1048576"
    ),
    ("experts: 4", "s.yaml:1: error: missing key 'top-k'; expected a whole number of at least 1"),
  ])
  func faults(_ addition: String, _ line: String) throws {
    let (model, faults) = try read(Self.dense + "\n" + addition)
    #expect(model == nil)
    #expect(faults.first == line)
  }

  @Test func nothingIsTakenSilently() throws {
    let text = Self.dense.split(separator: "\n").filter { !$0.hasPrefix("tied") }
    let (model, faults) = try read(text.joined(separator: "\n"))
    #expect(model == nil)
    #expect(faults == ["s.yaml:1: error: missing key 'tied'; expected true or false"])
  }
}
