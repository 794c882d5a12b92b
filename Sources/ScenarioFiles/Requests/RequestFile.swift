import Diagnostics
import Workloads

/// What a log of requests holds. Its kind is told by its columns or keys, whatever its name is.
public enum RequestFile: Sendable {
  /// The kinds of logs, by who publishes them.
  public enum Kind: String, Sendable, CaseIterable {
    case azure2023, mooncake, sharegpt, turns
    case lengths
    case servegenRates = "servegen-rates"
    case servegenLengths = "servegen-lengths"
  }

  /// Requests with arrivals and lengths, and with blocks where the log has them.
  case stream(RequestStream, Kind)
  /// Lengths without arrivals, in the order of the rows.
  case lengths(prompts: [Int32], outputs: [Int32])
  /// Clients with their windows, without lengths.
  case clientRates([ClientTraffic.Client])
  /// Clients with their lengths, without windows.
  case clientLengths([ClientTraffic.Client])

  public var kind: Kind {
    switch self {
    case .stream(_, let kind): kind
    case .lengths: .lengths
    case .clientRates: .servegenRates
    case .clientLengths: .servegenLengths
    }
  }

  /// Reads a log, plain or gzip.
  ///
  /// - Parameter progress: told the share of the file that is read, some thousand times.
  /// - Throws: `Faults`: the first twenty rows that are wrong, with their lines, and how many there
  ///   are in all. Nothing of a file with a fault is returned.
  public static func read(
    _ file: String, progress: (Double) -> Void = { _ in }
  ) throws(Faults) -> RequestFile {
    let blocks = try LogBlocks(file)
    guard let lines = try blocks.next(after: 0) else {
      throw LogHeader.unknown("a file without a line", file)
    }
    func all<Rows: LogRows>(_ rows: Rows, from header: LogHeader) throws(Faults) -> Rows {
      var rows = rows
      try rows.read(
        UnsafeBufferPointer(rebasing: lines[header.length...]), of: blocks, file: file,
        after: header.lines, progress: progress)
      return rows
    }
    let header = try LogHeader(lines, file: file)
    switch header.kind {
    case .azure2023:
      return .stream(try all(AzureRows(), from: header).stream, .azure2023)
    case .mooncake:
      return .stream(try all(PrefixRows<MooncakeLog>(), from: header).stream, .mooncake)
    case .sharegpt:
      return .stream(try all(PrefixRows<ShareGPTLog>(), from: header).stream, .sharegpt)
    case .turns:
      return .stream(try all(TurnRows(), from: header).whole(file: file), .turns)
    case .lengths:
      let rows = try all(LengthRows(), from: header)
      return .lengths(prompts: rows.prompts, outputs: rows.outputs)
    case .servegenRates:
      return .clientRates(try all(ClientRateRows(), from: header).clients)
    case .servegenLengths:
      return .clientLengths(
        try all(ClientLengthRows(), from: header).histograms(file: file))
    }
  }

  /// The traffic of ServeGen's clients: their rates from one file, their lengths from another.
  ///
  /// - Throws: `Faults` of either file, where a file is of another kind, or where the lengths are
  ///   of clients that have no rates.
  public static func clients(
    rates: String, lengths: String, progress: (Double) -> Void = { _ in }
  ) throws(Faults) -> ClientTraffic {
    guard case .clientRates(var clients) = try read(rates, progress: progress) else {
      throw LogHeader.other(.servegenRates, rates)
    }
    guard case .clientLengths(let histograms) = try read(lengths) else {
      throw LogHeader.other(.servegenLengths, lengths)
    }
    var rows: [Int: Int] = [:]
    for (row, client) in clients.enumerated() { rows[client.number] = row }
    for client in histograms {
      guard let row = rows[client.number] else {
        throw Faults(
          .conflict(
            key: "client", found: "\(client.number)",
            mend: "it has no rates in \(rates); take files of one model"),
          at: SourcePosition(file: lengths))
      }
      clients[row].prompts = client.prompts
      clients[row].outputs = client.outputs
    }
    return ClientTraffic(clients: clients)
  }
}
