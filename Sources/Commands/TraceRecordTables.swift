import ResultTables
import ScenarioFiles

/// What a recorded run shows: speeds of both paths, agreement with another trace, its text.
struct TraceRecordTables {
  let threads: Int

  func speeds(
    of run: TraceRecordRun.Recorded, _ path: TraceRecordCommand.PathName, _ other: ModelReading?
  ) throws -> String {
    var table = Table(
      columns: [
        Column("path", .text), Column("bytes", .integer),
        Column("threads", .integer), Column("time", .real(.significant(3)), unit: "s"),
        Column("bytes a second", .real(.significant(4))),
        Column("loss", .real(.decimals(5)), unit: "nats a byte"),
      ],
      footnotes: ["Seconds in the model alone. Recorded: with the hook; the other path without."])
    let twin: TraceRecordCommand.PathName = path == .dense ? .sparse : .dense
    try table.append(row("\(path.rawValue), recorded", run.read))
    if let other { try table.append(row(twin.rawValue, other)) }
    if run.writing.tokens > 0 {
      try table.append(row("\(path.rawValue), generating", run.writing))
    }
    return table.text(width: 100)
  }

  private func row(_ name: String, _ reading: ModelReading) -> [Cell] {
    [
      .text(name), .integer(reading.tokens), .integer(threads), .real(reading.seconds),
      .real(reading.tokensPerSecond), .optional(reading.loss),
    ]
  }

  func agreement(_ agreement: TraceAgreement) throws -> String {
    var table = Table(
      columns: [
        Column("against the trace", .text), Column("same", .real(.decimals(2)), unit: "%"),
        Column("of", .integer),
      ],
      footnotes: [
        "Experts whatever their order; firing: of the neurons that fired in the trace, those that "
          + "fired here; pages: those read that are among as many of the trace's."
      ])
    for (name, share) in [
      ("expert choices", agreement.experts), ("states of neurons", agreement.neurons),
      ("firing neurons", agreement.firing), ("pages", agreement.pages),
    ] {
      guard let share else { continue }
      try table.append([
        .text(name), .optional(share.share.map { 100 * $0 }), .integer(share.all),
      ])
    }
    return table.text(width: 100)
  }

  /// Bytes as text that no terminal takes for commands.
  static func shown(_ bytes: [UInt8]) -> String {
    String(
      String.UnicodeScalarView(
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
          let isControl = scalar.value < 32 || (127..<160).contains(scalar.value)
          return isControl && scalar != "\n" && scalar != "\t" ? "\u{FFFD}" : scalar
        }))
  }
}
