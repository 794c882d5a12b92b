/// One measured decode rate of a whole model that a runtime served.
public struct ServedRow: Sendable {
  /// What was timed.
  public enum Shape: Sendable, Hashable {
    /// Steps of sequences with `context` cached tokens each; the time of one step.
    case step(context: Double)
    /// A steady stream of requests; the time between two tokens of one of them. Meanwhile every
    /// other running sequence has its prompt read once.
    case stream(input: Double, output: Double, timeToFirst: Double)
    /// Prompts of `length` tokens read together and as many tokens decoded; the time of all.
    case run(input: Double, output: Double)
  }

  /// What the table calls device, runtime and model.
  public var device: String
  public var runtime: String
  public var model: String
  public var format: WeightFormat
  public var kvBits: Double
  /// Sequences that decode together.
  public var batch: Double
  public var layout: StepForm.Layout
  public var shape: Shape
  public var seconds: Double
  public var line: Int

  public init(
    device: String, runtime: String, model: String, format: WeightFormat, kvBits: Double = 16,
    batch: Double = 1, layout: StepForm.Layout = .init(), shape: Shape, seconds: Double, line: Int
  ) {
    self.device = device
    self.runtime = runtime
    self.model = model
    self.format = format
    self.kvBits = kvBits
    self.batch = batch
    self.layout = layout
    self.shape = shape
    self.seconds = seconds
    self.line = line
  }
}

/// The requests of one run of a server, with the stamps that it took.
public struct ServedRun: Sendable {
  public struct Request: Sendable {
    public var input: Double
    public var output: Double
    /// Seconds of one clock: when it arrived; as `scheduled` where the log does not say.
    public var queued: Double
    public var scheduled: Double
    public var firstToken: Double
    public var lastToken: Double
    public var line: Int

    public init(
      input: Double, output: Double, queued: Double? = nil, scheduled: Double,
      firstToken: Double, lastToken: Double, line: Int
    ) {
      self.input = input
      self.output = output
      self.queued = queued ?? scheduled
      self.scheduled = scheduled
      self.firstToken = firstToken
      self.lastToken = lastToken
      self.line = line
    }

    /// Whether it decoded enough tokens for a rate.
    public var isTimed: Bool { output > 8 && lastToken > firstToken }
    /// Measured seconds from one token to the next.
    public var tokenSeconds: Double { (lastToken - firstToken) / max(1, output - 1) }
  }

  public var device: String
  public var runtime: String
  public var model: String
  public var format: WeightFormat
  public var layout: StepForm.Layout
  public var requests: [Request]
  /// What bounded its batches; nil where nothing says.
  public var limits: Limits?
  /// The first two numbers of the server's version, `0.19`; nil where nothing says.
  public var version: String?

  /// Tokens of a step, sequences, and tokens of KV; nil where it is what memory leaves.
  public struct Limits: Sendable {
    public var stepTokens: Int
    public var sequences: Int
    public var kvTokens: Int?
    /// Whether KV that nobody holds is found again until its page is taken.
    public var prefixCaching = true
    public init(stepTokens: Int, sequences: Int, kvTokens: Int?) {
      self.stepTokens = stepTokens
      self.sequences = sequences
      self.kvTokens = kvTokens
    }
  }

  public init(
    device: String, runtime: String, model: String, format: WeightFormat,
    layout: StepForm.Layout, requests: [Request]
  ) {
    self.device = device
    self.runtime = runtime
    self.model = model
    self.format = format
    self.layout = layout
    self.requests = requests
  }
}
