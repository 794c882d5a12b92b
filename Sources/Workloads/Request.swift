/// A single request, or a batch of equal ones: a prompt, then tokens generated one by one.
public struct RequestShape: Sendable, Hashable {
  /// Tokens of the prompt of one sequence.
  public var prompt: Int
  /// Tokens generated for one sequence; each is one decode step.
  public var generate: Int
  /// Sequences that run together.
  public var batch: Int
  /// As many sequences as memory holds: `batch` is what was found, or 1 before.
  public var fillsMemory = false
  /// What a step of training over the prompt's tokens does; nil serves requests.
  public var training: TrainingShape?
  /// A kernel that runs by itself in place of a model.
  public var kernel: KernelWork?
  /// Lengths of the sequences of a step of training, of which `prompt` is the longest; nil is all equal.
  public var lengths: LengthDistribution?
  /// A stream of requests in place of equal ones.
  public var requests: RequestTraffic?
  public init(prompt: Int, generate: Int, batch: Int) {
    self.prompt = prompt
    self.generate = generate
    self.batch = batch
  }
}
