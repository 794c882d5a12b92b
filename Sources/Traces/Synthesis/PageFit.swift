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
  let laws: [RepeatLaw]
  let otherClasses: Int
  /// Chance of a touch of the first page and of each recent distance long after the last touch.
  let tailHazards: [Double]
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
    laws = (0..<lawCount).map { law in
      RepeatLaw(
        hazards: (0...span).map { age in
          let cell = law * (span + 1) + age
          return exposed[cell] > 0 ? Double(touched[cell]) / Double(exposed[cell]) : 0
        })
    }
    tailHazards = (0...zone).map { law in
      let cell = law * (span + 1)
      return exposed[cell] > 0 ? Double(touched[cell]) / Double(exposed[cell]) : 1
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
}
