import Workloads

/// Copies of KV between the tiers of one replica.
///
/// A copy takes its place in the queue of its link when the copies that it needs have arrived: KV that
/// comes from flash crosses the next link after that, and what is still on its way out is brought back
/// when it is there. Requests wait for copies as copies do. Queues are served in order of time, which
/// is exact as long as `advance` has been called for the present before a copy is asked for.
struct CopyJobs {
  private struct Job {
    var hop: UInt8
    var isUp: Bool
    var hasArrived = false
    var pages: Int
    /// Copies that it needs and that have not arrived.
    var open: Int32 = 0
    /// The first and the last of those that wait for it, in `waiters`; -1 for none.
    var waiter: Int32 = -1
    var lastWaiter: Int32 = -1
  }

  /// A copy that waits, or a request as the complement of its number.
  private struct Waiter {
    var target: Int32
    var next: Int32
  }

  let hops: [KVHop]
  /// Of each hop the way up, then the way down; of a shared link the first is both.
  private var queues: [LinkQueue]
  private(set) var totals: [CopyTotal]
  private let bytesPerPage: Int64
  private var jobs: [Job] = []
  /// The number of the first of `jobs`; those before it have arrived.
  private var first: Int32 = 0
  private var waiters: [Waiter] = []
  private var freeWaiter: Int32 = -1
  private var arrivals = KeyedHeap()
  /// Copies that each request waits for.
  private var open: [Int32]

  init(_ tiers: KVTiers, requests: Int) {
    hops = tiers.hops
    bytesPerPage = tiers.bytesPerPage
    queues = Array(repeating: LinkQueue(), count: 2 * hops.count)
    totals = hops.indices.flatMap { hop in
      [true, false].map { isUp in
        CopyTotal(link: tiers.hops[hop].link, towards: tiers.names[isUp ? hop : hop + 1])
      }
    }
    open = Array(repeating: 0, count: requests)
  }

  /// When the next copy arrives, of those that have their place in a queue.
  var nextArrival: Int64? { arrivals.first?.key }

  /// Whether what leaves a tier now for the next slower one would wait too long.
  func lags(_ tier: Int, at now: Int64) -> Bool {
    queues[queue(tier, isUp: false)].free - now > Self.mostLag
  }

  /// What waits to be copied out lies in a buffer: a second of the link's at most.
  private static let mostLag: Int64 = 1_000_000_000_000

  func isWaiting(_ request: Int) -> Bool { open[request] > 0 }

  func hasArrived(_ job: Int32) -> Bool { job < first || jobs[Int(job - first)].hasArrived }

  /// A copy from one tier to another, over all tiers between, that needs others.
  /// - Returns: the copy that ends it.
  mutating func copy(
    pages: Int, from tier: Int, to other: Int, after needed: [Int32], at now: Int64
  ) -> Int32 {
    let isUp = other < tier
    var last: Int32 = -1
    var place = tier
    while place != other {
      let job = first + Int32(jobs.count)
      jobs.append(Job(hop: UInt8(isUp ? place - 1 : place), isUp: isUp, pages: pages))
      if last < 0 {
        for other in needed where !hasArrived(other) { addWaiter(job, to: other) }
      } else {
        addWaiter(job, to: last)
      }
      if jobs[Int(job - first)].open == 0 { send(job, at: now) }
      last = job
      place += isUp ? -1 : 1
    }
    return last
  }

  /// Lets a request wait for a copy, unless that has arrived.
  mutating func wait(_ request: Int, for job: Int32) {
    guard job >= 0, !hasArrived(job) else { return }
    addWaiter(~Int32(request), to: job)
  }

  /// Lets what arrives up to a moment arrive.
  /// - Parameter ready: takes the requests that wait for no copy any more.
  mutating func advance(to now: Int64, _ ready: inout [Int32]) {
    while let next = arrivals.first, next.key <= now {
      arrivals.removeFirst()
      let place = Int(next.request - first)
      jobs[place].hasArrived = true
      var waiter = jobs[place].waiter
      while waiter >= 0 {
        let (target, following) = (waiters[Int(waiter)].target, waiters[Int(waiter)].next)
        waiters[Int(waiter)].next = freeWaiter
        freeWaiter = waiter
        waiter = following
        if target >= 0 {
          jobs[Int(target - first)].open -= 1
          if jobs[Int(target - first)].open == 0 { send(target, at: next.key) }
        } else {
          open[Int(~target)] -= 1
          if open[Int(~target)] == 0 { ready.append(~target) }
        }
      }
    }
    forget()
  }

  private func queue(_ hop: Int, isUp: Bool) -> Int {
    2 * hop + (isUp || hops[hop].isShared ? 0 : 1)
  }

  private mutating func send(_ job: Int32, at time: Int64) {
    let it = jobs[Int(job - first)]
    let (hop, pages) = (Int(it.hop), it.pages)
    let price = it.isUp ? hops[hop].up : hops[hop].down
    let bytes = Int64(pages) * bytesPerPage
    let span = price.span(pages)
    let arrival = queues[queue(hop, isUp: it.isUp)].send(bytes, taking: span, at: time)
    arrivals.push(arrival, job)
    totals[2 * hop + (it.isUp ? 0 : 1)].add(
      pages: Int64(pages), bytes: bytes, span: span, waited: arrival - span - time,
      energy: price.energy(pages))
  }

  private mutating func addWaiter(_ target: Int32, to job: Int32) {
    let place = Int(job - first)
    var waiter = freeWaiter
    if waiter >= 0 {
      freeWaiter = waiters[Int(waiter)].next
      waiters[Int(waiter)] = Waiter(target: target, next: -1)
    } else {
      waiter = Int32(waiters.count)
      waiters.append(Waiter(target: target, next: -1))
    }
    let last = jobs[place].lastWaiter
    if last >= 0 { waiters[Int(last)].next = waiter } else { jobs[place].waiter = waiter }
    jobs[place].lastWaiter = waiter
    if target >= 0 { jobs[Int(target - first)].open += 1 } else { open[Int(~target)] += 1 }
  }

  /// Drops the copies that have arrived from the front, in runs.
  private mutating func forget() {
    guard jobs.count >= Self.forgets else { return }
    let count = jobs.firstIndex { !$0.hasArrived } ?? jobs.count
    guard count >= jobs.count / 2 else { return }
    jobs.removeFirst(count)
    first += Int32(count)
  }

  private static let forgets = 1024
}
