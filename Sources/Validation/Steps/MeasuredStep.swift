import Models

/// One timed decode step, or the part of one that a table ran.
public struct MeasuredStep: Sendable {
  public enum Shape: Sendable {
    case decode(DecodeStepShape)
    case offload(OffloadStepShape)
  }

  /// What the table calls the device.
  public var device: String
  /// The runtime file that says how the kernels were issued.
  public var runtime: String
  public var shape: Shape
  public var seconds: Double
  /// Line of the file.
  public var line: Int

  public init(device: String, runtime: String, shape: Shape, seconds: Double, line: Int) {
    self.device = device
    self.runtime = runtime
    self.shape = shape
    self.seconds = seconds
    self.line = line
  }

  var family: String {
    switch shape {
    case .decode: "decode-step"
    case .offload: "kv-offload-step"
    }
  }
}

/// A whole decode step of a dense model in bf16, all in the device's memory.
public struct DecodeStepShape: Sendable, Hashable {
  public var model: Model
  public var batch: Int
  /// Tokens that each sequence attends to, or chooses pages from.
  public var context: Int
  /// Tokens of a page.
  public var page: Int
  /// Pages read of each KV head.
  public var pagesRead: Int
  /// Share of the context that is kept, as the table states it; 1 attends to all.
  public var keep: Double
  /// Whether pages are chosen by the scores of their mean keys.
  public var selects: Bool

  public init(
    model: Model, batch: Int, context: Int, page: Int, pagesRead: Int, keep: Double, selects: Bool
  ) {
    self.model = model
    self.batch = batch
    self.context = context
    self.page = page
    self.pagesRead = pagesRead
    self.keep = keep
    self.selects = selects
  }
}

/// Layers of equal products and attention, each fetching pages from host memory by a gather kernel.
public struct OffloadStepShape: Sendable, Hashable {
  public var layers: Int
  /// Products of a layer and the bytes of one's weights.
  public var products: Int
  public var productBytes: Double
  /// Pages that a layer attends to, over its KV heads, and the bytes of one.
  public var pagesRead: Int
  public var pageBytes: Double
  /// Pages that a layer fetches.
  public var pagesFetched: Int
  /// The fetch runs on a stream of its own from the start of the layer; else before its products.
  public var overlaps: Bool

  public init(
    layers: Int, products: Int, productBytes: Double, pagesRead: Int, pageBytes: Double,
    pagesFetched: Int, overlaps: Bool
  ) {
    self.layers = layers
    self.products = products
    self.productBytes = productBytes
    self.pagesRead = pagesRead
    self.pageBytes = pageBytes
    self.pagesFetched = pagesFetched
    self.overlaps = overlaps
  }
}
