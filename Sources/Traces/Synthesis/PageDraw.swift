import NumericalMethods

/// Draws the pages of one (layer, KV head), step by step.
///
/// Slots stand in the order of a row: the first page, recent distances, others by popularity. A slot
/// of a distance passes its age to the next when a new page begins.
struct PageDraw {
  private let fit: PageFit
  private let target: PageTarget
  private let zone: Int
  private var draw: FixedCountDraw
  /// The page of each slot.
  private var pageAt: [Int] = []
  private var newest: Int
  private var picked: [Int] = []

  init(_ fit: PageFit, like: PageTrace, target: PageTarget, stream: Int, seed: UInt64) {
    self.fit = fit
    self.target = target
    newest = (target.context - 1) / target.pageTokens
    let final = (target.context + target.steps - 2) / target.pageTokens
    // The zone holds the same share of the picks.
    let wanted = (fit.zone * target.picks + like.picks / 2) / like.picks
    let zone = max(1, min(wanted, newest))
    self.zone = zone
    draw = FixedCountDraw(
      laws: fit.laws,
      draws: KeyedStream(seed: seed, purpose: "pages.touch", entity: UInt64(stream)))
    // The first page and each distance.
    draw.append(
      lawIndex: 0, law: fit.laws[0], frequency: PageDraw.clamped(fit.sinkFrequency))
    pageAt.append(0)
    var recentTotal = fit.sinkFrequency
    for distance in 0..<zone where newest - distance > 0 {
      let from = min(fit.zone - 1, distance * fit.zone / zone)
      let frequency = PageDraw.clamped(fit.recentFrequency[from])
      recentTotal += frequency
      draw.append(
        lawIndex: 1 + from, law: fit.laws[1 + from], frequency: frequency)
      pageAt.append(newest - distance)
    }
    // Others: as many slots as there will be pages beyond the zone; popularity falls by slot.
    let others = max(0, final - zone)
    let frequencies = fit.others.resampled(
      count: others, total: max(0, Double(target.picks) - recentTotal))
    let pages = TraceSynthesis.order(others, seed: seed, "pages.place", stream)
    for (rank, frequency) in frequencies.enumerated() {
      let page = 1 + pages[rank]
      let index =
        1 + fit.zone
        + PageFit.otherClass(rank: rank, of: others, classes: fit.otherClasses)
      let isFuture = page > newest - zone
      draw.append(
        lawIndex: index, law: fit.laws[index], frequency: isFuture ? 0 : frequency,
        isNew: isFuture)
      pageAt.append(page)
      waiting.append(frequency)
    }
  }

  /// Frequencies of the others, those that still wait for their page included.
  private var waiting: [Double] = []

  private static func clamped(_ frequency: Double) -> Double {
    max(FrequencyCurve.least, min(0.999, frequency))
  }

  /// Draws the row of `step`; steps come in order.
  mutating func advance(to step: Int) {
    let page = (target.context - 1 + step) / target.pageTokens
    if page > newest { begin(page) }
    draw.step(count: target.picks, into: &picked)
  }

  /// Calls `body` with each slot of the row and its page, best first.
  func row(_ body: (Int, Int) -> Void) {
    for (index, slot) in picked.enumerated() { body(index, pageAt[slot]) }
  }

  private mutating func begin(_ page: Int) {
    newest = page
    let first = 1
    let end = first + zone
    guard end <= pageAt.count, pageAt[end - 1] > 0 else { return }
    let leaving = pageAt[end - 1]
    if let slot = pageAt[end...].firstIndex(of: leaving) {
      let rank = slot - end
      let index =
        1 + fit.zone
        + PageFit.otherClass(rank: rank, of: waiting.count, classes: fit.otherClasses)
      draw.change(
        slot: slot, lawIndex: index, law: fit.laws[index], frequency: waiting[rank])
      draw.moveAge(from: end - 1, to: slot)
    }
    for slot in stride(from: end - 1, to: first, by: -1) {
      pageAt[slot] = pageAt[slot - 1]
      draw.moveAge(from: slot - 1, to: slot)
    }
    pageAt[first] = page
    draw.settle(
      slot: first, law: fit.laws[1], frequency: PageDraw.clamped(fit.recentFrequency[0]))
  }
}
