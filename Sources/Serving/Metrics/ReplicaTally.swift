/// What a replica adds up while it runs. All sums are of whole numbers, so that runs of steps advanced
/// at once and steps one by one come to the same.
struct ReplicaTally: Equatable {
  /// What the request that is next waits for.
  enum Wait: Int, CaseIterable {
    case none, pages, sequences, tokens, copies
  }

  /// A moment at which the batch changed.
  struct Point: Equatable {
    var time: Int64
    var batch: Int32
    var waiting: Int32
    /// Taken by sequences or held by them.
    var pages: Int64
  }

  /// Energy, flops, bytes by path; without time.
  var amounts: [Int64]
  private(set) var gaps = GapHistogram()
  /// Picoseconds in steps.
  private(set) var busy: Int64 = 0
  private(set) var steps: Int64 = 0
  private(set) var mixedSteps: Int64 = 0
  private(set) var mixedTime: Int64 = 0
  /// Requests in the system times picoseconds.
  private(set) var area: Int128 = 0
  /// Picoseconds in which a request waited, by what for.
  private(set) var waits = [Int64](repeating: 0, count: Wait.allCases.count)
  /// Twice the pages taken times picoseconds, between points on a straight line.
  private(set) var pageArea: Int128 = 0
  private(set) var batchArea: Int128 = 0
  /// As `pageArea` of all that holds KV, by tier, and the most at any point; empty without slower tiers.
  private(set) var tierArea: [Int128]
  private(set) var tierPeak: SIMD4<Int64> = SIMD4()
  /// Picoseconds in which nothing ran because all requests waited for copies.
  private(set) var stalled: Int64 = 0
  /// Tokens of prompts that were found, by tier, and of all prompts that were looked up.
  private(set) var found: SIMD4<Int64> = SIMD4()
  private(set) var lookedUp: Int64 = 0
  /// What went over links between tiers: of each the way up, then the way down.
  private(set) var copies: [CopyTotal] = []
  private(set) var blockTraffic = PrefixTraffic()
  private(set) var points: [Point] = []
  /// Pages that hold KV at each of `points`, by tier, in the near one also of blocks that nobody holds;
  /// empty without slower tiers.
  private(set) var tierPoints: [SIMD4<Int64>] = []
  private var lastTiers = SIMD4<Int64>()
  private var last = Point(time: 0, batch: 0, waiting: 0, pages: 0)
  /// One of so many points is kept.
  private var stride = 1
  private var skipped = 0

  private static let mostPoints = 8192

  init(amounts: Int, tiers: Int) {
    self.amounts = Array(repeating: 0, count: amounts)
    tierArea = Array(repeating: 0, count: tiers > 1 ? tiers : 0)
  }

  mutating func noteDecode(_ line: DecodeLine, steps: Int64, from context: Int64, batch: Int64) {
    gaps.add(
      line.time(steps: 1, from: context, batch: batch), rise: line.each * batch, steps: steps,
      times: batch)
    self.steps += steps
  }

  mutating func noteMixed(_ time: Int64, decoding: Int) {
    if decoding > 0 { gaps.add(time, times: Int64(decoding)) }
    steps += 1
    mixedSteps += 1
    mixedTime += time
  }

  /// The gap of a sequence that was preempted.
  mutating func noteGap(_ span: Int64) { gaps.add(span) }

  /// The same of one that was counted with the others of its step.
  mutating func noteGap(_ span: Int64, insteadOf time: Int64) {
    gaps.add(span)
    gaps.add(time, times: -1)
  }

  mutating func noteFound(_ tokens: SIMD4<Int64>, of prompt: Int64) {
    found &+= tokens
    lookedUp += prompt
  }

  mutating func take(_ totals: [CopyTotal], _ traffic: PrefixTraffic) {
    copies = totals
    blockTraffic = traffic
  }

  mutating func run(_ time: Int64, population: Int, _ reason: Wait) {
    busy += time
    waits[reason.rawValue] += time
    pass(time, population: population)
  }

  mutating func pass(_ time: Int64, population: Int, isStalled: Bool = false) {
    if isStalled { stalled += time }
    area += Int128(time) * Int128(population)
  }

  /// A request that arrived while a step ran, which was counted without it.
  mutating func addLate(_ time: Int64) { area += Int128(time) }

  mutating func notePoint(
    at time: Int64, batch: Int, waiting: Int, pages: Int, tiers: SIMD4<Int64>
  ) {
    let point = Point(
      time: time, batch: Int32(batch), waiting: Int32(waiting), pages: Int64(pages))
    let span = Int128(time - last.time)
    pageArea += Int128(last.pages + point.pages) * span
    batchArea += Int128(last.batch) * span
    for tier in tierArea.indices {
      tierArea[tier] += Int128(lastTiers[tier] + tiers[tier]) * span
      tierPeak[tier] = max(tierPeak[tier], tiers[tier])
    }
    last = point
    lastTiers = tiers
    skipped += 1
    guard skipped >= stride else { return }
    skipped = 0
    points.append(point)
    if !tierArea.isEmpty { tierPoints.append(tiers) }
    guard points.count >= Self.mostPoints else { return }
    let kept = points.indices.filter { $0 % 2 == 1 }
    points = kept.map { points[$0] }
    if !tierPoints.isEmpty { tierPoints = kept.map { tierPoints[$0] } }
    stride *= 2
  }
}
