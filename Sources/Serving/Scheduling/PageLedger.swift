/// Pages of KV: how many are taken, and how many the sequences that decode will take.
///
/// All sequences that decode grow by a token in each step. What decides when each needs a new page is
/// its length less the steps so far, modulo the page: a number that does not change, so that the pages
/// of any number of steps follow from one histogram.
struct PageLedger {
  let page: Int
  let capacity: Int
  private(set) var used = 0
  /// Pages of prefixes that some sequence holds.
  var pinned = 0 {
    didSet { peak = max(peak, used + pinned) }
  }
  private(set) var peak = 0
  /// Sequences that decode, by their length less the steps so far, modulo the page.
  private var residues: [Int32]
  /// Decode steps so far.
  private(set) var steps: Int64 = 0
  private var decoding = 0

  init(page: Int, capacity: Int) {
    self.page = page
    self.capacity = capacity
    residues = Array(repeating: 0, count: page)
  }

  var free: Int { capacity - used - pinned }

  @inline(__always)
  func pages(_ tokens: Int) -> Int { (tokens + page - 1) / page }

  mutating func take(_ pages: Int) {
    used += pages
    peak = max(peak, used + pinned)
  }

  mutating func release(_ pages: Int) { used -= pages }

  /// A sequence of so many tokens decodes from the next step on.
  mutating func join(_ tokens: Int) {
    residues[place(Int64(tokens) - steps)] += 1
    decoding += 1
  }

  /// A sequence that has so many tokens now decodes no longer.
  mutating func leave(_ tokens: Int) {
    residues[place(Int64(tokens) - steps)] -= 1
    decoding -= 1
  }

  /// Pages that the next steps take.
  func growth(_ count: Int64) -> Int {
    let (rounds, rest) = count.quotientAndRemainder(dividingBy: Int64(page))
    var pages = Int(rounds) * decoding
    // A sequence takes a page in the step that finds its last one full.
    for ahead in 0..<rest { pages += Int(residues[place(-(steps + ahead))]) }
    return pages
  }

  /// The most of the next `count` steps for which so many pages suffice.
  func affordable(_ count: Int64, free: Int) -> Int64 {
    let least = Int64(free / max(1, decoding)) * Int64(page)
    if count <= least || growth(count) <= free { return count }
    var (fits, fails) = (min(least, count), count)
    while fails - fits > 1 {
      let middle = fits + (fails - fits) / 2
      if growth(middle) <= free { fits = middle } else { fails = middle }
    }
    return fits
  }

  mutating func advance(_ count: Int64) {
    take(growth(count))
    steps += count
  }

  @inline(__always)
  private func place(_ value: Int64) -> Int {
    let rest = Int(value % Int64(page))
    return rest < 0 ? rest + page : rest
  }
}
