/// Nearest names by edit distance, for "did you mean".
public enum Spelling {
  /// The known name nearest to `found`, if it is near enough to be a slip of the hand; else the
  /// shortest that holds `found` whole, as `nvidia-h100-sxm` holds `h100`.
  public static func nearest(to found: String, among known: [String]) -> String? {
    guard found.count <= 64 else { return nil }
    let written = found.lowercased()
    let scored = known.compactMap { name -> (Int, String)? in
      let (a, b) = withoutSharedPath(written, name.lowercased())
      let distance = distance(a, b)
      return distance <= max(1, a.count / 3) ? (distance, name) : nil
    }
    if let best = scored.min(by: { $0 < $1 }) { return best.1 }
    guard written.count >= 3 else { return nil }
    return known.filter { contains($0.lowercased(), written) }
      .min { ($0.count, $0) < ($1.count, $1) }
  }

  /// Dotted names without the maps they both lie in, which say nothing about the slip.
  private static func withoutSharedPath(_ a: String, _ b: String) -> (String, String) {
    guard let dot = a.lastIndex(of: "."), b.hasPrefix(a[...dot]) else { return (a, b) }
    let start = a.index(after: dot)
    return (String(a[start...]), String(b.dropFirst(a[..<start].count)))
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    text.indices.contains { text[$0...].hasPrefix(part) }
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
