extension Column {
  /// Rows `rows` of the first dimension, without a copy.
  func rows(_ rows: Range<Int>) -> Column {
    let stride = bytes.count / shape[0]
    return Column(
      name: name, type: type, shape: [rows.count] + shape.dropFirst(),
      bytes: UnsafeRawBufferPointer(
        rebasing: bytes[rows.lowerBound * stride..<rows.upperBound * stride]),
      owner: owner)
  }

  /// The first `count` elements of the last dimension of each row, copied.
  func leading(_ count: Int) -> Column {
    let last = shape[shape.count - 1]
    let width = bytes.count / self.count
    let rowCount = self.count / last
    let storage = ColumnStorage(byteCount: rowCount * count * width)
    for row in 0..<rowCount {
      let source = bytes[row * last * width..<(row * last + count) * width]
      UnsafeMutableRawBufferPointer(
        rebasing: storage.bytes[row * count * width..<(row + 1) * count * width]
      ).copyMemory(from: UnsafeRawBufferPointer(rebasing: source))
    }
    return storage.column(name, type, shape: shape.dropLast() + [count])
  }

  static func counts(_ name: ColumnName, _ values: [Int]) -> Column {
    Column(
      name.rawValue, .u32, shape: [values.count],
      copying: values.map { UInt32(truncatingIfNeeded: $0) })
  }
}

extension Trace {
  /// A part of this trace.
  ///
  /// - Parameters:
  ///   - columns: the columns to keep; nil keeps all. Side columns fall away with their main one.
  ///   - steps: the steps to keep, by number; nil keeps all. Steps beyond the end are a fault.
  ///   - top: the best so many pages of each row; nil keeps all.
  public func cut(
    columns kept: [ColumnName]? = nil, steps: Range<Int>? = nil, top: Int? = nil
  ) throws(TraceFault) -> Trace {
    var header = header
    var parts = columns.filter { column in
      kept.map { $0.contains { $0.rawValue == column.name } } ?? true
    }
    for name in kept ?? [] where column(name) == nil {
      throw TraceFault(
        .unknownName(
          key: "columns", kind: "column", found: name.rawValue, known: columns.map(\.name)))
    }
    func has(_ name: ColumnName) -> Bool { parts.contains { $0.name == name.rawValue } }
    if !has(.pages) { header.pages = nil }
    if !has(.experts) { header.experts = nil }
    if !has(.neurons) { header.neurons = nil }
    if let steps { try cut(&parts, &header, to: steps) }
    if let top {
      parts = try parts.map { column throws(TraceFault) in
        guard [ColumnName.pages.rawValue, ColumnName.pageMass.rawValue].contains(column.name) else {
          return column
        }
        guard top >= 1, top <= column.shape[3] else {
          throw TraceFault(
            .outOfRange(
              key: "top", found: "\(top)", allowed: "between 1 and \(column.shape[3]) pages"))
        }
        return column.leading(top)
      }
    }
    return try Trace(header: header, columns: parts)
  }

  private func cut(
    _ parts: inout [Column], _ header: inout TraceHeader, to steps: Range<Int>
  ) throws(TraceFault) {
    let tokens = try expertTokens(of: steps, isKept: header.experts != nil)
    for column in parts where column.shape.count > 2 && !Trace.isOfTokens(column) {
      try Trace.check(steps, among: column.shape[0])
    }
    parts = parts.map { column in
      switch ColumnName(rawValue: column.name) {
      case .experts, .expertWeights: return column.rows(tokens)
      case .stepStart:
        let starts = column.counts[steps.lowerBound...steps.upperBound]
        return .counts(.stepStart, starts.map { $0 - tokens.lowerBound })
      case .sequenceStart:
        let inside = column.counts.filter { tokens.contains($0) && $0 > tokens.lowerBound }
        return .counts(.sequenceStart, [0] + inside.map { $0 - tokens.lowerBound })
      case .expertBytes, .denseBytes, nil: return column
      case .pages, .pageMass, .topTokens, .neurons: return column.rows(steps)
      }
    }
    header.pages?.firstPosition += steps.lowerBound
    header.neurons?.firstPosition += steps.lowerBound
  }

  /// Columns whose first dimension counts tokens of steps, and not steps.
  private static func isOfTokens(_ column: Column) -> Bool {
    [ColumnName.experts.rawValue, ColumnName.expertWeights.rawValue].contains(column.name)
  }

  private func expertTokens(of steps: Range<Int>, isKept: Bool) throws(TraceFault) -> Range<Int> {
    guard isKept, let experts else { return 0..<0 }
    try Trace.check(steps, among: experts.steps)
    return experts.tokens(step: steps.lowerBound)
      .lowerBound..<experts.tokens(step: steps.upperBound - 1).upperBound
  }

  private static func check(_ steps: Range<Int>, among count: Int) throws(TraceFault) {
    guard !steps.isEmpty, steps.lowerBound >= 0, steps.upperBound <= count else {
      throw TraceFault(
        .outOfRange(
          key: "steps", found: "\(steps.lowerBound):\(steps.upperBound)",
          allowed: "a range within 0:\(count)"))
    }
  }
}
