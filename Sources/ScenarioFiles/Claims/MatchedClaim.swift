/// A claim as the runs and metrics that it asks for.
public struct MatchedClaim {
  /// A value of the claim, or the ratio of its sides.
  public enum Part: String, Sendable { case baseline, method, ratio }

  /// What a published ratio divides.
  public enum Direction: Sendable { case baselineOverMethod, methodOverBaseline }

  /// One published number.
  public struct Row {
    public var part: Part
    /// As the claim writes it.
    public var published: Double
    /// Base units of the metric in one unit of the claim; 1 for ratios.
    public var factor: Double
    /// What the claim gives the baseline, where its values are relative to that.
    public var baseline: Double?
    public var direction: Direction?
  }

  /// One run: a variant of a scenario with changes.
  public struct Run {
    /// The file's name without its ending; nil for the system's own.
    public var scenario: String?
    public var variant: String
    public var overrides: Overrides
  }

  public var metric: String
  /// The baseline's metric; the same, but for claims that compare two parts of one run.
  public var baselineMetric: String
  public var unit: ClaimUnit.Kind
  public var baseline: Run
  public var method: Run
  public var rows: [Row]
}

/// What became of a claim.
public enum ClaimMatch {
  case matched(MatchedClaim)
  /// No cost model can speak to it; why, and what it can say.
  case unspoken(note: String)
  /// No rule fits; which is missing.
  case unmatched(reason: String)
}
