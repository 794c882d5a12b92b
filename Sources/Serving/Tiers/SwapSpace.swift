/// KV of requests that lost their pages, in the first slower tier.
struct SwapSpace {
  let capacity: Int
  private(set) var used = 0
  /// Pages of each request that lie there; 0 for none.
  private(set) var pages: [Int32]
  /// The copy that brings a request's KV there.
  private(set) var jobs: [Int32]

  init(capacity: Int, requests: Int) {
    self.capacity = capacity
    pages = Array(repeating: 0, count: requests)
    jobs = Array(repeating: -1, count: requests)
  }

  mutating func take(_ pages: Int, of request: Int, by job: Int32) {
    self.pages[request] = Int32(pages)
    jobs[request] = job
    used += pages
  }

  mutating func release(_ request: Int) {
    used -= Int(pages[request])
    pages[request] = 0
    jobs[request] = -1
  }
}
