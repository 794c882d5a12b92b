/// The pages that nobody holds, in the order in which they are taken: those freed longest ago first.
///
/// A page keeps what it held until it is taken, so that a request which lost its pages finds the leading
/// ones of them that are left when it enters again. Of one request the last pages are taken first.
/// *Source*: vLLM's queue of free blocks with prefix caching (`BlockPool`, `free_blocks`).
struct FreedPages {
  private struct Run {
    /// -1 for pages that nobody looks for.
    var owner: Int32
    var pages: Int
    /// Leading pages that are full of tokens.
    var whole: Int
  }

  private var runs: [Run]
  private var head = 0
  /// Runs that were dropped from the front of the list.
  private var dropped = 0
  private(set) var count: Int
  /// The run of each request, counted from the first there ever was; -1 without one.
  private var places: [Int]

  init(pages: Int, requests: Int) {
    runs = [Run(owner: -1, pages: pages, whole: 0)]
    count = pages
    places = Array(repeating: -1, count: requests)
  }

  /// Takes pages from the front until so many are left.
  mutating func shrink(to left: Int) {
    while count > left, head < runs.count {
      let taken = min(count - left, runs[head].pages)
      runs[head].pages -= taken
      count -= taken
      guard runs[head].pages == 0 else { return }
      forget(runs[head].owner)
      head += 1
    }
    guard head > 1024, head > runs.count / 2 else { return }
    runs.removeFirst(head)
    dropped += head
    head = 0
  }

  /// - Parameter whole: leading pages that the owner may find again; 0 where it will not ask.
  mutating func append(_ owner: Int32, pages: Int, whole: Int) {
    guard pages > 0 else { return }
    count += pages
    guard whole > 0 else {
      if head < runs.count, let last = runs.last, last.owner < 0 {
        runs[runs.count - 1].pages += pages
      } else {
        runs.append(Run(owner: -1, pages: pages, whole: 0))
      }
      return
    }
    places[Int(owner)] = dropped + runs.count
    runs.append(Run(owner: owner, pages: pages, whole: whole))
  }

  /// Leading pages of a request that are left.
  func kept(_ request: Int32) -> Int {
    let place = places[Int(request)] - dropped
    guard places[Int(request)] >= 0, place >= head else { return 0 }
    return min(runs[place].pages, runs[place].whole)
  }

  /// Gives a request so many of its leading pages back; what else it left nobody will look for.
  mutating func reclaim(_ request: Int32, pages: Int) {
    let place = places[Int(request)] - dropped
    guard places[Int(request)] >= 0 else { return }
    runs[place].pages -= pages
    runs[place].owner = -1
    count -= pages
    places[Int(request)] = -1
  }

  private mutating func forget(_ owner: Int32) {
    if owner >= 0 { places[Int(owner)] = -1 }
  }
}
