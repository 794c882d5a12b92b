import Diagnostics
import Quantities
import ScenarioFiles
import Testing
import Workloads

/// Logs of turns, parents, shared texts and priorities.
@Suite struct TurnLogTests {
  static func stream(_ rows: String...) throws -> RequestStream {
    guard case .stream(let stream, .turns) = try LogTests.read(rows.joined(separator: "\n")) else {
      Issue.record("another kind")
      return RequestStream()
    }
    return stream
  }

  @Test func requestsAlone() throws {
    let stream = try Self.stream(
      "{\"arrival\": 1.5, \"prompt\": 30, \"output\": 4}",
      " { \"output\":1 ,\"prompt\":2,\"arrival\":1.5e0,\"priority\":7}\r")
    #expect(stream.arrivals.map(\.picoseconds) == [1_500_000_000_000, 1_500_000_000_000])
    #expect(stream.prompts == [30, 2] && stream.outputs == [4, 1])
    #expect(stream.priorities == [0, 7])
    #expect(stream.parents.isEmpty && stream.sessions.isEmpty && stream.blockTokens == 0)
    #expect(stream.thinks.isEmpty && stream.parentStarts.isEmpty)
  }

  @Test("A later turn waits for the one before and begins with its text")
  func sessions() throws {
    let stream = try Self.stream(
      "{\"arrival\":0,\"prompt\":40,\"output\":8,\"session\":900}",
      "{\"arrival\":3,\"prompt\":5,\"output\":1,\"session\":2}",
      "{\"prompt\":50,\"output\":20,\"session\":900,\"think\":2.5}")
    // The turn without an arrival takes its parent's, so it stands before the other session.
    #expect(stream.prompts == [40, 50, 5])
    #expect((0..<3).map { Array(stream.parents(of: $0)) } == [[], [0], []])
    #expect(stream.thinks.map(\.seconds.value) == [0, 2.5, 0])
    #expect(stream.sessions == [0, 0, 1])
    let blocks = (0..<3).map { Array(stream.blocks(of: $0)) }
    #expect(blocks.map(\.count) == [3, 4, 0] && blocks[1].starts(with: blocks[0]))
    #expect(stream.blockTokens == 16 && stream.blocksGoOn)
  }

  @Test("A graph of requests whose prompts begin with one text")
  func graph() throws {
    let stream = try Self.stream(
      "{\"id\":1,\"arrival\":0,\"prompt\":64,\"output\":8,\"shared\":5,\"shared_tokens\":40}",
      "{\"id\":2,\"arrival\":0,\"prompt\":64,\"output\":8,\"shared\":5,\"shared_tokens\":64}",
      "{\"id\":3,\"prompt\":48,\"output\":1,\"parents\":[1, 2],\"shared\":6,"
        + "\"shared_tokens\":48}",
      "{\"prompt\":32,\"output\":1,\"parents\":[3],\"think\":1}")
    #expect((0..<4).map { Array(stream.parents(of: $0)) } == [[], [], [0, 1], [2]])
    let blocks = (0..<4).map { Array(stream.blocks(of: $0)) }
    #expect(blocks.map(\.count) == [4, 4, 3, 2])
    // 40 tokens of one text are two whole blocks; the rest is each request's own.
    #expect(blocks[0][..<2] == blocks[1][..<2])
    #expect(Set(blocks[0]).intersection(blocks[1]).count == 2)
    #expect(Set(blocks[2]).isDisjoint(with: blocks[0] + blocks[1]))
  }

  @Test(
    arguments: [
      (row(arrival: nil), "missing key 'arrival'; expected seconds between 0 and 8640000"),
      (row(arrival: "-1"), "arrival is '-1'"),
      (row(arrival: "nan"), "arrival is 'nan'"),
      (row(arrival: "1e300"), "arrival is '1e300'"),
      (row(arrival: "8640001"), "arrival is '8640001'"),
      (row(arrival: "4"), "it is before the row above"),
      (row(prompt: "0"), "prompt is '0'"),
      (row(prompt: "16777217"), "prompt is '16777217'"),
      (row(prompt: "5.5"), "prompt is '5.5'"),
      (row(output: "-3"), "output is '-3'"),
      (row(more: ",\"id\":8"), "id is '8'; expected a whole number below 2^64 that no row above"),
      (row(more: ",\"session\":3"), "prompt is '16'; expected a whole number"),
      (row(more: ",\"session\":null"), "session is 'null'"),
      (row(more: ",\"think\":1"), "think is '1'; expected seconds"),
      (row(more: ",\"parents\":[9]"), "parents is '[9'; expected a list of the ids of rows above"),
      (row(more: ",\"parents\":9"), "parents is '9'"),
      (row(more: ",\"parents\":[8"), "parents is"),
      (row(more: ",\"parents\":[8],\"think\":1e9"), "think is '1e9'"),
      (row(more: ",\"priority\":2147483648"), "priority is '2147483648'"),
      (row(more: ",\"priority\":-1"), "priority is '-1'"),
      (row(more: ",\"shared\":1"), "missing key 'shared_tokens'"),
      (row(more: ",\"shared_tokens\":1"), "missing key 'shared'"),
      (row(more: ",\"shared\":1,\"shared_tokens\":17"), "shared_tokens is '17'"),
      (
        row(prompt: "80", more: ",\"session\":3,\"shared\":1,\"shared_tokens\":17"),
        "shared is '1'; expected"
      ),
      (row(more: ",\"prioirty\":1"), "unknown key 'prioirty'; did you mean 'priority'"),
      (row(more: ",\"prompt\":1"), "key 'prompt' appears twice"),
      (row() + "x", "give one object a line, with the keys arrival,prompt,output,id,session"),
      ("{\"arrival\":9}", "missing key 'prompt'"),
      ("{}", "give one object a line"),
      ("{", "give one object a line"),
      ("", "an empty line"),
    ])
  func badRows(_ row: String, _ expected: String) throws {
    let good = "{\"arrival\":5,\"prompt\":60,\"output\":4,\"session\":3,\"id\":8}"
    let faults = try LogTests.faults(good + "\n" + row + "\n" + Self.row(arrival: "6") + "\n")
    #expect(faults.count == 1)
    #expect(faults.first?.hasPrefix("log:2: error: ") == true, "\(faults)")
    #expect(faults.first?.contains(expected) == true, "\(faults)")
  }

  static func row(
    arrival: String? = "5", prompt: String = "16", output: String = "1", more: String = ""
  ) -> String {
    (arrival.map { "{\"arrival\":\($0)," } ?? "{") + "\"prompt\":\(prompt),\"output\":\(output)"
      + more + "}"
  }

  @Test("Few bytes that ask for more blocks than memory holds are a fault")
  func tooManyBlocks() throws {
    let rows = (0..<80).map {
      "{\"arrival\":\($0),\"prompt\":16777216,\"output\":16777216,\"session\":\($0)}\n"
    }
    let faults = try LogTests.faults(rows.joined())
    #expect(faults.count == 1)
    #expect(faults.first?.contains("more than 67108864 blocks of 16 tokens") == true, "\(faults)")
  }
}
