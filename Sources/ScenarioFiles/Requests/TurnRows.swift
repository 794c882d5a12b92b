import Diagnostics
import Quantities
import Workloads

/// One JSON object a line, with what a request waits for: turns of sessions, parents, shared texts and
/// priorities. The kind of log that is Lacuna's own.
struct TurnRows: LogRows {
  static let format = "JSON"
  private static let longest = RequestStream.latest.picoseconds / 1_000_000_000_000
  static let columns = [
    LogColumn(
      name: "arrival",
      allowed: "seconds between 0 and \(longest), of all but later turns and those with parents"),
    LogColumn(
      name: "prompt",
      allowed: "\(LengthRows.tokens), of a later turn no less than all of the turn before"),
    LogColumn(name: "output", allowed: LengthRows.tokens),
    LogColumn(name: "id", allowed: "a whole number below 2^64 that no row above has"),
    LogColumn(name: "session", allowed: "a whole number below 2^64"),
    LogColumn(
      name: "think",
      allowed: "seconds between 0 and \(longest), of a request with a turn before or parents"),
    LogColumn(name: "parents", allowed: "a list of the ids of rows above"),
    LogColumn(name: "priority", allowed: "a whole number between 0 and \(Int32.max)"),
    LogColumn(
      name: "shared",
      allowed: "a whole number below 2^64, beside shared_tokens and of no later turn of a session"),
    LogColumn(
      name: "shared_tokens",
      allowed: "a whole number of tokens between 1 and the prompt's, beside shared"),
  ]
  private static let keys: [StaticString] = [
    "arrival", "prompt", "output", "id", "session", "think", "parents", "priority", "shared",
    "shared_tokens",
  ]
  private enum Column {
    static let arrival = 0, prompt = 1, output = 2, id = 3, session = 4, think = 5, parents = 6
    static let priority = 7, shared = 8, sharedTokens = 9
  }
  /// Tokens of a block.
  static let blockTokens = 16

  private var stream = RequestStream()
  /// The turn before each request, or -1, and what its prompt shares with others.
  private var before: [Int32] = []
  private var shared: [TextBlocks.Shared?] = []
  private var rows: [UInt64: Int32] = [:]
  private var sessions: [UInt64: (number: Int32, last: Int32)] = [:]
  private var last = Instant.start
  private var values = Values()

  /// What one row states.
  private struct Values {
    var seen: UInt16 = 0
    var numbers = (arrival: 0.0, think: 0.0)
    var wholes = [UInt64](repeating: 0, count: TurnRows.keys.count)
    var parents: [UInt64] = []
    var places = [UnsafePointer<UInt8>?](repeating: nil, count: TurnRows.keys.count)

    func has(_ column: Int) -> Bool { seen & (1 << column) != 0 }
  }

  init() { stream.parentStarts = [0] }

  mutating func row(_ place: inout UnsafePointer<UInt8>) -> RowProblem? {
    let start = place
    if place.pointee == 10 { return RowProblem(kind: .blank, place: place) }
    if let problem = read(&place, from: start) { return problem }
    return enter(start)
  }

  /// Reads the row's keys and values.
  private mutating func read(
    _ place: inout UnsafePointer<UInt8>, from start: UnsafePointer<UInt8>
  ) -> RowProblem? {
    let broken = RowProblem(kind: .notAnObject, place: start)
    values.seen = 0
    values.parents.removeAll(keepingCapacity: true)
    guard ByteScan.take(UInt8(ascii: "{"), &place) else { return broken }
    while true {
      guard ByteScan.take(UInt8(ascii: "\""), &place) else { return broken }
      let key = place
      guard let column = Self.keys.firstIndex(where: { ByteScan.matches($0, &place) }) else {
        return RowProblem(kind: .unknownKey, place: key)
      }
      guard !values.has(column) else {
        return RowProblem(kind: .repeatedKey, column: column, place: key)
      }
      values.seen |= 1 << column
      guard ByteScan.take(UInt8(ascii: ":"), &place) else { return broken }
      ByteScan.skipSpace(&place)
      values.places[column] = place
      let value = place
      guard take(column, &place) else {
        return RowProblem(
          kind: .badValue, column: column, place: column == Column.parents ? place : value)
      }
      ByteScan.skipSpace(&place)
      if place.pointee == 44 {
        place += 1
        continue
      }
      guard place.pointee == UInt8(ascii: "}") else {
        return place.pointee == 10 || column == Column.parents
          ? broken : RowProblem(kind: .badValue, column: column, place: value)
      }
      place += 1
      break
    }
    ByteScan.skipSpace(&place)
    return ByteScan.endsRow(&place) ? nil : broken
  }

  private mutating func take(_ column: Int, _ place: inout UnsafePointer<UInt8>) -> Bool {
    switch column {
    case Column.arrival, Column.think:
      guard let number = ByteScan.decimal(&place), number >= 0, number <= Double(Self.longest)
      else { return false }
      if column == Column.arrival {
        values.numbers.arrival = number
      } else {
        values.numbers.think = number
      }
      return true
    case Column.parents: return ByteScan.list(&place, into: &values.parents)
    default:
      guard let number = ByteScan.whole(&place) else { return false }
      values.wholes[column] = number
      let tokens = UInt64(RequestStream.longest)
      switch column {
      case Column.prompt, Column.output, Column.sharedTokens: return number &- 1 < tokens
      case Column.priority: return number <= UInt64(Int32.max)
      default: return true
      }
    }
  }

