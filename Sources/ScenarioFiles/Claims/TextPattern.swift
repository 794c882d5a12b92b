/// A pattern over free text, in the small language of the claims table.
///
/// `|` parts alternatives; `*` stands for any text, `<name>` for a number, which is kept; a leading
/// `=` asks for the whole text. Everything else stands for itself, as whole words, whatever its
/// case; hyphens, underscores and blanks are one. A search takes time in proportion to the text.
public struct TextPattern: Sendable, Hashable {
  private enum Piece: Sendable, Hashable {
    case words([UInt8])
    case number(String)
  }

  /// Pieces that follow each other at once; between two runs lies any text.
  private struct Run: Sendable, Hashable {
    var pieces: [Piece]
    var beginsWord: Bool
    var endsWord: Bool
  }

  private struct Alternative: Sendable, Hashable {
    var runs: [Run]
    var isWhole: Bool
  }

  private let alternatives: [Alternative]

  /// Nil for a text that is empty, has an empty alternative or an unclosed `<`.
  public init?(_ text: String) {
    var alternatives: [Alternative] = []
    for part in text.split(separator: "|", omittingEmptySubsequences: false) {
      guard let alternative = Self.alternative(part) else { return nil }
      alternatives.append(alternative)
    }
    self.alternatives = alternatives
  }

  private static func alternative(_ text: Substring) -> Alternative? {
    let isWhole = text.first == "="
    let parts = (isWhole ? text.dropFirst() : text).split(
      separator: "*", omittingEmptySubsequences: false)
    var runs: [Run] = []
    for (index, part) in parts.enumerated() {
      guard let pieces = pieces(part) else { return nil }
      guard !pieces.isEmpty else { continue }
      runs.append(
        Run(pieces: pieces, beginsWord: index == 0, endsWord: index == parts.count - 1))
    }
    let anything = isWhole && parts.count > 1
    return runs.isEmpty && !anything ? nil : Alternative(runs: runs, isWhole: isWhole)
  }

  private static func pieces(_ text: Substring) -> [Piece]? {
    var pieces: [Piece] = []
    var rest = ClaimText.plain(String(text))[...]
    while let first = rest.first {
      if first == UInt8(ascii: "<") {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let name = String(decoding: rest[rest.index(after: rest.startIndex)..<end], as: UTF8.self)
        guard !name.isEmpty else { return nil }
        pieces.append(.number(name))
        rest = rest[rest.index(after: end)...]
      } else {
        let words = rest.prefix { $0 != UInt8(ascii: "<") }
        pieces.append(.words([UInt8](words)))
        rest = rest.dropFirst(words.count)
      }
    }
    return pieces
  }

  /// The numbers of the first alternative that the text has, by name; nil when it has none.
  /// - Parameter text: as `ClaimText.plain` gives it.
  func match(_ text: [UInt8]) -> [String: Double]? {
    for alternative in alternatives {
      if let found = Self.match(alternative, text) { return found }
    }
    return nil
  }

  /// The same of a text as it is written.
  public func match(_ text: String) -> [String: Double]? { match(ClaimText.plain(text)) }

  private static func match(_ alternative: Alternative, _ text: [UInt8]) -> [String: Double]? {
    var found: [String: Double] = [:]
    var cursor = 0
    for (index, run) in alternative.runs.enumerated() {
      let isFirst = index == 0
      let isLast = index == alternative.runs.count - 1
      var start = cursor
      // A whole match starts where the text does, unless the pattern starts with any text.
      let onlyHere = alternative.isWhole && isFirst && run.beginsWord
      var end: Int?
      while start <= text.count {
        var numbers: [String: Double] = [:]
        if let stop = match(run, text, from: start, into: &numbers),
          !(alternative.isWhole && isLast && run.endsWord) || stop == text.count
        {
          found.merge(numbers) { old, _ in old }
          end = stop
        }
        if end != nil || onlyHere { break }
        start += 1
      }
      guard let end else { return nil }
      cursor = end
    }
    return found
  }

  private static func match(
    _ run: Run, _ text: [UInt8], from start: Int, into numbers: inout [String: Double]
  ) -> Int? {
    if run.beginsWord, !ClaimText.isBoundary(text, start) { return nil }
    var position = start
    for piece in run.pieces {
      switch piece {
      case .words(let words):
        guard text.count - position >= words.count,
          text[position..<position + words.count].elementsEqual(words)
        else { return nil }
        position += words.count
      case .number(let name):
        guard ClaimText.isNumberStart(text, position),
          let number = ClaimText.number(text, at: position)
        else { return nil }
        numbers[name] = number.value
        position = number.end
      }
    }
    return run.endsWord && !ClaimText.isBoundary(text, position) ? nil : position
  }
}
