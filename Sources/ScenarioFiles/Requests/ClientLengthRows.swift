import Diagnostics
import Workloads

/// Rows of ServeGen's lengths: one bin of one client's histogram of prompts or outputs.
///
/// The share of an output that is reasoning (`reason_ratio`) is checked but not kept: a simulated
/// output is one run of tokens.
struct ClientLengthRows: LogRows {
  static let format = "CSV"
  static let columns = [
    LogColumn(name: "client", allowed: ClientRateRows.clientAllowed),
    LogColumn(name: "field", allowed: "input_tokens, output_tokens or reason_ratio"),
    LogColumn(
      name: "len_lo",
      allowed: "a whole number of tokens between 0 and \(RequestStream.longest), or a share"),
    LogColumn(
      name: "len_hi",
      allowed: "a number as of len_lo that is not below it, at most \(RequestStream.longest)"),
    LogColumn(name: "prob", allowed: "a number between 0 and 1"),
  ]

  /// The bins of one client.
  struct Bins {
    var number: Int
    var prompts: [LengthHistogram.Bin] = []
    var outputs: [LengthHistogram.Bin] = []
  }
  private(set) var clients: [Bins] = []

  mutating func row(_ place: inout UnsafePointer<UInt8>) -> RowProblem? {
    let start = place
    if place.pointee == 10 { return RowProblem(kind: .blank, place: place) }
    func bad(_ column: Int, _ field: UnsafePointer<UInt8>) -> RowProblem {
      RowProblem(kind: .badValue, column: column, place: field)
    }
    let uneven = RowProblem(kind: .fieldCount, place: start)
    guard let client = ByteScan.whole(&place), client <= ClientRateRows.mostClients else {
      return bad(0, start)
    }
    guard ClientRateRows.comma(&place) else { return uneven }
    var field = place
    let isPrompt = ClientRateRows.takes("input_tokens", &place)
    let isOutput = !isPrompt && ClientRateRows.takes("output_tokens", &place)
    let isShare = !isPrompt && !isOutput && ClientRateRows.takes("reason_ratio", &place)
    guard isPrompt || isOutput || isShare else { return bad(1, field) }
    let longest = isShare ? 1 : Double(RequestStream.longest)
    guard ClientRateRows.comma(&place) else { return uneven }
    field = place
    guard let low = ByteScan.decimal(&place), low >= 0, low <= longest,
      isShare || low == low.rounded()
    else { return bad(2, field) }
    guard ClientRateRows.comma(&place) else { return uneven }
    field = place
    guard let high = ByteScan.decimal(&place), high >= low, high <= longest,
      isShare || high == high.rounded()
    else { return bad(3, field) }
    guard ClientRateRows.comma(&place) else { return uneven }
    field = place
    guard let share = ByteScan.decimal(&place), share >= 0, share <= 1.001 else {
      return bad(4, field)
    }
    guard ByteScan.endsRow(&place) else { return uneven }
    if (clients.last?.number ?? -1) < Int(client) { clients.append(Bins(number: Int(client))) }
    let last = clients.count - 1
    guard clients[last].number == Int(client) else {
      return RowProblem(kind: .falling, column: 0, place: start)
    }
    guard !isShare else { return nil }
    let bin = LengthHistogram.Bin(lengths: Int(low)...Int(high), weight: share)
    if isPrompt { clients[last].prompts.append(bin) } else { clients[last].outputs.append(bin) }
    return nil
  }

  /// The histograms of every client.
  /// - Throws: `Faults` for a client without prompts or outputs, bins that overlap, or shares whose
  ///   sum is not 1 within 0.1%.
  func histograms(file: String) throws(Faults) -> [ClientTraffic.Client] {
    var made: [ClientTraffic.Client] = []
    var faults: [Fault] = []
    for client in clients {
      var histograms: [LengthHistogram] = []
      for (name, bins) in [("input_tokens", client.prompts), ("output_tokens", client.outputs)] {
        let sum = bins.reduce(0) { $0 + $1.weight }
        do throws(Faults) {
          guard abs(sum - 1) <= 1e-3 else {
            throw Faults(
              .outOfRange(key: "prob", found: "\(sum) in all", allowed: "shares whose sum is 1"),
              at: SourcePosition(file: file))
          }
          histograms.append(try LengthHistogram(bins))
        } catch {
          faults += error.faults.map { fault in
            Fault(
              .conflict(
                key: "client \(client.number)'s \(name)",
                found: Diagnostic.sentence(fault.problem), mend: "mend the rows of this client"),
              at: SourcePosition(file: file))
          }
        }
      }
      guard histograms.count == 2 else { continue }
      made.append(
        ClientTraffic.Client(
          number: client.number, windows: [], prompts: histograms[0], outputs: histograms[1]))
    }
    guard faults.isEmpty else { throw Faults(Array(faults.prefix(RowFaults.mostListed))) }
    return made
  }
}
