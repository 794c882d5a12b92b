import Diagnostics
import NumericalMethods
import Quantities

/// Many clients, each with a rate and a burstiness for every window of time and lengths of its own:
/// what ServeGen publishes of a provider's traffic.
///
/// *Source*: Xiang et al., ServeGen: Workload Characterization and Generation of Large Language
/// Model Serving in Production (2025).
public struct ClientTraffic: Sendable, Hashable {
  /// The length of a window.
  public static let windowSeconds = 600

  /// One client's requests during one window.
  public struct Window: Sendable, Hashable {
    /// Where the window begins, in seconds; a multiple of `windowSeconds`.
    public var start: Int
    /// Requests a second; positive.
    public var rate: Double
    /// The form of the gaps. Their mean follows from the rate.
    public var gaps: GapDistribution.Form
    public init(start: Int, rate: Double, gaps: GapDistribution.Form) {
      self.start = start
      self.rate = rate
      self.gaps = gaps
    }
  }

  public struct Client: Sendable, Hashable {
    public var number: Int
    /// In rising order of their starts; windows without requests are absent.
    public var windows: [Window]
    /// Nil where the lengths of this client are not known.
    public var prompts: LengthHistogram?
    public var outputs: LengthHistogram?
    public init(
      number: Int, windows: [Window], prompts: LengthHistogram? = nil,
      outputs: LengthHistogram? = nil
    ) {
      self.number = number
      self.windows = windows
      self.prompts = prompts
      self.outputs = outputs
    }

    /// Requests of all windows that lie in `range`, in seconds.
    func requests(in range: Range<Int>) -> Double {
      windows.filter { range.contains($0.start) }
        .reduce(0) { $0 + $1.rate * Double(ClientTraffic.windowSeconds) }
    }
  }

  /// What becomes of clients whose lengths are not known.
  public enum UnknownLengths: String, Sendable, Hashable, CaseIterable {
    /// They send nothing.
    case leftOut = "left-out"
    /// They draw from the lengths of all known clients, weighted by their requests.
    case pooled
  }

  public var clients: [Client]
  public init(clients: [Client]) { self.clients = clients }

  /// The windows' whole range, in seconds.
  public var range: Range<Int> {
    let starts = clients.flatMap { $0.windows.map(\.start) }
    guard let first = starts.min(), let last = starts.max() else { return 0..<0 }
    return first..<(last + Self.windowSeconds)
  }

  /// Requests a second over the windows of `range`, of all clients.
  public func rate(in range: Range<Int>) -> PerSecond {
    PerSecond(clients.reduce(0) { $0 + $1.requests(in: range) } / Double(max(1, range.count)))
  }

  /// The traffic of the windows that begin in `range`, which becomes time 0.
  ///
  /// In each window a client sends as many requests as were recorded times `scale`, a part of a
  /// request with that probability. Their gaps have the recorded form; they are drawn with one
  /// more than there are requests and stretched to fill the window, so that bursty clients, whose
  /// fitted gaps often miss their own rate by a factor, still send what they sent.
  /// - Parameter scale: 1 is as recorded.
  /// - Throws: `Faults` with the keys `clients`, `window`, `scale`.
  public func stream(
    in range: Range<Int>, scale: Double = 1, unknown: UnknownLengths, seed: UInt64
  ) throws(Faults) -> RequestStream {
    guard scale > 0, scale.isFinite else {
      throw refusal("scale", "\(scale)", "a number above 0")
    }
    let expected = rate(in: range).value * Double(range.count) * scale
    guard expected >= 1, expected <= Double(RequestStream.mostRequests) else {
      throw refusal(
        "window", "\(range.lowerBound) to \(range.upperBound) s with \(expected) requests",
        "windows with 1 to \(RequestStream.mostRequests) requests")
    }
    guard range.count <= 8_640_000 else {
      throw refusal("window", "\(range.count) s", "at most 100 days")
    }
    let senders = try senders(in: range, unknown: unknown)
    var drawn: [DrawnRequest] = []
    for sender in senders {
      sender.draw(in: range, scale: scale, seed: seed, into: &drawn)
    }
    guard !drawn.isEmpty, drawn.count <= RequestStream.mostRequests else {
      throw refusal("clients", "\(drawn.count) requests", "some requests; take more windows")
    }
    drawn.sort()
    var stream = RequestStream()
    stream.arrivals = drawn.map { Instant(picoseconds: $0.arrival) }
    stream.prompts = drawn.map(\.prompt)
    stream.outputs = drawn.map(\.output)
    return stream
  }

  private func senders(
    in range: Range<Int>, unknown: UnknownLengths
  ) throws(Faults) -> [ClientSender] {
    var known: [ClientSender] = []
    var others: [Client] = []
    for client in clients {
      if let prompts = client.prompts, let outputs = client.outputs {
        known.append(ClientSender(client: client, prompts: prompts, outputs: outputs))
      } else {
        others.append(client)
      }
    }
    guard !known.isEmpty else {
      throw refusal("clients", "no client with lengths", "lengths of at least one client")
    }
    guard unknown == .pooled, !others.isEmpty else { return known }
    let weights = known.map { max($0.client.requests(in: range), 1e-9) }
    let prompts = try LengthHistogram.mixture(
      zip(known, weights).map { ($0.prompts, $1) })
    let outputs = try LengthHistogram.mixture(
      zip(known, weights).map { ($0.outputs, $1) })
    return known + others.map { ClientSender(client: $0, prompts: prompts, outputs: outputs) }
  }
}
