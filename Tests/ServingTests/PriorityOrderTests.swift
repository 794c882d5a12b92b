import Quantities
import Testing
import Workloads

@testable import Serving

struct PriorityOrderTests {
  private func stream(_ rows: [(time: Int64, prompt: Int32, output: Int32, priority: Int32)])
    -> RequestStream
  {
    var stream = RequestStream()
    stream.arrivals = rows.map { Instant(picoseconds: $0.time) }
    stream.prompts = rows.map(\.prompt)
    stream.outputs = rows.map(\.output)
    stream.priorities = rows.map(\.priority)
    return stream
  }

  @Test("The lower number enters first, of equal ones the one that came first")
  func order() throws {
    let stream = stream([(0, 10, 1, 5), (1, 10, 1, 2), (2, 10, 1, -7), (3, 10, 1, 2)])
    var player = StreamPlayer(
      stream, TokenClock(), ServingLimits(tokens: 10, sequences: 1, order: .priority))
    #expect(try player.play().requests.ends == [1000, 3000, 2000, 4000])
  }

  @Test("Without numbers, or in order of arrival, priorities change nothing")
  func unused() throws {
    var stream = SampleStreams.random(
      count: 100, meanGap: 1_000_000, prompt: 100, output: 50, seed: 4)
    let limits = ServingLimits(tokens: 64, sequences: 8, page: 16, pages: 60, order: .priority)
    var fifo = limits
    fifo.order = .fifo
    var plain = StreamPlayer(stream, LinearClock(), fifo)
    var alike = StreamPlayer(stream, LinearClock(), limits)
    let ends = try plain.play().requests.ends
    #expect(try alike.play().requests.ends == ends)
    stream.priorities = Array(repeating: 3, count: 100)
    var same = StreamPlayer(stream, LinearClock(), limits)
    #expect(try same.play().requests.ends == ends)
  }

  @Test("The highest number loses its pages first, whoever entered last")
  func preemption() throws {
    let stream = stream([(0, 16, 40, 9), (1, 16, 40, 1)])
    var player = StreamPlayer(
      stream, TokenClock(),
      ServingLimits(tokens: 100, sequences: 2, page: 16, pages: 4, order: .priority))
    let played = try player.play()
    #expect(played.requests.preemptions == [1, 0])
    #expect(played.requests.ends[1] < played.requests.ends[0])
  }
}
