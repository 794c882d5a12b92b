import TestSupport
import Testing

@testable import ScenarioFiles

/// What a user sees of a wrong `depth` or `lookup`: one line, with key and mend.
@Suite struct DepthFaultTests {
  static let sound =
    ScenarioSample.whole + """
      depth:
        draft:
          tokens: 8 tokens
          accepted: 2.5
          passes: 3
          width: 2 tokens
          shares-ends: true
          model: {name: draft, hidden: 64, layers: 1, vocabulary: 512, tied: true, heads: 4, gated: true, activation: silu, ffn: 128}
        exit:
          mean-layers: 20.5
          predictor: {inputs: 12, width: 64, every: 2 layers, launches: 6}
          candidates: 4
          refused: 1
      lookup:
        - {name: memory, layers: [1, 4-5], rows: 16, row: 160 B, table: 58 MB, tier: ddr, prefetch: 1 layer, zipf: 1, hot: 0.01}
        - {name: beside, rows: 2, row: 8 B, table: 8 MB, launches: 3}

      """

  @Test func theSampleIsFine() {
    #expect(ScenarioSample.lines(Self.sound) == [])
  }

  @Test(arguments: [
    ("tokens: 8 tokens", "tokens: 8", "depth.draft.tokens '8' is not a quantity"),
    ("tokens: 8 tokens", "tokens: 0 tokens", "depth.draft.tokens is '0 tokens'"),
    ("accepted: 2.5", "accepted: 9", "depth.draft.accepted is '9.0'"),
    ("accepted: 2.5", "accepted: 0.5", "depth.draft.accepted is '0.5'"),
    ("accepted: 2.5", "accepted: nan", "depth.draft.accepted"),
    ("passes: 3", "pases: 3", "depth.draft.pases"),
    ("passes: 3", "passes: 0", "depth.draft.passes is '0'"),
    ("width: 2 tokens", "width: 2", "depth.draft.width '2' is not a quantity"),
    ("shares-ends: true", "heads: 65", "depth.draft.heads is '65'"),
    ("shares-ends: true", "shares-ends: maybe", "depth.draft.shares-ends"),
    ("vocabulary: 512", "vocabulary: 0", "depth.draft.model.vocabulary is '0'"),
    (
      "gated: true, activation: silu, ffn: 128",
      "gated: true, activation: silu, top-k: 2, experts: 8, expert-ffn: 8",
      "a draft model is a dense one"
    ),
    ("mean-layers: 20.5", "mean-layers: 0.5", "depth.exit.mean-layers is '0.5'"),
    ("mean-layers: 20.5", "mean-layers: 99", "the model has"),
    ("every: 2 layers", "every: 2", "depth.exit.predictor.every '2' is not a quantity"),
    ("inputs: 12, ", "inputs: 12, layers: 9-3, ", "depth.exit.predictor.layers is '9-3'"),
    ("inputs: 12, ", "", "missing key 'depth.exit.predictor.inputs'"),
    ("candidates: 4", "candidates: -4", "depth.exit.candidates is '-4'"),
    ("refused: 1", "refused: 1000", "depth.exit.refused is '1000'"),
    ("  exit:", "  correct: {every: 16 tokens, accepted: 15}\n  exit:", "both say which tokens"),
    ("row: 160 B", "row: 160", "lookup[0].row '160' is not a quantity"),
    ("row: 160 B", "row: 999 MB", "at most the table"),
    ("rows: 16", "rows: 0", "lookup[0].rows is '0'"),
    ("layers: [1, 4-5]", "layers: [1, 5-4]", "lookup[0].layers[1] is '5-4'"),
    ("layers: [1, 4-5]", "layers: 900", "the model has"),
    ("tier: ddr, prefetch", "tier: dd, prefetch", "'dd'"),
    ("tier: ddr, prefetch: 1 layer, zipf: 1, ", "", "the table lies beside the processor"),
    ("zipf: 1", "zipf: 7", "lookup[0].zipf is '7'"),
    ("hot: 0.01", "hot: 2", "lookup[0].hot is '2'"),
    ("name: beside", "name: memory", "another table has this name"),
    ("name: beside", "name: be side", "lookup[1].name is 'be side'"),
    ("launches: 3}", "launches: 0}", "lookup[1].launches is '0'"),
    ("launches: 3}", "lunches: 3}", "lookup[1].lunches"),
  ])
  func aSlipIsOneLine(sound: String, wrong: String, says: String) {
    #expect(Self.sound.contains(sound), "the sample lacks '\(sound)'")
    let lines = ScenarioSample.lines(Self.sound.replacing(sound, with: wrong))
    #expect(lines.count == 1, "\(wrong): \(lines)")
    #expect(lines.first?.contains(says) == true, "\(wrong): \(lines)")
  }
}
