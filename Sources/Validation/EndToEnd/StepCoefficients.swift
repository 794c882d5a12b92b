/// The named coefficients of `StepForm`. Shares are of the device's data-sheet figures.
public enum StepCoefficient: String, CaseIterable, Sendable {
  /// Share of the bandwidth that weights, routed experts and the KV cache stream at.
  case weights, experts, kv
  /// Share of the peak that products reach.
  case arithmetic
  /// Share of the peak that a prompt is read at.
  case prefill
  /// Share of the peak that attention's products reach in a decode step; absent: they are free.
  case attention
  /// Share of the peak of the kernels that serve `small-batch` sequences or fewer one by one.
  case smallBatchArithmetic = "small-batch-arithmetic"
  case smallBatch = "small-batch"
  /// Sequences that a matrix kernel pads to a multiple of.
  case tile
  /// Below so many sequences each reads its experts by itself.
  case expertsAloneBelow = "experts-alone-below"
  /// Exponent of the smooth maximum of memory and arithmetic time.
  case norm
  /// Fixed time of a layer, and what a routing layer adds.
  case layer
  case routing
  /// Fixed time of one exchange between devices, and the rate of its bytes.
  case exchange
  case exchangeBandwidth = "exchange-bandwidth"
  /// Time of a step outside of the device.
  case host
  /// Time that the host takes to issue a layer, and the exponent that joins it with the device's.
  case hostLayer = "host-layer"
  case hostNorm = "host-norm"

  public enum Unit: Sendable { case share, count, time, rate }

  public var unit: Unit {
    switch self {
    case .weights, .experts, .kv, .arithmetic, .prefill, .attention, .smallBatchArithmetic: .share
    case .smallBatch, .tile, .expertsAloneBelow, .norm, .hostNorm: .count
    case .layer, .routing, .exchange, .host, .hostLayer: .time
    case .exchangeBandwidth: .rate
    }
  }
}

/// The coefficients of one runtime on one class of devices.
public struct StepSet: Sendable {
  public var runtime: String
  public var name: String
  /// Profiles and classes that the set is for; a profile's name wins over its class.
  public var devices: [String]
  public var classes: [String]
  /// SI units: shares, seconds, B/s.
  public var values: [StepCoefficient: Double]
  /// Coefficients that no row determines.
  public var assumed: Set<StepCoefficient>
  /// Seconds that a processor takes to unpack and multiply one weight of a format, for runtimes
  /// whose arithmetic is told by weight and not by a peak; empty otherwise.
  public var unpack: [String: Double]
  public var source: String
  public var rows: Int
  /// Median absolute error of the rate over the rows of the fit.
  public var error: Double

  public init(
    runtime: String, name: String, devices: [String] = [], classes: [String] = [],
    values: [StepCoefficient: Double], assumed: Set<StepCoefficient> = [],
    unpack: [String: Double] = [:], source: String, rows: Int, error: Double
  ) {
    self.runtime = runtime
    self.name = name
    self.devices = devices
    self.classes = classes
    self.values = values
    self.assumed = assumed
    self.unpack = unpack
    self.source = source
    self.rows = rows
    self.error = error
  }
}
