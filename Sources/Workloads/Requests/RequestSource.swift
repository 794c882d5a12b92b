import Quantities

/// Where requests come from: a log, what is drawn in its place, or several of these as one stream.
public struct RequestSource: Sendable, Hashable {
  public enum Origin: Sendable, Hashable {
    /// A log by its file: of requests, or of lengths alone.
    case log(String)
    case drawn(DrawnRequests)
    case sessions(DrawnSessions)
    case clients(ClientFiles)
    /// In order of arrival.
    case merged([RequestSource])
  }

  public var origin: Origin
  /// So many requests, from the first; nil is all.
  public var first: Int?
  /// The form of arrivals that are drawn anew; nil leaves them as they are logged.
  public var arrivals: ArrivalForm?
  /// Mean arrivals in a second, of requests that wait for no other; nil is as logged.
  public var rate: PerSecond?
  /// When the first request arrives, after the first of all.
  public var start = Seconds(0)

  public init(_ origin: Origin) { self.origin = origin }
}

/// Requests that are drawn one by one.
public struct DrawnRequests: Sendable, Hashable {
  public var count: Int
  public var prompts: TokenLengths
  public var outputs: TokenLengths

  public init(count: Int, prompts: TokenLengths, outputs: TokenLengths) {
    self.count = count
    self.prompts = prompts
    self.outputs = outputs
  }
}

/// Sessions that are drawn: each turn's prompt is what was said before and new tokens.
public struct DrawnSessions: Sendable, Hashable {
  /// From the end of a turn to the next.
  public enum Think: Sendable, Hashable {
    case fixed(Seconds)
    case exponential(mean: Seconds)
  }

  public var count: Int
  public var turns: TokenLengths
  /// New tokens of a turn's prompt.
  public var prompts: TokenLengths
  public var outputs: TokenLengths
  public var think: Think
  /// Tokens with which the prompts of all sessions begin, beside the new ones of their first turn.
  public var shared: Int

  public init(
    count: Int, turns: TokenLengths, prompts: TokenLengths, outputs: TokenLengths,
    think: Think = .fixed(Seconds(0)), shared: Int = 0
  ) {
    self.count = count
    self.turns = turns
    self.prompts = prompts
    self.outputs = outputs
    self.think = think
    self.shared = shared
  }
}

/// ServeGen's clients: files of their rates and lengths, and the windows that are drawn.
public struct ClientFiles: Sendable, Hashable {
  public var rates: String
  public var lengths: String
  /// Windows that begin from here on, to before `to`; nil are the first and the last.
  public var from: Seconds?
  public var to: Seconds?
  /// Requests for each that was recorded.
  public var scale: Double
  public var unknown: ClientTraffic.UnknownLengths

  public init(
    rates: String, lengths: String, from: Seconds? = nil, to: Seconds? = nil, scale: Double = 1,
    unknown: ClientTraffic.UnknownLengths = .leftOut
  ) {
    self.rates = rates
    self.lengths = lengths
    self.from = from
    self.to = to
    self.scale = scale
    self.unknown = unknown
  }
}
