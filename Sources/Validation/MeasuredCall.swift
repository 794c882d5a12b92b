import Programs

/// One timed call.
public struct MeasuredCall: Sendable {
  /// Index into `MeasurementTable.series`.
  public var series: Int
  public var call: KernelCall
  public var seconds: Double
  /// The board's power while the call was repeated; such rows fit energies and not times.
  public var reading: PowerReading?
  /// Rows of one group have the same weights or heads; cross-validation leaves whole groups out.
  public var group: Int
  /// Equal for a sparse row and its dense twin.
  public var twin: Int?
  public var isSparse: Bool
  /// Line of the file.
  public var line: Int

  public init(
    series: Int, call: KernelCall, seconds: Double, reading: PowerReading? = nil, group: Int,
    twin: Int? = nil, isSparse: Bool = false, line: Int
  ) {
    self.series = series
    self.call = call
    self.seconds = seconds
    self.reading = reading
    self.group = group
    self.twin = twin
    self.isSparse = isSparse
    self.line = line
  }
}

/// Rows of one device, kernel family and kernel.
public struct MeasurementSeries: Sendable, Hashable {
  /// What the table calls the device: `NVIDIA H200`, or the name of its folder.
  public var device: String
  /// `gemm`, `attention-decode`, ….
  public var family: String
  /// Who ran it and in which format: `vllm-bf16`.
  public var kernel: String

  public init(device: String, family: String, kernel: String) {
    self.device = device
    self.family = family
    self.kernel = kernel
  }
}

/// The rows of one file that time kernel calls.
public struct MeasurementTable: Sendable {
  public var file: String
  public var series: [MeasurementSeries] = []
  public var rows: [MeasuredCall] = []
  /// Rows that time whole steps.
  public var steps: [MeasuredStep] = []
  /// Runs of steps that a recording drove.
  public var replays: [MeasuredReplay] = []
  /// Rows that time whole models in a runtime, and runs of a server.
  public var served: [ServedRow] = []
  public var runs: [ServedRun] = []
  /// Rows left out, by reason.
  public var skipped: [String: Int] = [:]
  private var seriesIndex: [MeasurementSeries: Int] = [:]
  private var labels: [String: Int] = [:]
  private var draws: [ExpertDraw: ExpertDraw.Outcome] = [:]

  public init(file: String) { self.file = file }

  /// The index of a series, made at need.
  public mutating func index(of series: MeasurementSeries) -> Int {
    if let index = seriesIndex[series] { return index }
    self.series.append(series)
    seriesIndex[series] = self.series.count - 1
    return self.series.count - 1
  }

  /// A number for a label, the same for equal labels of this table.
  public mutating func number(of label: String) -> Int {
    if let number = labels[label] { return number }
    labels[label] = labels.count
    return labels.count - 1
  }

  /// The outcome of a draw, made once.
  public mutating func outcome(of draw: ExpertDraw) -> ExpertDraw.Outcome {
    if let known = draws[draw] { return known }
    let outcome = draw.outcome()
    draws[draw] = outcome
    return outcome
  }

  public mutating func skip(_ reason: String, rows: Int = 1) { skipped[reason, default: 0] += rows }
}
