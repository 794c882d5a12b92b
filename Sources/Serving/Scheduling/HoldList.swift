/// Requests that wait and hold KV meanwhile, in the order in which it arrived.
struct HoldList {
  private var list: RunningList
  private var isIn: [Bool]

  init(requests: Int) {
    list = RunningList(requests: requests)
    isIn = Array(repeating: false, count: requests)
  }

  mutating func append(_ request: Int32) {
    list.append(request)
    isIn[Int(request)] = true
  }

  /// Takes a request out; changes nothing for one that is not in.
  mutating func remove(_ request: Int32) {
    guard isIn[Int(request)] else { return }
    list.remove(request)
    isIn[Int(request)] = false
  }

  /// Takes out the one that came last, other than `kept`.
  mutating func removeLast(but kept: Int32) -> Int32? {
    let last = list.last == kept && kept >= 0 ? list.before(kept) : list.last
    guard last >= 0 else { return nil }
    remove(last)
    return last
  }
}
