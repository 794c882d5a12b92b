/// Requests of a batch in the order in which they entered it; any of them may leave.
struct RunningList {
  private var before: [Int32]
  private var after: [Int32]
  private var head: Int32 = -1
  private(set) var last: Int32 = -1
  private(set) var count = 0

  init(requests: Int) {
    before = Array(repeating: -1, count: requests)
    after = before
  }

  mutating func append(_ request: Int32) {
    let place = Int(request)
    (before[place], after[place]) = (last, -1)
    if last >= 0 { after[Int(last)] = request } else { head = request }
    last = request
    count += 1
  }

  /// The request that entered before another; -1 for none.
  func before(_ request: Int32) -> Int32 { before[Int(request)] }

  mutating func remove(_ request: Int32) {
    let (left, right) = (before[Int(request)], after[Int(request)])
    if left >= 0 { after[Int(left)] = right } else { head = right }
    if right >= 0 { before[Int(right)] = left } else { last = left }
    count -= 1
  }
}
