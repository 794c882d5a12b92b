import Diagnostics
import Quantities
import Workloads

/// Reads where requests come from: `workload.requests`, with `rate`, `arrivals` and `first` beside it.
struct RequestSourceReader {
  private static let rates = PerSecond(1e-6)...PerSecond(1e6)
  private static let counts = 1...100_000_000
  private static let times = Seconds(0)...Seconds(8_640_000)

  /// - Parameter map: `workload`.
  func read(_ map: MapReader) -> RequestSource? {
    let requests = map.required("requests", "a log of requests, a map of what is drawn, or a list")
    let origin = requests.flatMap(origin)
    let source = changed(origin, map)
    return source
  }

  /// What stands beside an origin.
  private func changed(_ origin: RequestSource.Origin?, _ map: MapReader) -> RequestSource? {
    let rate = map.value("rate")?.quantity(in: Self.rates)
    let first = map.value("first")?.integer(in: Self.counts)
    let arrivals = map.value("arrivals").flatMap(arrivals)
    guard let origin else { return nil }
    var source = RequestSource(origin)
    (source.rate, source.first, source.arrivals) = (rate, first, arrivals)
    return source
  }

  private func origin(_ value: Value) -> RequestSource.Origin? {
    if value.isList {
      let parts = value.list()?.map(part) ?? []
      if parts.isEmpty {
        value.refuse(
          .wrongKind(key: value.name, found: "an empty list", expected: "a log at least"))
      }
      let known = parts.compactMap { $0 }
      return known.isEmpty || known.count < parts.count ? nil : .merged(known)
    }
    guard value.isMap else { return value.text("a log of requests").map { .log($0) } }
    guard let map = value.map() else { return nil }
    defer { map.finish() }
    return origin(map)
  }

  /// One of several sources: a log's name, or a map with changes of its own.
  private func part(_ value: Value) -> RequestSource? {
    guard value.isMap else {
      return value.text("a log of requests").map { RequestSource(.log($0)) }
    }
    guard let map = value.map() else { return nil }
    defer { map.finish() }
    var source = changed(origin(map), map)
    if let start = map.value("start")?.quantity(in: Self.times) { source?.start = start }
    return source
  }

  private func origin(_ map: MapReader) -> RequestSource.Origin? {
    if map.contains("count") { return drawn(map).map { .drawn($0) } }
    if map.contains("sessions") { return sessions(map).map { .sessions($0) } }
    if map.contains("rates") { return clients(map).map { .clients($0) } }
    return map.required("log", "a log of requests; or count, sessions or rates")?.text()
      .map { .log($0) }
  }

  private func drawn(_ map: MapReader) -> DrawnRequests? {
    let count = map.required("count", "how many requests")?.integer(in: Self.counts)
    let lengths = lengths(map)
    guard let count, let lengths else { return nil }
    return DrawnRequests(count: count, prompts: lengths.prompts, outputs: lengths.outputs)
  }

  private func lengths(_ map: MapReader) -> (prompts: TokenLengths, outputs: TokenLengths)? {
    let prompts = map.required("prompt", "tokens of the prompts").flatMap { LengthsReader.read($0) }
    let outputs = map.required("output", "tokens generated").flatMap { LengthsReader.read($0) }
    guard let prompts, let outputs else { return nil }
    return (prompts, outputs)
  }

  private func sessions(_ map: MapReader) -> DrawnSessions? {
    let count = map.required("sessions", "how many sessions")?.integer(in: Self.counts)
    let turns = map.required("turns", "turns of a session").flatMap {
      LengthsReader.read($0, in: 1...RequestStream.mostTurns)
    }
    let lengths = lengths(map)
    let think = map.value("think").flatMap(think)
    let shared = map.value("shared")?.integer(in: 0...RequestStream.longest) ?? 0
    guard let count, let turns, let lengths else { return nil }
    return DrawnSessions(
      count: count, turns: turns, prompts: lengths.prompts, outputs: lengths.outputs,
      think: think ?? .fixed(Seconds(0)), shared: shared)
  }

  /// `5 s`, or `{mean: 5 s}` for times by an exponential law.
  private func think(_ value: Value) -> DrawnSessions.Think? {
    let range = Seconds(0)...(DrawnSessions.Think.longest / 100)
    guard value.isMap else { return value.quantity(in: range).map { .fixed($0) } }
    guard let map = value.map() else { return nil }
    defer { map.finish() }
    return map.required("mean", "the mean time")?.quantity(in: range).map { .exponential(mean: $0) }
  }

  private func clients(_ map: MapReader) -> ClientFiles? {
    let rates = map.required("rates", "a file of clients' rates")?.text()
    let lengths = map.required("lengths", "a file of clients' lengths")?.text()
    let from = map.value("from")?.quantity(in: Self.times)
    let to = map.value("to")?.quantity(in: Self.times)
    let scale = map.value("scale").map { $0.number(in: 1e-6...1e6) } ?? 1
    let unknown =
      map.value("unknown-lengths").map {
        $0.choice(ClientTraffic.UnknownLengths.self, kind: "choice")
      } ?? .leftOut
    if let from, let to, to <= from, let value = map.value("to") {
      value.refuse(
        .conflict(key: value.name, found: "\(to)", mend: "give a time after from, \(from)"))
    }
    guard let rates, let lengths, let scale, let unknown else { return nil }
    return ClientFiles(
      rates: rates, lengths: lengths, from: from, to: to, scale: scale, unknown: unknown)
  }

  /// The name of a form, or a map with `form` and its variation; nil for `as-logged`.
  private func arrivals(_ value: Value) -> ArrivalForm? {
    guard value.isMap else {
      if value.scalarText == "as-logged" { return nil }
      guard let name = value.choice(ArrivalForm.Name.self, kind: "form of arrivals") else {
        return nil
      }
      if let form = ArrivalForm(name, variation: nil) { return form }
      value.refuse(
        .missingKey("\(value.name).variation", expected: "{form: \(name), variation: NUMBER}"))
      return nil
    }
    guard let map = value.map() else { return nil }
    defer { map.finish() }
    let name = map.required("form", "the law of the gaps")?.choice(
      ArrivalForm.Name.self, kind: "form of arrivals")
    guard let name else { return nil }
    if let plain = ArrivalForm(name, variation: nil) { return plain }
    let least = name == .weibull ? 0.02 : 0.01
    return map.required("variation", "deviation over mean of the gaps")?.number(in: least...100)
      .flatMap { ArrivalForm(name, variation: $0) }
  }
}
