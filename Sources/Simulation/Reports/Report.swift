import Quantities

/// What a run predicts, with where it comes from: values only, no text.
public struct Report: Sendable {
  public enum Engine: String, CaseIterable, Sendable { case analytic, playback }

  public var scenario: String
  public var variant: String
  public var hardware: String
  public var runtime: String
  public var model: String
  /// The engine whose times the metrics are.
  public var engine: Engine
  public var steps: Int
  public var batch: Int
  /// Metrics by name, in base units, in the order of `docs/metrics.md`.
  public var metrics: [MetricValue]
  /// Decode times of the engines that ran.
  public var playback: StepTimes?
  public var analytic: AnalyticTimes?
  public var sites: [Share]
  public var resources: [Share]
  public var operations: [OperationShare]
  public var traffic: [PathTraffic]
  public var memory: [TierMemory]
  /// The tier that the processor computes from.
  public var nearTier: String
  public var energy: EnergyShares?
  /// What `cost_per_million_tokens` is made from; nil when the profile states no price.
  public var costBasis: CostBasis?
  /// Operation families priced without measured coefficients of this device.
  public var unmeasured: [String]
  /// The calibrated kernels that prices are from, each once, in the order of first use.
  public var calibrated: [CalibratedKernel]

  /// One calibrated kernel, and how wrong it was when it was last checked.
  public struct CalibratedKernel: Sendable, Hashable {
    /// The family of its cost form, and its name: `gemm`, `vllm-bf16`.
    public var family: String
    public var kernel: String
    /// The profile that it was measured on, and whether that is another than the scenario's.
    public var device: String
    public var isInherited: Bool
    /// Mean absolute relative error on shapes that the fit had not seen.
    public var error: Double
    /// Predicted over true time, nine times of ten.
    public var band: ClosedRange<Double>?
    /// The table of the fit, and its day.
    public var source: String
    public var date: String
  }

  public enum CostBasis: Sendable { case rent, purchase }

  public struct MetricValue: Sendable {
    public var name: String
    public var value: Double
  }

  /// Times of the decode steps under playback.
  public struct StepTimes: Sendable {
    public var mean: Seconds
    public var median: Seconds
    public var p99: Seconds
    public var total: Seconds
    /// Duration of each step, in picoseconds.
    public var each: [Int64]
    public var events: Int
    /// Share of the total during which two resources or more were busy.
    public var overlapShare: Double
    /// Share by which contention lengthened the operations it met, over all busy time.
    public var contendedShare: Double
  }

  public struct AnalyticTimes: Sendable {
    public var step: Seconds
    public var total: Seconds
    public var upper: Seconds
  }

  /// Time of one site or resource for a token.
  public struct Share: Sendable {
    public var name: String
    /// Busy.
    public var busy: Seconds
    /// Others stood idle waiting for it; playback only.
    public var awaited: Seconds
    /// Busy over the time of the step.
    public var utilisation: Double
  }

  public struct OperationShare: Sendable {
    public var name: String
    public var site: String
    public var stream: String
    public var busy: Seconds
    public var awaited: Seconds
    public var bound: String
  }

  public struct PathTraffic: Sendable {
    public var through: String
    public var bytesPerToken: Bytes
  }

  public struct TierMemory: Sendable {
    public var tier: String
    public var capacity: Bytes
    public var peak: Bytes
    public var items: [Item]
    public struct Item: Sendable {
      public var what: String
      public var bytes: Bytes
    }
  }

  /// Energy of a token by part; the sum is capped at the board's limit times the time.
  public struct EnergyShares: Sendable {
    public var idle: Joules
    /// Of cores that hold programs, whatever these do.
    public var cores: Joules
    public var arithmetic: Joules
    public var paths: [(through: String, energy: Joules)]
    /// Tiers and links that bytes moved through and that state no energy.
    public var unstated: [String]
    public var total: Joules
    public var capped: Bool
  }

  public func metric(_ name: String) -> Double? {
    metrics.first { $0.name == name }?.value
  }
}
