import Diagnostics
import Policies

/// Reads which layers are meant: `all`, one as `5`, some as `2-31`, or shares of the depth as `0.5`
/// (the first half) and `0.5-1.0` (the second).
enum LayerRangeReader {
  private static let form = "all, a layer as 5, layers as 2-31 or shares of the depth as 0.5-1.0"

  /// All layers where there is no value; nil, with a fault recorded, for one of no such form.
  static func read(_ value: Value?) -> LayerRange? {
    guard let value else { return .all }
    guard let text = value.text(form) else { return nil }
    if text == "all" { return .all }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, let last = parts.last else { return refused(value, text) }
    if parts.contains(where: { $0.contains(".") }) {
      let low = parts.count == 1 ? 0 : share(parts[0])
      guard let low, let high = share(last), low < high else { return refused(value, text) }
      return .depth(low..<high)
    }
    guard let low = place(parts[0]), let high = place(last), low <= high else {
      return refused(value, text)
    }
    return .places(low...high)
  }

  private static func refused(_ value: Value, _ text: String) -> LayerRange? {
    value.refuse(.outOfRange(key: value.name, found: text, allowed: form))
    return nil
  }

  private static func place(_ text: Substring) -> Int? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let place = Int(text) else {
      return nil
    }
    return place <= 4096 ? place : nil
  }

  private static func share(_ text: Substring) -> Double? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), let share = Double(text)
    else { return nil }
    return share <= 1 ? share : nil
  }
}
