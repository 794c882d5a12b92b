/// Mean and quantiles of one latency over the requests that count.
public struct LatencySummary: Sendable, Equatable {
  public var mean: Double
  public var p50: Double
  public var p90: Double
  public var p99: Double
  /// Half of the 95 % interval of the mean, by means of batches; nil for too few requests.
  public var doubt: Double?
  public var count: Int

  /// Nil for no values.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    count = values.count
    mean = values.reduce(0, +) / Double(count)
    let sorted = values.sorted()
    func rank(_ share: Double) -> Double {
      sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
    }
    (p50, p90, p99) = (rank(0.5), rank(0.9), rank(0.99))
    doubt = Self.batchDoubt(values)
  }

  private static let batches = 20
  /// Student's t of 19 degrees of freedom at 97.5 %.
  private static let t = 2.093

  /// Requests in a row wait for one another, so their scatter says too little: means of batches in a
  /// row scatter as the mean itself does.
  private static func batchDoubt(_ values: [Double]) -> Double? {
    let size = values.count / batches
    guard size >= 10 else { return nil }
    let means = (0..<batches).map { batch in
      values[(batch * size)..<((batch + 1) * size)].reduce(0, +) / Double(size)
    }
    let mean = means.reduce(0, +) / Double(batches)
    let variance =
      means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(batches - 1)
    return t * (variance / Double(batches)).squareRoot()
  }
}
