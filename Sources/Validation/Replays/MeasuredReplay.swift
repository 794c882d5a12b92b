/// Steps in a row that were run for real as a recorded trace asks for them.
public struct MeasuredReplay: Sendable {
  /// What ran in a step, and how it was fed.
  public enum Shape: Sendable, Hashable {
    case pages(PageReplayShape)
    case experts(ExpertReplayShape)
    case neurons(NeuronReplayShape)
    case storedExperts(StoredExpertReplayShape)
    case storedPages(StoredPageReplayShape)
  }

  public struct Step: Sendable {
    /// What each layer fetched: pages, experts or bundles.
    public var fetched: [Int]
    public var seconds: Double
    /// Line of the file; the first one of a step with several.
    public var line: Int

    public init(fetched: [Int], seconds: Double, line: Int) {
      self.fetched = fetched
      self.seconds = seconds
      self.line = line
    }
  }

  /// What the table calls the device.
  public var device: String
  /// What the table calls the recording.
  public var recording: String
  /// The runtime file that says how the kernels were issued.
  public var runtime: String
  public var shape: Shape
  /// The step of the recording that the first of `steps` is.
  public var firstStep: Int
  public var steps: [Step]

  public init(
    device: String, recording: String, runtime: String, shape: Shape, firstStep: Int,
    steps: [Step]
  ) {
    self.device = device
    self.recording = recording
    self.runtime = runtime
    self.shape = shape
    self.firstStep = firstStep
    self.steps = steps
  }

  /// Whether `other` says of itself what this says, its steps apart.
  public func runs(as other: MeasuredReplay) -> Bool {
    (device, recording, runtime) == (other.device, other.recording, other.runtime)
      && shape == other.shape
  }

  /// Rows of the table: a step each, or a layer of one where several make a step.
  var rowCount: Int {
    guard case .neurons = shape else { return steps.count }
    return steps.reduce(0) { $0 + $1.fetched.count }
  }

  public var family: String {
    switch shape {
    case .pages: "kv-offload-replay"
    case .experts: "expert-offload-replay"
    case .neurons: "flash-read-replay"
    case .storedExperts: "expert-read-replay"
    case .storedPages: "page-read-replay"
    }
  }

  /// The column that holds what a step fetches.
  var column: String {
    switch shape {
    case .pages, .storedPages: "pages.missed"
    case .experts, .storedExperts: "experts.missed"
    case .neurons: "neurons.read"
    }
  }
}

/// A layer fetches missed pages from host memory by a gather, multiplies once and attends; an LRU
/// cache for each layer and KV head starts empty at the recording's first step.
public struct PageReplayShape: Sendable, Hashable {
  public var layers: Int
  public var queryHeads: Int
  public var kvHeads: Int
  /// Pages kept of each KV head, and pages that its cache holds.
  public var picks: Int
  public var cachedPages: Int
  public var pageTokens: Int
  public var pageBytes: Int
  public var weightBytes: Int

  public init(
    layers: Int, queryHeads: Int, kvHeads: Int, picks: Int, cachedPages: Int, pageTokens: Int,
    pageBytes: Int, weightBytes: Int
  ) {
    self.layers = layers
    self.queryHeads = queryHeads
    self.kvHeads = kvHeads
    self.picks = picks
    self.cachedPages = cachedPages
    self.pageTokens = pageTokens
    self.pageBytes = pageBytes
    self.weightBytes = weightBytes
  }
}

/// A layer multiplies once, copies its missed experts from host memory by the copy engine and runs the
/// chosen ones; a layer's LRU cache evicts after each token.
public struct ExpertReplayShape: Sendable, Hashable {
  public var layers: Int
  public var hidden: Int
  public var inner: Int
  public var topK: Int
  public var experts: Int
  public var cachedExperts: Int
  public var denseBytes: Int

  public init(
    layers: Int, hidden: Int, inner: Int, topK: Int, experts: Int, cachedExperts: Int,
    denseBytes: Int
  ) {
    self.layers = layers
    self.hidden = hidden
    self.inner = inner
    self.topK = topK
    self.experts = experts
    self.cachedExperts = cachedExperts
    self.denseBytes = denseBytes
  }
}

/// A layer reads the bundles of neurons that fire and did not in the `window` tokens before.
public struct NeuronReplayShape: Sendable, Hashable {
  public var window: Int
  public var bundleBytes: Int
  public var threads: Int

  public init(window: Int, bundleBytes: Int, threads: Int) {
    self.window = window
    self.bundleBytes = bundleBytes
    self.threads = threads
  }
}

/// A layer reads the experts that its LRU cache lacks, each as three matrices, and computes nothing; the
/// cache evicts after each step and starts empty.
public struct StoredExpertReplayShape: Sendable, Hashable {
  public var topK: Int
  public var cachedExperts: Int
  /// Of one matrix: 512 numbers of 2 bytes in each row.
  public var matrixBytes: Int
  /// Reads in flight.
  public var depth: Int

  public init(topK: Int, cachedExperts: Int, matrixBytes: Int, depth: Int) {
    self.topK = topK
    self.cachedExperts = cachedExperts
    self.matrixBytes = matrixBytes
    self.depth = depth
  }
}

/// A layer reads the pages that its caches lack and computes nothing; an LRU cache for each layer and
/// KV head evicts after each step and starts empty at the recording's first step.
public struct StoredPageReplayShape: Sendable, Hashable {
  public var layers: Int
  public var kvHeads: Int
  /// Pages kept of each KV head, and pages that its cache holds.
  public var picks: Int
  public var cachedPages: Int
  public var pageTokens: Int
  /// Keys and values of one head, 2 bytes a number.
  public var pageBytes: Int

  public init(
    layers: Int, kvHeads: Int, picks: Int, cachedPages: Int, pageTokens: Int, pageBytes: Int
  ) {
    self.layers = layers
    self.kvHeads = kvHeads
    self.picks = picks
    self.cachedPages = cachedPages
    self.pageTokens = pageTokens
    self.pageBytes = pageBytes
  }
}
