/// A published or measured value that a prediction is held against.
public struct Expectation: Sendable, Hashable {
  /// What the value is for.
  public enum Use: String, CaseIterable, Sendable {
    /// Compared and counted.
    case check
    /// It set a coefficient of the profile, so it is shown but not counted.
    case calibration
    /// Compared and shown, known to be out of reach; `note` says why.
    case listed
  }

  public var id: String
  public var variant: String
  public var metric: String
  /// In the base unit of the metric.
  public var value: Double
  /// The other variant of a ratio: value is `metric(against) / metric(variant)`.
  public var against: String?
  public var use: Use
  /// Relative error that counts as agreement.
  public var within: Double
  public var source: String
  /// How firm the published value is: `table`, `text`, `figure`, `second-hand`, ….
  public var confidence: String
  public var note: String?

  public init(
    id: String, variant: String, metric: String, value: Double, against: String?, use: Use,
    within: Double, source: String, confidence: String, note: String?
  ) {
    self.id = id
    self.variant = variant
    self.metric = metric
    self.value = value
    self.against = against
    self.use = use
    self.within = within
    self.source = source
    self.confidence = confidence
    self.note = note
  }
}
