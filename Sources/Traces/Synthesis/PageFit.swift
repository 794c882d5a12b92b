/// How one recorded (layer, KV head) reads pages: the first page, the recent ones by distance, and
/// the others by popularity.
struct PageFit {
  /// Pages that count as recent: distances below this from the newest page.
  let zone: Int
  /// Chance of a touch of the first page, of each recent distance, of others by rank.
  let sinkFrequency: Double
  let recentFrequency: [Double]
  let others: FrequencyCurve
  /// Laws: the first page, each recent distance, then classes of others.
  private(set) var laws: [RepeatLaw]
  let otherClasses: Int
  /// New entries a step by window, over the entries of a step.
  let newShares: [Double]
  /// Mean mass by rank; empty when it was not recorded.
  let massByRank: [Double]

  static let classCount = 32

  /// Classes grow with the rank, because the most touched pages differ most from each other.
  static func otherClass(rank: Int, of count: Int, classes: Int) -> Int {
    let quantile = (Double(rank) + 0.5) / Double(count)
    return min(classes - 1, Int(quantile.squareRoot() * Double(classes)))
  }

  init(_ trace: PageTrace, layer: Int, head: Int) {
    let universe = trace.pageCount(step: trace.steps - 1)
    let span = max(1, min(RepeatFit.longestSpan, trace.steps / 4))
    let zone = min(16, max(1, universe / 8))
    self.zone = zone
    var isTouched = [Bool](repeating: false, count: universe)
    // Popularity of pages while they are neither first nor recent.
    var counts = [Int](repeating: 0, count: universe)
    var exposure = [Int](repeating: 0, count: universe)
    for step in 0..<trace.steps {
      let newest = trace.pageCount(step: step) - 1
      for page in 1..<max(1, newest - zone + 1) { exposure[page] += 1 }
      for page in trace.pages(step: step, layer: layer, head: head)
      where page > 0 && page <= newest - zone {
        counts[page] += 1
      }
    }
    func share(_ page: Int) -> Double {
      exposure[page] > 0 ? Double(counts[page]) / Double(exposure[page]) : 0
    }
    let ranked = (1..<max(1, universe)).filter { exposure[$0] > 0 }
      .sorted { (share($1), $0) < (share($0), $1) }
    let classes = max(1, min(PageFit.classCount, ranked.count))
    var classOf = [Int](repeating: 0, count: universe)
    for (rank, page) in ranked.enumerated() {
      classOf[page] = PageFit.otherClass(rank: rank, of: ranked.count, classes: classes)
    }
    others = FrequencyCurve(byRank: ranked.map(share))
    otherClasses = classes
    // Touches and exposures by law and age; age 0 holds those beyond the span.
    let lawCount = 1 + zone + classes
    var touched = [Int](repeating: 0, count: lawCount * (span + 1))
    var exposed = touched
    var last = [Int](repeating: -1, count: universe)
    var mass = [Double](repeating: 0, count: trace.hasMass ? trace.picks : 0)
    for step in 0..<trace.steps {
      let newest = trace.pageCount(step: step) - 1
      let row = trace.pages(step: step, layer: layer, head: head)
      for page in row where page >= 0 { isTouched[page] = true }
      for page in 0...newest {
        let distance = newest - page
        let law = page == 0 ? 0 : distance < zone ? 1 + distance : 1 + zone + classOf[page]
        // A page that was not touched yet may have been touched before the trace began.
        if last[page] >= 0 || step >= span || distance == 0 {
          let age = last[page] < 0 || step - last[page] > span ? 0 : step - last[page]
          exposed[law * (span + 1) + age] += 1
          if isTouched[page] { touched[law * (span + 1) + age] += 1 }
        }
        if isTouched[page] {
          last[page] = step
          isTouched[page] = false
        }
      }
      for (rank, value) in trace.mass(step: step, layer: layer, head: head).enumerated() {
        mass[rank] += Double(value)
      }
    }
    massByRank = mass.map { $0 / Double(trace.steps) }
    newShares = PageFit.newShares(
      trace.streamStatistics(layer: layer, head: head, windows: span, top: nil))
    laws = (0..<lawCount).map { law in
      RepeatLaw(
        hazards: (0...span).map { age in
          let cell = law * (span + 1) + age
          return exposed[cell] > 0 ? Double(touched[cell]) / Double(exposed[cell]) : 0
        })
    }
    let shares = PageFit.shares(trace, layer: layer, head: head, zone: zone)
    sinkFrequency = shares[0]
    recentFrequency = Array(shares.dropFirst())
  }

  /// The share of steps that touch the first page, then the page at each recent distance.
  static func shares(_ trace: PageTrace, layer: Int, head: Int, zone: Int) -> [Double] {
    var counts = [Int](repeating: 0, count: 1 + zone)
    for step in 0..<trace.steps {
      let newest = trace.pageCount(step: step) - 1
      for page in trace.pages(step: step, layer: layer, head: head) where page >= 0 {
        if page == 0 {
          counts[0] += 1
        } else if newest - page < zone {
          counts[1 + newest - page] += 1
        }
      }
    }
    return counts.map { Double($0) / Double(max(1, trace.steps)) }
  }

  static func newShares(_ statistics: StreamStatistics) -> [Double] {
    statistics.newEntries.indices.map { statistics.newShare(window: $0) ?? 0 }
  }

  /// This fit with its short gaps mended, so that draws of the target's dimensions have the recorded
  /// share of new entries at each window.
  ///
  /// Entries of one class differ, and a fixed number of picks couples them; so the laws as fitted
  /// come out some percent off. Each round draws one stream and scales the chance of a touch at
  /// each age by what was missing.
  func mended(like trace: PageTrace, for target: PageTarget, stream: Int, seed: UInt64) -> PageFit {
    var target = target
    target.steps = min(target.steps, trace.steps)
    var fit = self
    var factors = [Double](repeating: 1, count: newShares.count)
    for round in 0..<3 {
      var draw = PageDraw(
        fit, like: trace, target: target, stream: stream, seed: seed &+ UInt64(round) &+ 1)
      let universe = (target.context + target.steps - 2) / target.pageTokens + 1
      var counter = TouchCounter(
        universe: universe, steps: target.steps, windows: newShares.count - 1, curve: false)
      for step in 0..<target.steps {
        draw.advance(to: step)
        draw.row { _, page in counter.touch(page, step: step) }
      }
      let drawn = PageFit.newShares(
        counter.finish(layerNumber: 0, streams: 1, steps: target.steps))
      for age in 1..<max(1, min(drawn.count, newShares.count)) {
        let wanted = PageFit.hazard(newShares, age)
        let found = PageFit.hazard(drawn, age)
        guard wanted > 0, found > 0 else { continue }
        factors[age] *= max(0.5, min(2, wanted / found))
      }
      fit.laws = laws.map { $0.scaled(by: factors) }
    }
    return fit
  }

  private static func hazard(_ newShares: [Double], _ age: Int) -> Double {
    newShares[age - 1] > 0 ? 1 - newShares[age] / newShares[age - 1] : 0
  }
}
