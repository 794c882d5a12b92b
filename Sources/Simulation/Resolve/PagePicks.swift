import Traces

/// How many of its recorded pages a head reads.
struct PagePicks: Hashable {
  /// Pages a KV head at most, best first.
  var most: Int
  /// The share of a head's recorded attention mass at which it takes no further ones; nil takes all.
  var mass: Double?

  /// Pages of one row of the trace: the fewest that hold the mass, or all where they do not.
  func count(_ trace: PageTrace, step: Int, layer: Int, head: Int) -> Int {
    guard let mass else { return most }
    let masses = trace.mass(step: step, layer: layer, head: head)
    var sum = 0.0
    for slot in 0..<min(most, masses.count) {
      sum += Double(masses[slot])
      if sum >= mass { return slot + 1 }
    }
    return most
  }
}
