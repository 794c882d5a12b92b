/// Nearest names by edit distance, for "did you mean".
public enum Spelling {
  /// The known name nearest to `found`, if it is near enough to be a slip of the hand.
  public static func nearest(to found: String, among known: [String]) -> String? {
    let limit = max(1, found.count / 3)
    guard found.count <= 64 else { return nil }
    let scored = known.map { (distance(found.lowercased(), $0.lowercased()), $0) }
    guard let best = scored.min(by: { $0 < $1 }), best.0 <= limit else { return nil }
    return best.1
  }

  /// The least number of insertions, deletions and replacements that turn `a` into `b`.
  static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b.unicodeScalars)
    var row = Array(0...b.count)
    for (i, x) in a.unicodeScalars.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let replaced = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
