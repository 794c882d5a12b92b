import Diagnostics

/// One published claim of a system, in the words of its source.
public struct Claim: Sendable {
  /// The free texts of a claim that patterns may look at.
  public enum Field: String, CaseIterable, Sendable {
    case metric, units, hardware, model, precision, batch, context, baseline, sparsity, notes
    case ratioDefinition = "ratio_def"
    case source
  }

  /// The sides of a comparison.
  public enum Side: String, CaseIterable, Sendable { case baseline, method }

  public var system: String
  public var id: String
  public var confidence: String
  /// Each field that is there, as it is written.
  public var texts: [Field: String]
  /// The entries of `sparsity` that are a number or a text, by their dotted key.
  public var sparsity: [(key: String, text: String)]
  /// Batches by side, where the claim gives one for each.
  public var batches: [Side: Double]
  public var values: [Side: Double]
  public var ratio: Double?
  /// Tokens generated, where the claim has a field for them.
  public var outputLength: Double?
  public var position: SourcePosition

  public var metric: String { texts[.metric] ?? "" }
}
