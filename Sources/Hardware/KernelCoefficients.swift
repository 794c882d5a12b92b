import Quantities

/// The calibrated coefficients of one kernel on one device.
///
/// They multiply physics: a kernel takes
/// `group + launches × (fixed + byRows(rows) + byWidth(width)) + max(bytes / (bandwidthShare × bandwidth)
/// + launches × rows × perRow, flops / (arithmeticShare × peak))`,
/// and a kernel made of independent programs moves at most `programRate` a program.
/// A share of 1 and a fixed time of 0 are the plain roofline.
public struct KernelCoefficients: Sendable, Hashable {
  /// Families that bytes and flops bound on no device, so that a device takes what it has not measured
  /// from another.
  public static let inheritedFamilies = ["top-k", "sort", "join"]

  /// Rows that are each worked on by all cores: `fixed + rows × row + bytes / rate`.
  public struct Spread: Sendable, Hashable {
    public var fixed: Figure<Seconds>
    public var row: Figure<Seconds>
    public var rate: Figure<BytesPerSecond>
    public init(
      fixed: Figure<Seconds>, row: Figure<Seconds>, rate: Figure<BytesPerSecond>
    ) {
      self.fixed = fixed
      self.row = row
      self.rate = rate
    }
  }

  /// The operation family: `gemv`, `gemm`, `attention-decode`, `gather`, `copy`, `storage-read`, ….
  public var family: String
  /// The implementation that was timed: `cublas-bf16`, `paged-split`, ….
  public var kernel: String
  public var fixed: Figure<Seconds>
  /// Once for a run of launches or transfers in a row: the switch to another engine and back.
  public var group: Figure<Seconds>?
  /// What one more row of activations adds beside the bytes of a product's weights: its operand is
  /// loaded and its result written tile by tile. Arithmetic hides it once a product is bound by that.
  public var perRow: Figure<Seconds>?
  /// Seconds that the rows of activations add to `fixed`.
  public var byRows: Figure<Curve>?
  /// Seconds that the numbers in a row add to `fixed`.
  public var byWidth: Figure<Curve>?
  /// Share of the tier's or link's peak bandwidth, in 0…1.
  public var bandwidthShare: Figure<Double>
  /// Share of peak arithmetic, in 0…1.
  public var arithmeticShare: Figure<Double>?
  /// The most one program of the kernel moves by itself.
  public var programRate: Figure<BytesPerSecond>?
  /// Programs that one core holds at once.
  public var programsPerCore: Figure<Double>?
  /// The same kernel where it spreads each row over all cores, taken where that is shorter.
  public var spread: Spread?
  /// Mean absolute relative error of the fit, cross-validated, and the rows it was made on.
  public var error: Double?
  public var rows: Int?

  public init(
    family: String, kernel: String, fixed: Figure<Seconds>, group: Figure<Seconds>? = nil,
    perRow: Figure<Seconds>? = nil, byRows: Figure<Curve>? = nil, byWidth: Figure<Curve>? = nil,
    bandwidthShare: Figure<Double>,
    arithmeticShare: Figure<Double>? = nil, programRate: Figure<BytesPerSecond>? = nil,
    programsPerCore: Figure<Double>? = nil, spread: Spread? = nil, error: Double? = nil,
    rows: Int? = nil
  ) {
    self.family = family
    self.kernel = kernel
    self.fixed = fixed
    self.group = group
    self.perRow = perRow
    self.byRows = byRows
    self.byWidth = byWidth
    self.bandwidthShare = bandwidthShare
    self.arithmeticShare = arithmeticShare
    self.programRate = programRate
    self.programsPerCore = programsPerCore
    self.spread = spread
    self.error = error
    self.rows = rows
  }
}
