/// How many prices are kept by closed forms that run by turns: when there are too many, all of them
/// forget theirs.
public final class KeptPrices {
  private(set) var generation = 0
  private var count = 0

  /// A price is about half a kilobyte.
  private static let limit = 1 << 17

  public init() {}

  func add() {
    count += 1
    guard count > Self.limit else { return }
    (count, generation) = (0, generation + 1)
  }
}

/// What was worked out by the length of the prompt: mostly the last is asked for again.
final class PromptMemo<Value> {
  private var last: (prompt: Int, value: Value)?
  private var known: [Int: Value] = [:]
  private var generation = 0
  private let kept: KeptPrices

  init(_ kept: KeptPrices) { self.kept = kept }

  /// Nil where nothing is known.
  func value(at prompt: Int) -> Value? {
    guard generation == kept.generation else {
      (last, known, generation) = (nil, [:], kept.generation)
      return nil
    }
    if let last, last.prompt == prompt { return last.value }
    guard let value = known[prompt] else { return nil }
    last = (prompt, value)
    return value
  }

  func keep(_ value: Value, at prompt: Int) {
    kept.add()
    known[prompt] = value
    last = (prompt, value)
  }
}
