import Quantities

/// The software that runs a model on a device: which kernel serves each operation family, and what
/// the host adds. A runtime knows no sparsity and carries no coefficient; those belong to
/// (device, family, kernel) in the profile.
public struct Runtime: Sendable, Hashable {
  public var name: String
  /// The compute unit that runs the model: `gpu` or `cpu`.
  public var unit: String
  /// Whether a step is recorded once and replayed, so that the host launches nothing in between.
  public var graph: Bool
  /// Whether one kernel serves all experts of a layer, activation included; else each expert has its
  /// own.
  public var fusedExperts: Bool
  /// The format that the runtime widens narrower weights to once and then holds beside the
  /// processor, where its kernels multiply no other; nil multiplies weights as they are stored.
  public var computesIn: Precision?
  /// Kernels that a part of a layer takes, by family: as many of each, one after another. A part
  /// that is not stated is one elementwise kernel, and an activation none of its own.
  public var launches: [Part: [String: Int]]
  /// What of a prompt it holds in memory whole.
  public var promptHolds: Set<PromptPart>
  /// How the prompts of a batch pass through the layers.
  public var prompts: Prompts
  /// Host time before each step: scheduling, sampling, detokenising.
  public var hostPerStep: Figure<Seconds>
  /// Host time for each kernel that it launches, where the host launches them one by one and that
  /// was measured; launches queue ahead of the device. Nil: the device is never kept waiting.
  public var hostPerLaunch: Figure<Seconds>?
  /// Whether matrices of the same inputs (queries, keys and values; gate and up) are one product.
  public var joinsProducts: Bool
  /// Operation family to kernel name.
  public var kernels: [String: String]
  /// Families of cost forms whose calibrated kernels it runs, each with the library's part of their
  /// names: `gemm` to `vllm`. Of several the one is taken that the device, or the nearest, was
  /// measured with. They win over `kernels` where an operation's sizes are known.
  public var libraries: [String: [String]]
  public var sources: [String: String]

  /// Parts of a layer that read and write activations and little else.
  public enum Part: String, CaseIterable, Sendable {
    case norm, residual
    /// Turning queries and keys by their positions; none of its own where it is not stated.
    case rotary
    /// Adding the new token's keys and values to the cache; none of its own where it is not stated.
    case append
    /// Between the matrices of a feed-forward block.
    case activation
    /// Choosing pages: what runs beside the scores' product, the search and the sort.
    case selection
  }

  /// What of a batch's prompts is in work at once.
  public enum Prompts: String, CaseIterable, Sendable {
    /// Sequences one after another, as engines with a scheduler do: memory holds the activations of one.
    case apart
    /// All of them, as generation of a padded batch does.
    case together
  }

  /// In place of a family: kernels of a part that work on a number a row or less.
  public static let tiny = "tiny"

  /// What fused kernels never write out.
  public enum PromptPart: String, CaseIterable, Sendable {
    /// The scores of one layer, all queries by all keys, of each head.
    case scores
    /// The logits of every token, not of the last alone.
    case logits
  }

  public init(
    name: String, unit: String, graph: Bool, fusedExperts: Bool = false,
    computesIn: Precision? = nil, launches: [Part: [String: Int]] = [:],
    promptHolds: Set<PromptPart> = [], prompts: Prompts = .apart,
    hostPerStep: Figure<Seconds>,
    hostPerLaunch: Figure<Seconds>? = nil, joinsProducts: Bool = true, kernels: [String: String],
    libraries: [String: [String]] = [:], sources: [String: String]
  ) {
    self.name = name
    self.unit = unit
    self.graph = graph
    self.fusedExperts = fusedExperts
    self.computesIn = computesIn
    self.launches = launches
    self.promptHolds = promptHolds
    self.prompts = prompts
    self.hostPerStep = hostPerStep
    self.hostPerLaunch = hostPerLaunch
    self.joinsProducts = joinsProducts
    self.kernels = kernels
    self.libraries = libraries
    self.sources = sources
  }
}
