import NumericalMethods
import Quantities

/// A request of one client, before those of all are put in order.
struct DrawnRequest: Comparable {
  var arrival: Int64
  var client: Int32
  var row: Int32
  var prompt: Int32
  var output: Int32

  static func < (a: DrawnRequest, b: DrawnRequest) -> Bool {
    if a.arrival != b.arrival { return a.arrival < b.arrival }
    return a.client != b.client ? a.client < b.client : a.row < b.row
  }
}

/// Draws what one client sends. Its random streams are its own: other clients and windows leave
/// what it sends in a window as it is.
struct ClientSender {
  let client: ClientTraffic.Client
  let prompts: LengthHistogram
  let outputs: LengthHistogram

  func draw(
    in range: Range<Int>, scale: Double, seed: UInt64, into drawn: inout [DrawnRequest]
  ) {
    let windowSeconds = ClientTraffic.windowSeconds
    var row: Int32 = 0
    for window in client.windows where range.contains(window.start) {
      let entity =
        UInt64(truncatingIfNeeded: client.number) << 32
        | UInt64(truncatingIfNeeded: window.start / windowSeconds)
      var draws = KeyedStream(seed: seed, purpose: "client arrivals", entity: entity)
      var lengths = KeyedStream(seed: seed, purpose: "client lengths", entity: entity)
      let expected = window.rate * Double(windowSeconds) * scale
      let count = Int(expected + draws.uniform())
      let start = Double(window.start - range.lowerBound) * 1e12
      for place in places(count, window.gaps, &draws) {
        let arrival = start + place * Double(windowSeconds) * 1e12
        drawn.append(
          DrawnRequest(
            arrival: Int64(arrival.rounded()),
            client: Int32(truncatingIfNeeded: client.number), row: row,
            prompt: Int32(max(1, prompts.draw(&lengths))),
            output: Int32(max(1, outputs.draw(&lengths)))))
        row += 1
      }
    }
  }

  /// Where in the window `count` requests arrive, 0 to 1, in rising order.
  private func places(
    _ count: Int, _ form: GapDistribution.Form, _ draws: inout KeyedStream
  ) -> [Double] {
    guard count > 0 else { return [] }
    var sum = 0.0
    var places: [Double] = []
    places.reserveCapacity(count)
    for _ in 0..<count {
      sum += gap(form, &draws)
      places.append(sum)
    }
    let total = sum + gap(form, &draws)
    // All gaps of a very bursty form can round to 0; then all arrive as the window opens.
    return total > 0 && total.isFinite ? places.map { $0 / total } : places.map { _ in 0 }
  }

  private func gap(_ form: GapDistribution.Form, _ draws: inout KeyedStream) -> Double {
    switch form {
    case .constant: 1
    case .exponential: draws.exponential()
    case .gamma(let shape): draws.gamma(shape: shape)
    case .weibull(let shape): draws.weibull(shape: shape)
    }
  }
}
