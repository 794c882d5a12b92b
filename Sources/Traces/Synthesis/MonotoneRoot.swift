/// Where a rising function crosses zero, by regula falsi with halved ends (Illinois).
///
/// It cannot fail, so that a search may stand inside another one; `RootFinding` is for functions
/// that may.
enum MonotoneRoot {
  /// - Parameters:
  ///   - low, high: ends with the crossing between them; where it lies outside, the nearer one is
  ///     the answer.
  ///   - tolerance: how far from zero the function may be.
  static func find(
    from low: Double, to high: Double, tolerance: Double, _ rising: (Double) -> Double
  ) -> Double {
    var (a, b) = (low, high)
    var (atA, atB) = (rising(a), rising(b))
    guard atA < 0 else { return a }
    guard atB > 0 else { return b }
    var last = 0
    for step in 0..<200 {
      // Every fourth step halves, so that a function with a flat part cannot hold the search up.
      let middle = step % 4 == 3 ? (a + b) / 2 : a + (b - a) * atA / (atA - atB)
      let value = rising(middle)
      if abs(value) <= tolerance || middle <= a || middle >= b { return middle }
      if value < 0 {
        (a, atA) = (middle, value)
        if last < 0 { atB /= 2 }
        last = -1
      } else {
        (b, atB) = (middle, value)
        if last > 0 { atA /= 2 }
        last = 1
      }
    }
    return (a + b) / 2
  }
}
