/// What a replica adds up while it runs. All sums are of whole numbers, so that runs of steps advanced
/// at once and steps one by one come to the same.
struct ReplicaTally: Equatable {
  /// What the request that is next waits for.
  enum Wait: Int, CaseIterable {
    case none, pages, sequences, tokens
  }

  /// A moment at which the batch changed.
  struct Point: Equatable {
    var time: Int64
    var batch: Int32
    var waiting: Int32
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
  private(set) var points: [Point] = []
  private var last = Point(time: 0, batch: 0, waiting: 0, pages: 0)
  /// One of so many points is kept.
  private var stride = 1
  private var skipped = 0

  private static let mostPoints = 8192

  init(amounts: Int) { self.amounts = Array(repeating: 0, count: amounts) }

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

  mutating func run(_ time: Int64, population: Int, _ reason: Wait) {
    busy += time
    waits[reason.rawValue] += time
    pass(time, population: population)
  }

  mutating func pass(_ time: Int64, population: Int) {
    area += Int128(time) * Int128(population)
  }

  /// A request that arrived while a step ran, which was counted without it.
  mutating func addLate(_ time: Int64) { area += Int128(time) }

  mutating func notePoint(at time: Int64, batch: Int, waiting: Int, pages: Int) {
    let point = Point(
      time: time, batch: Int32(batch), waiting: Int32(waiting), pages: Int64(pages))
    let span = Int128(time - last.time)
    pageArea += Int128(last.pages + point.pages) * span
    batchArea += Int128(last.batch) * span
    last = point
    skipped += 1
    guard skipped >= stride else { return }
    skipped = 0
    points.append(point)
    guard points.count >= Self.mostPoints else { return }
    points = points.indices.filter { $0 % 2 == 1 }.map { points[$0] }
    stride *= 2
  }
}
