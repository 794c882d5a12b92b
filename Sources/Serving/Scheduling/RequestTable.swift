import Quantities
import Workloads

/// What becomes of every request of a stream: flat columns, row `r` of each is request `r`.
public struct RequestTable: Sendable, Equatable {
  /// Picoseconds; -1 for what has not happened.
  public internal(set) var arrivals: [Int64]
  /// When a request first entered a batch.
  public internal(set) var starts: [Int64]
  public internal(set) var firstTokens: [Int64]
  public internal(set) var ends: [Int64]
  public internal(set) var prompts: [Int32]
  public internal(set) var outputs: [Int32]
  /// Tokens of the prompt whose KV another request had left, when it first started.
  public internal(set) var found: [Int32]
  public internal(set) var preemptions: [Int32]
  /// Tokens for which more pages are needed than there are: never started.
  public internal(set) var isRefused: [Bool]
  /// Tokens generated so far, while not decoding.
  var generated: [Int32]
  /// Tokens whose KV exists, while the prompt is processed.
  var computed: [Int32]
  /// The decode step that yields the last token; -1 while not decoding.
  var lastStep: [Int64]
  /// When it was preempted, or -1.
  var stopped: [Int64]
  /// What comes first under the order `priority`: the number, then who arrived first; empty where no
  /// request has a number.
  var ranks: [Int64] = []

  /// Whether its KV has come from another server and waits to be let in; empty where none comes.
  var hasLanded: [Bool] = []

  init(_ stream: RequestStream) {
    let count = stream.count
    arrivals = stream.arrivals.map(\.picoseconds)
    starts = Array(repeating: -1, count: count)
    (firstTokens, ends, lastStep, stopped) = (starts, starts, starts, starts)
    prompts = stream.prompts
    outputs = stream.outputs
    found = Array(repeating: 0, count: count)
    (preemptions, generated, computed) = (found, found, found)
    isRefused = Array(repeating: false, count: count)
    // Arrivals are ranked when they happen; until then the number stands alone.
    ranks = stream.priorities.map { Int64($0) << 32 }
  }

  public var count: Int { arrivals.count }

  func isLanded(_ request: Int) -> Bool { !hasLanded.isEmpty && hasLanded[request] }

  /// Tokens that must have KV before the next one is generated.
  func target(_ request: Int) -> Int { Int(prompts[request]) + Int(generated[request]) }
}
