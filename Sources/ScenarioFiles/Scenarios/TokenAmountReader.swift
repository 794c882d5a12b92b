import Diagnostics
import Policies
import Quantities

/// Reads amounts of tokens: `2048 tokens`, a share such as `0.25`, `all`, or a map of parts that add
/// up: `{sink: 128 tokens, recent: 2048 tokens, keep: 4096 tokens, share: 0.25, every: 16 tokens}`.
enum TokenAmountReader {
  /// The names of the parts, as `parts(of:)` reads them.
  static let keys = ["sink", "recent", "keep", "share", "every"]
  private static let range = 0...100_000_000

  /// Nil for a value that is absent or, with a fault recorded, of no such form.
  static func read(_ value: Value?) -> TokenAmount? {
    guard let value else { return nil }
    if value.isMap {
      guard let map = value.map() else { return nil }
      let amount = parts(of: map)
      map.finish()
      return amount
    }
    guard let text = value.text("tokens, a share, 'all' or a map of parts") else { return nil }
    if text == "all" { return .all }
    if text.contains("token") {
      return SharedKeys.tokens(value, in: range).map { TokenAmount(keep: $0) }
    }
    guard let share = value.number(in: 0...1) else { return nil }
    return TokenAmount(share: share)
  }

  /// The amount whose parts stand in a map, beside other keys that the caller reads. A map with none
  /// of them is a fault, and so is a part that is no amount.
  static func parts(of map: MapReader) -> TokenAmount? {
    let isGiven = keys.contains { map.contains($0) }
    let values = keys.map { map.value($0) }
    guard isGiven else {
      map.faults.add(
        .missingKey(
          map.name(of: "keep"),
          expected: "tokens, as one or more of \(keys.joined(separator: ", "))"),
        at: map.position)
      return nil
    }
    var isSound = true
    func tokens(_ place: Int, in range: ClosedRange<Int>) -> Int {
      guard let value = values[place] else { return 0 }
      let count = SharedKeys.tokens(value, in: range)
      if count == nil { isSound = false }
      return count ?? 0
    }
    var share = 0.0
    if let value = values[3] {
      let read = value.number(in: 0...1)
      if read == nil { isSound = false }
      share = read ?? 0
    }
    let amount = TokenAmount(
      sink: tokens(0, in: range), recent: tokens(1, in: range), keep: tokens(2, in: range),
      share: share, every: tokens(4, in: 1...100_000_000))
    return isSound ? amount : nil
  }
}