  /// Checks the row's values against each other and the rows above, and enters them.
  private mutating func enter(_ start: UnsafePointer<UInt8>) -> RowProblem? {
    func bad(_ column: Int) -> RowProblem {
      RowProblem(kind: .badValue, column: column, place: values.places[column] ?? start)
    }
    for column in [Column.prompt, Column.output] where !values.has(column) {
      return RowProblem(kind: .missingKey, column: column, place: start)
    }
    let (prompt, output) = (values.wholes[Column.prompt], values.wholes[Column.output])
    let turn = values.has(Column.session) ? sessions[values.wholes[Column.session]] : nil
    var parents = turn.map { [$0.last] } ?? []
    for id in values.parents {
      guard let row = rows[id] else { return bad(Column.parents) }
      parents.append(row)
    }
    if let last = turn?.last {
      let text = Int(stream.prompts[Int(last)]) + Int(stream.outputs[Int(last)])
      guard prompt >= text else { return bad(Column.prompt) }
    }
    guard values.has(Column.arrival) || !parents.isEmpty else {
      return RowProblem(kind: .missingKey, column: Column.arrival, place: start)
    }
    guard !values.has(Column.think) || !parents.isEmpty else { return bad(Column.think) }
    guard !values.has(Column.id) || rows[values.wholes[Column.id]] == nil else {
      return bad(Column.id)
    }
    if values.has(Column.shared) != values.has(Column.sharedTokens) {
      let absent = values.has(Column.shared) ? Column.sharedTokens : Column.shared
      return RowProblem(kind: .missingKey, column: absent, place: start)
    }
    if values.has(Column.shared) {
      guard turn == nil else { return bad(Column.shared) }
      guard values.wholes[Column.sharedTokens] <= prompt else { return bad(Column.sharedTokens) }
    }
    var arrival = parents.map { stream.arrivals[Int($0)] }.max() ?? .start
    if values.has(Column.arrival) {
      let given = Instant.start + Span(rounding: Seconds(values.numbers.arrival))
      guard given >= last else {
        return RowProblem(kind: .falling, place: values.places[Column.arrival] ?? start)
      }
      last = given
      arrival = given
    }
    guard stream.count < RequestStream.mostRequests,
      stream.parents.count + parents.count <= Int(Int32.max)
    else { return RowProblem(kind: .notAnObject, place: start) }
    append(arrival, Int32(prompt), Int32(output), turn, parents)
    return nil
  }

  private mutating func append(
    _ arrival: Instant, _ prompt: Int32, _ output: Int32,
    _ turn: (number: Int32, last: Int32)?, _ parents: [Int32]
  ) {
    let row = Int32(stream.count)
    stream.arrivals.append(arrival)
    stream.prompts.append(prompt)
    stream.outputs.append(output)
    stream.parents += parents
    stream.parentStarts.append(Int32(stream.parents.count))
    stream.thinks.append(
      values.has(Column.think) ? Span(rounding: Seconds(values.numbers.think)) : .zero)
    stream.priorities.append(
      values.has(Column.priority) ? Int32(values.wholes[Column.priority]) : 0)
    before.append(turn?.last ?? -1)
    shared.append(
      values.has(Column.shared)
        ? TextBlocks.Shared(
          text: values.wholes[Column.shared], tokens: Int32(values.wholes[Column.sharedTokens]))
        : nil)
    if values.has(Column.id) { rows[values.wholes[Column.id]] = row }
    // A request without a session is one by itself; those that are named come first in number.
    if values.has(Column.session) {
      let number = turn?.number ?? Int32(sessions.count)
      sessions[values.wholes[Column.session]] = (number, row)
      stream.sessions.append(number)
    } else {
      stream.sessions.append(-1)
    }
  }

  /// The requests in order of arrival, without the columns that no row gave.
  /// - Throws: `Faults` where their prompts would have too many blocks.
  func whole(file: String) throws(Faults) -> RequestStream {
    var whole = stream
    if whole.thinks.allSatisfy({ $0 == .zero }) { whole.thinks = [] }
    if whole.priorities.allSatisfy({ $0 == 0 }) { whole.priorities = [] }
    if whole.parents.isEmpty { whole.parentStarts = [] }
    if sessions.isEmpty { whole.sessions = [] }
    var next = Int32(sessions.count)
    for row in whole.sessions.indices where whole.sessions[row] < 0 {
      whole.sessions[row] = next
      next += 1
    }
    guard !sessions.isEmpty || shared.contains(where: { $0 != nil }) else {
      return try whole.inOrder()
    }
    let row = TextBlocks.enter(
      into: &whole, blockTokens: Self.blockTokens, before: before, shared: shared)
    if let row {
      throw Faults(
        .conflict(
          key: "prompt", found: "\(whole.prompts[row])",
          mend: "all prompts together have more than \(TextBlocks.mostBlocks) blocks of "
            + "\(Self.blockTokens) tokens; take fewer rows"),
        at: SourcePosition(file: file, line: row + 1))
    }
    return try whole.inOrder()
  }
}
