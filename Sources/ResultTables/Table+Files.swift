extension Table {
  /// Comma-separated values with a line of names; quoting as in RFC 4180, lines end in a line feed.
  ///
  /// Amounts are numbers of the base unit that the name carries. A missing value is empty; an
  /// empty text is `""`.
  public func csv() -> String {
    let lines =
      [columns.map { Self.quoted($0.fileName) }] + rows.map { $0.map(Self.field) }
    return lines.map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// The table as one value: `title`, `columns` (name, type, unit), `rows`, `footnotes`.
  public var jsonValue: JSONValue {
    .pairs([
      ("title", title.map { .text($0) } ?? .null),
      (
        "columns",
        .array(
          columns.map { column in
            .pairs([
              ("name", .text(column.fileName)), ("type", .text(column.kindName)),
              ("unit", column.fileUnit.map { .text($0) } ?? .null),
            ])
          })
      ),
      ("rows", .array(rowObjects)),
      ("footnotes", .array(footnotes.map { .text($0) })),
    ])
  }

  /// `jsonValue` as indented text with a final line break.
  public func json() throws(JSONFault) -> String { try jsonValue.encoded(indent: 2) + "\n" }

  /// One object a line for each row.
  public func jsonLines() throws(JSONFault) -> String {
    var text = ""
    for row in rowObjects { text += try row.encoded() + "\n" }
    return text
  }

  private var rowObjects: [JSONValue] {
    rows.map { row in .pairs(zip(columns, row).map { ($0.fileName, $1.json) }) }
  }

  private static func field(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): text.isEmpty ? "\"\"" : quoted(text)
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .quantity(let amount): "\(amount.value)"
    case .missing: ""
    }
  }

  private static func quoted(_ text: String) -> String {
    // Scalars, because a carriage return and a line feed together are one Character.
    let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
    guard text.unicodeScalars.contains(where: special.contains) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
