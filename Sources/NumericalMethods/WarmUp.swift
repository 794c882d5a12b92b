/// Where a simulation's output has left the state it started in behind.
public enum WarmUp {
  /// How many values to discard at the front, by MSER-5: the truncation at which the mean of the
  /// rest is known best.
  ///
  /// Means of five values each are taken; of all truncations in the first half, the one is chosen
  /// that makes `sum (y - mean)^2 / n^2` over the n means that remain least, the earliest among
  /// equals. A choice at the very half says that the run is too short to have settled.
  ///
  /// *Source*: White, Cobb, Spratt, A Comparison of Five Steady-State Truncation Heuristics for
  /// Simulation (2000).
  /// - Returns: A multiple of 5, at most half of the values; 0 for fewer than 10 values.
  /// - Throws: `.notFinite` for NaN or infinity.
  /// - Complexity: O(n).
  public static func mser5(_ values: [Double]) throws(NumericalFault) -> Int {
    try Inputs.finite(values, "values")
    let count = values.count / 5
    guard count >= 2 else { return 0 }
    let means = (0..<count).map { batch in
      values[(5 * batch)..<(5 * batch + 5)].reduce(0, +) / 5
    }
    // From the end to the front, so that the sums of each truncation follow from those after it
    // (Welford's update, which keeps the digits that a difference of squares would lose).
    var (mean, squares) = (0.0, 0.0)
    var (best, discarded) = (Double.infinity, 0)
    for index in (0..<count).reversed() {
      let remaining = Double(count - index)
      let excess = means[index] - mean
      mean += excess / remaining
      squares += excess * (means[index] - mean)
      guard index <= count / 2 else { continue }
      let error = squares / (remaining * remaining)
      if error <= best { (best, discarded) = (error, index) }
    }
    return 5 * discarded
  }
}
