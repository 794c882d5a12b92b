import NumericalMethods
import ResultTables
import ScenarioFiles
import Serving
import Workloads

/// The figures of a log, each with its name, what it is of, and its unit.
struct RequestReport {
  struct Figure {
    var name: String
    /// The length, the percentile or the cache that the figure is of.
    var at: String?
    var value: Double
    var unit: String
  }
  /// Figures of one kind, shown as one table.
  struct Section {
    var name: String
    var figures: [Figure]
    var note: String?
  }

  let kind: RequestFile.Kind
  private(set) var sections: [Section] = []

  init(_ log: RequestFile, cacheSizes: [Int]? = nil) {
    kind = log.kind
    switch log {
    case .stream(let stream, _):
      sections = [
        Self.arrivals(stream),
        Self.lengths([("prompt", stream.prompts), ("output", stream.outputs)]),
      ]
      if stream.blockTokens > 0 { sections += Self.prefixes(stream, cacheSizes) }
    case .lengths(let prompts, let outputs):
      sections = [
        Section(name: "requests", figures: [Self.count("requests", prompts.count)]),
        Self.lengths([("prompt", prompts), ("output", outputs)]),
      ]
    case .clientRates(let clients): sections = [Self.rates(ClientTraffic(clients: clients))]
    case .clientLengths(let clients): sections = [Self.histograms(clients)]
    }
  }

  private static func count(_ name: String, _ count: Int) -> Figure {
    Figure(name: name, value: Double(count), unit: "")
  }

  private static func arrivals(_ stream: RequestStream) -> Section {
    var figures = [
      count("requests", stream.count),
      Figure(name: "duration", value: stream.duration.value, unit: "s"),
    ]
    if let rate = stream.rate {
      figures.append(Figure(name: "rate", value: rate.value, unit: "1/s"))
    }
    if let burstiness = stream.burstiness {
      figures.append(Figure(name: "burstiness", value: burstiness, unit: ""))
    }
    return Section(
      name: "arrivals", figures: figures,
      note:
        "rate: gaps over the time from the first arrival to the last; burstiness: deviation over "
        + "mean of the gaps, 1 for Poisson.")
  }

  private static func lengths(_ columns: [(name: String, lengths: [Int32])]) -> Section {
    var figures: [Figure] = []
    for (name, lengths) in columns {
      guard let least = lengths.min(), let most = lengths.max() else { continue }
      func add(_ at: String, _ value: Double) {
        figures.append(Figure(name: name, at: at, value: value, unit: "tokens"))
      }
      // Lengths are small and requests may be millions: counting them takes less than sorting.
      var counts = [Int](repeating: 0, count: Int(most) + 1)
      for length in lengths { counts[Int(length)] += 1 }
      add("mean", lengths.reduce(0.0) { $0 + Double($1) } / Double(lengths.count))
      add("least", Double(least))
      var (length, below) = (Int(least), 0)
      for percent in [10, 50, 90, 99] {
        // The least length that so many percent of all do not exceed.
        let rank = max(1, (percent * lengths.count + 99) / 100)
        while below + counts[length] < rank {
          below += counts[length]
          length += 1
        }
        add("p\(percent)", Double(length))
      }
      add("most", Double(most))
    }
    return Section(name: "lengths", figures: figures)
  }

  private static func prefixes(_ stream: RequestStream, _ sizes: [Int]?) -> [Section] {
    let distances = PrefixDistances(stream)
    let all = max(1, distances.blocks)
    let seen = distances.blocks - distances.distinct
    let blocks = Section(
      name: "blocks",
      figures: [
        Figure(name: "block", value: Double(stream.blockTokens), unit: "tokens"),
        count("blocks of prompts", distances.blocks), count("different blocks", distances.distinct),
        Figure(name: "seen before", value: 100 * Double(seen) / Double(all), unit: "%"),
      ])
    var figures: [Figure] = []
    for size in sizes ?? cacheSizes(distances.largestUseful) {
      let at = "\(size)"
      func add(_ name: String, _ found: Int, _ total: Int) {
        let share = 100 * Double(found) / Double(max(1, total))
        figures.append(Figure(name: name, at: at, value: share, unit: "%"))
      }
      figures.append(
        Figure(
          name: "found", at: at, value: Double(distances.foundBlocks(capacity: size)),
          unit: "blocks"))
      add("blocks found", distances.foundBlocks(capacity: size), distances.blocks)
      add("tokens found", distances.foundTokens(capacity: size), distances.tokens)
    }
    return [
      blocks,
      Section(
        name: "prefixes", figures: figures,
        note:
          "leading blocks of prompts that a cache of so many blocks holds, the least recently used "
          + "leaving; the last size finds all that any finds."),
    ]
  }

  /// 1, 2, 5, 10, … up to the size from which on nothing more is found.
  static func cacheSizes(_ largest: Int) -> [Int] {
    var sizes: [Int] = []
    var decade = 1
    while decade < largest {
      sizes += [decade, 2 * decade, 5 * decade].filter { $0 < largest }
      decade *= 10
    }
    return sizes + [largest]
  }

  private static func rates(_ traffic: ClientTraffic) -> Section {
    let range = traffic.range
    let windows = traffic.clients.flatMap(\.windows)
    var bySlot: [Int: Double] = [:]
    for window in windows { bySlot[window.start, default: 0] += window.rate }
    return Section(
      name: "clients",
      figures: [
        count("clients", traffic.clients.count), count("windows", windows.count),
        Figure(name: "duration", value: Double(range.count), unit: "s"),
        Figure(name: "rate", value: traffic.rate(in: range).value, unit: "1/s"),
        Figure(name: "busiest window", value: bySlot.values.max() ?? 0, unit: "1/s"),
      ],
      note:
        "windows are of \(ClientTraffic.windowSeconds) s; lengths of the clients are in a file of "
        + "their own.")
  }

  private static func histograms(_ clients: [ClientTraffic.Client]) -> Section {
    func mean(_ histograms: [LengthHistogram]) -> Double {
      histograms.reduce(0) { $0 + $1.mean } / Double(max(1, histograms.count))
    }
    return Section(
      name: "clients",
      figures: [
        count("clients", clients.count),
        Figure(name: "mean prompt", value: mean(clients.compactMap(\.prompts)), unit: "tokens"),
        Figure(name: "mean output", value: mean(clients.compactMap(\.outputs)), unit: "tokens"),
      ],
      note: "means of the clients' means, each client counted once.")
  }
}
