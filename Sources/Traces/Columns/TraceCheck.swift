import Diagnostics

/// Holds the columns of a trace against its header, once, before any view exists.
struct TraceCheck {
  let header: TraceHeader
  let columns: [Column]

  /// Shapes beyond this are refused: no recording has them, and products of a few stay in an `Int`.
  static let dimensionLimit = 1 << 31

  func run() throws(TraceFault) {
    var seen: Set<String> = []
    for column in columns {
      guard let name = ColumnName(rawValue: column.name) else {
        throw TraceFault(
          .unknownName(
            key: "columns", kind: "column", found: column.name,
            known: ColumnName.allCases.map(\.rawValue)))
      }
      guard seen.insert(column.name).inserted else {
        throw TraceFault(.duplicateKey("columns.\(column.name)"))
      }
      try form(of: column, name)
    }
    guard header.pages != nil || header.experts != nil || header.neurons != nil else {
      throw TraceFault(
        .missingKey("columns", expected: "a column pages, experts or neurons with its header"))
    }
    try pages()
    try experts()
    try neurons()
  }

  private func form(of column: Column, _ name: ColumnName) throws(TraceFault) {
    guard name.types.contains(column.type) else {
      throw TraceFault(
        .outOfRange(
          key: "columns.\(column.name).type", found: column.type.rawValue,
          allowed: name.types.map(\.rawValue).joined(separator: " or ")))
    }
    guard column.shape.count == name.rank, column.shape.allSatisfy({ $0 > 0 }),
      column.shape.allSatisfy({ $0 < TraceCheck.dimensionLimit })
    else {
      throw TraceFault(
        .outOfRange(
          key: "columns.\(column.name).shape", found: "\(column.shape)",
          allowed: "\(name.rank) sizes, each 1 or more"))
    }
  }

  func column(_ name: ColumnName) -> Column? { columns.first { $0.name == name.rawValue } }

  /// The main column of a section; the header section and the column come only together.
  private func main(_ name: ColumnName, _ isDescribed: Bool) throws(TraceFault) -> Column? {
    let column = column(name)
    guard (column != nil) == isDescribed else {
      throw TraceFault(
        .missingKey(
          isDescribed ? "columns.\(name.rawValue)" : name.rawValue,
          expected: "the header's section and the column of that name together"))
    }
    return column
  }

  /// A column that stands beside a main one: absent with it, and of the shape asked for.
  private func side(
    _ name: ColumnName, of main: Column?, like shape: [Int?]
  ) throws(TraceFault) -> Column? {
    guard let column = column(name) else { return nil }
    let fits = main != nil && zip(column.shape, shape).allSatisfy { $1 == nil || $0 == $1 }
    guard fits else {
      let due = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      throw TraceFault(
        .conflict(
          key: "columns.\(name.rawValue).shape", found: "\(column.shape)",
          mend: main == nil
            ? "it needs the column that it belongs to" : "make it [\(due)]"))
    }
    return column
  }

  private func layers(_ numbers: [Int], _ section: String, _ count: Int) throws(TraceFault) {
    guard numbers.count == count, numbers.allSatisfy({ (0..<1 << 20).contains($0) }) else {
      throw TraceFault(
        .conflict(
          key: "\(section).layers", found: "\(numbers.count) numbers",
          mend: "give \(count) layer numbers of 0 or more, one for each layer of the column"))
    }
  }

  private func pages() throws(TraceFault) {
    let ids = try main(.pages, header.pages != nil)
    let mass = try side(.pageMass, of: ids, like: ids?.shape ?? [])
    _ = try side(
      .topTokens, of: ids, like: [ids?.shape[0], ids?.shape[1], nil, nil])
    guard let ids, let about = header.pages else { return }
    try layers(about.layers, "pages", ids.shape[1])
    try amount(about.pageTokens, "pages.page_tokens", 1...(1 << 24))
    try amount(about.firstPosition, "pages.first_position", 0...(1 << 40))
    let perStep = ids.shape[1] * ids.shape[2] * ids.shape[3]
    for step in 0..<ids.shape[0] {
      let limit = (about.firstPosition + step + about.pageTokens) / about.pageTokens
      try ValueCheck(column: ids).ids(
        below: limit, in: step * perStep..<(step + 1) * perStep,
        allowed: "a page of step \(step)'s context, below \(limit)")
    }
    if let mass { try ValueCheck(column: mass).shares(upTo: 1.01) }
  }

  private func experts() throws(TraceFault) {
    let ids = try main(.experts, header.experts != nil)
    let weights = try side(.expertWeights, of: ids, like: ids?.shape ?? [])
    _ = try side(.expertBytes, of: ids, like: [ids?.shape[1]])
    _ = try side(.denseBytes, of: ids, like: [ids?.shape[1]])
    let steps = try side(.stepStart, of: ids, like: [nil])
    let sequences = try side(.sequenceStart, of: ids, like: [nil])
    guard let ids, let about = header.experts else { return }
    try layers(about.layers, "experts", ids.shape[1])
    try amount(about.expertCount, "experts.expert_count", 1...(ids.type == .u8 ? 255 : 65535))
    try amount(ids.shape[2], "columns.experts.shape", 1...about.expertCount)
    try ValueCheck(column: ids).ids(
      below: about.expertCount, in: 0..<ids.count, allowed: "an expert below \(about.expertCount)")
    if let weights { try ValueCheck(column: weights).shares(upTo: 1024) }
    if let steps { try ValueCheck(column: steps).starts(end: ids.shape[0], isEndListed: true) }
    if let sequences {
      try ValueCheck(column: sequences).starts(end: ids.shape[0], isEndListed: false)
    }
  }

  private func neurons() throws(TraceFault) {
    guard let bits = try main(.neurons, header.neurons != nil), let about = header.neurons else {
      return
    }
    try layers(about.layers, "neurons", bits.shape[1])
    try amount(about.firstPosition, "neurons.first_position", 0...(1 << 40))
    try ValueCheck(column: bits).padding()
  }

  private func amount(_ value: Int, _ key: String, _ range: ClosedRange<Int>) throws(TraceFault) {
    guard range.contains(value) else {
      throw TraceFault(
        .outOfRange(
          key: key, found: "\(value)",
          allowed: "a whole number between \(range.lowerBound) and \(range.upperBound)"))
    }
  }
}
