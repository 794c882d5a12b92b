import Diagnostics

/// What the beginning of a log says of its kind.
struct LogHeader {
  let kind: RequestFile.Kind
  /// Bytes and lines before the first row.
  let length: Int
  let lines: Int

  private static let tables: [(kind: RequestFile.Kind, columns: [String])] = [
    (.azure2023, AzureRows.names), (.lengths, LengthRows.names),
    (.servegenRates, ClientRateRows.names), (.servegenLengths, ClientLengthRows.names),
  ]

  /// - Throws: `Faults` for columns or keys of no kind that is known.
  init(_ run: UnsafeBufferPointer<UInt8>, file: String) throws(Faults) {
    let first = run.prefix { $0 != 10 }
    if first.first(where: { $0 != 32 && $0 != 9 }) == UInt8(ascii: "{") {
      let text = String(decoding: first.prefix(4096), as: UTF8.self)
      kind =
        text.contains("\"\(ShareGPTLog.timeKey)\"")
        ? .sharegpt : text.contains("\"prompt\"") ? .turns : .mooncake
      (length, lines) = (0, 0)
      return
    }
    let header = String(decoding: first.prefix(400), as: UTF8.self)
    var found = header.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if let last = found.last, last.hasSuffix("\r") {
      found[found.count - 1] = String(last.dropLast())
    }
    guard let table = Self.tables.first(where: { $0.columns == found }) else {
      throw Self.problem(found, file)
    }
    kind = table.kind
    (length, lines) = (first.count + 1, 1)
  }

  /// What is wrong with columns that are of no kind: beside the kind that shares the most of them.
  private static func problem(_ found: [String], _ file: String) -> Faults {
    let scored = tables.map { table in table.columns.count { found.contains($0) } }
    guard let best = scored.max(), best > 0, let index = scored.firstIndex(of: best) else {
      return unknown("the columns \(found.joined(separator: ","))", file)
    }
    let columns = tables[index].columns
    let place = SourcePosition(file: file, line: 1)
    let wanted = "the columns \(columns.joined(separator: ","))"
    var faults = columns.filter { !found.contains($0) }
      .map { Fault(.missingKey($0, expected: wanted), at: place) }
    faults += found.filter { !columns.contains($0) }.prefix(RowFaults.mostListed)
      .map { Fault(.unknownKey($0, known: columns), at: place) }
    if faults.isEmpty {
      faults.append(
        Fault(
          .conflict(
            key: "the header", found: found.joined(separator: ","),
            mend: "order \(wanted)"), at: place))
    }
    return Faults(faults)
  }

  static func unknown(_ found: String, _ file: String) -> Faults {
    let known = tables.map { $0.columns.joined(separator: ",") }.joined(separator: "; ")
    return Faults(
      .malformed(
        format: "request log", found: found,
        mend: "give JSON lines with \(PrefixRows<MooncakeLog>.names.joined(separator: ",")) or "
          + "\(ShareGPTLog.timeKey) in place of \(MooncakeLog.timeKey), or with arrival,prompt,output; "
          + "or CSV with \(known)"),
      at: SourcePosition(file: file, line: 1))
  }

  /// A file of another kind than was asked for.
  static func other(_ kind: RequestFile.Kind, _ file: String) -> Faults {
    let columns = tables.first { $0.kind == kind }?.columns ?? []
    return Faults(
      .malformed(
        format: kind.rawValue, found: "a log of another kind",
        mend: "give CSV with the columns \(columns.joined(separator: ","))"),
      at: SourcePosition(file: file, line: 1))
  }
}
