import Diagnostics
import Quantities

extension RequestStream {
  /// From the first arrival to the last.
  public var duration: Seconds {
    guard let first = arrivals.first, let last = arrivals.last else { return Seconds(0) }
    return (last - first).seconds
  }

  /// Arrivals of the requests that wait for no other: those of a graph's children follow from them.
  private var ownArrivals: [Instant] {
    parents.isEmpty ? arrivals : (0..<count).lazy.filter(arrivesAlone).map { arrivals[$0] }
  }

  /// Requests a second, of those that wait for no other: gaps over the time from the first arrival to
  /// the last; nil where all arrive at once or there is only one.
  public var rate: PerSecond? {
    let own = ownArrivals
    guard let first = own.first, let last = own.last, last > first else { return nil }
    return PerSecond(Double(own.count - 1) / (last - first).seconds.value)
  }

  /// Deviation over mean of the gaps between arrivals: 1 for Poisson, more for bursts; nil where
  /// there is no time between arrivals.
  public var burstiness: Double? {
    let own = ownArrivals
    guard let first = own.first, let last = own.last, last > first else { return nil }
    let mean = (last - first).seconds.value / Double(own.count - 1)
    var squares = 0.0
    for index in 1..<own.count {
      let excess = (own[index] - own[index - 1]).seconds.value - mean
      squares += excess * excess
    }
    return (squares / Double(own.count - 1)).squareRoot() / mean
  }

  /// The same requests at another mean rate: every gap is multiplied by the same factor, so that
  /// order and bursts stay; the first arrives at the same instant as before times that factor. Times
  /// between the turns of a session stay.
  /// - Throws: `Faults` with the key `rate` for one out of range, for a stream without a rate of its
  ///   own, or where the last request would arrive after 100 days.
  public func scaled(to wanted: PerSecond) throws(Faults) -> RequestStream {
    let rates = GapDistribution.rates
    guard rates.contains(wanted.value) else {
      throw refusal(
        "rate", "\(wanted.value)/s", "between \(rates.lowerBound) and \(rates.upperBound)/s")
    }
    guard let rate else {
      throw refusal(
        "rate", "\(wanted.value)/s", "no rate: the requests arrive all at once; draw arrivals")
    }
    let factor = rate.value / wanted.value
    guard let last = arrivals.last,
      Double(last.picoseconds) * factor <= Double(Self.latest.picoseconds)
    else {
      throw refusal(
        "rate", "\(wanted.value)/s", "a rate at which all \(count) requests arrive in 100 days")
    }
    var stream = self
    // Instants, not gaps, are rounded: errors do not add up, and rounding keeps the order.
    stream.arrivals = arrivals.map {
      Instant(picoseconds: Int64((Double($0.picoseconds) * factor).rounded()))
    }
    return stream
  }

  /// The stream with its first arrival at `start`.
  /// - Throws: `Faults` with the key `start` for one before 0 or that moves the last arrival
  ///   beyond 100 days.
  public func starting(at start: Instant = .start) throws(Faults) -> RequestStream {
    guard let first = arrivals.first, let last = arrivals.last else { return self }
    guard start >= .start, start <= Self.latest, last - first <= Self.latest - start else {
      throw refusal(
        "start", "\(Double(start.picoseconds) * 1e-12) s", "an instant in the first 100 days")
    }
    var stream = self
    stream.arrivals = arrivals.map { start + ($0 - first) }
    return stream
  }

  /// The first requests of the stream: all where it has no more than `most`.
  public func prefix(_ most: Int) -> RequestStream {
    guard most < count else { return self }
    let kept = max(0, most)
    var stream = self
    stream.arrivals.removeLast(count - kept)
    stream.prompts.removeLast(count - kept)
    stream.outputs.removeLast(count - kept)
    if !blockStarts.isEmpty {
      stream.blockStarts.removeLast(count - kept)
      stream.blocks.removeLast(blocks.count - Int(stream.blockStarts[kept]))
    }
    if !sessions.isEmpty { stream.sessions.removeLast(count - kept) }
    if !thinks.isEmpty { stream.thinks.removeLast(count - kept) }
    if !priorities.isEmpty { stream.priorities.removeLast(count - kept) }
    if !parentStarts.isEmpty {
      stream.parentStarts.removeLast(count - kept)
      stream.parents.removeLast(parents.count - Int(stream.parentStarts[kept]))
    }
    return stream
  }
}
