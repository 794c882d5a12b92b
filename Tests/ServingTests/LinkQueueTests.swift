import Testing

@testable import Serving

/// Transfers that wait for one another.
struct LinkQueueTests {
  @Test("A transfer starts when it is asked for or when the one before has left, and adds up")
  func byHand() {
    var link = LinkQueue()
    #expect(link.send(100, taking: 50, latency: 7, at: 10) == 67)
    // The link is free at 60; the latency of the first holds up nobody.
    #expect(link.send(200, taking: 100, latency: 7, at: 20) == 167)
    #expect(link.send(1, taking: 1, at: 1000) == 1001)
    #expect(link.bytes == 301)
    #expect(link.busy == 151)
    #expect(link.transfers == 3)
    #expect(link.waited == 40)
    #expect(link.free == 1001)
  }
}
