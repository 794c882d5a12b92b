import Diagnostics
import ScenarioFiles
import TestSupport
import Testing
import Workloads

/// The rows of small logs, and what is said of faulty ones.
@Suite struct LogTests {
  static let azure = "TIMESTAMP,ContextTokens,GeneratedTokens\n"

  static func read(_ text: String) throws -> RequestFile {
    let file = try TemporaryText(text, name: "log")
    return try RequestFile.read(file.path)
  }

  /// What is printed of a log, without the file's folder.
  static func faults(_ text: String) throws -> [String] {
    let file = try TemporaryText(text, name: "log")
    do throws(Faults) {
      _ = try RequestFile.read(file.path)
      return []
    } catch {
      return error.faults.map { Diagnostic.line($0).replacing(file.path, with: "log") }
    }
  }

  @Test func datesGoOnOverMonths() throws {
    let log = try Self.read(
      Self.azure + "2024-02-28 23:59:59.9999999,1,2\r\n2024-02-29 00:00:00.000,3,4\n"
        + "2024-03-01 00:00:00.000001,5,6")
    guard case .stream(let stream, .azure2023) = log else {
      Issue.record("\(log)")
      return
    }
    #expect(
      stream.arrivals.map(\.picoseconds) == [0, 100_000, 86_400_000_001_100_000])
    #expect(stream.prompts == [1, 3, 5] && stream.outputs == [2, 4, 6])
  }

  @Test func keysComeInAnyOrder() throws {
    let log = try Self.read(
      "\u{FEFF} { \"hash_ids\" : [ 18446744073709551615 , 0 ], \"output_length\":7,\t"
        + "\"input_length\": 600,\"timestamp\": 12}  \n"
        + "{\"timestamp\":12,\"input_length\":5,\"output_length\":1,\"hash_ids\":[]}\n")
    guard case .stream(let stream, .mooncake) = log else {
      Issue.record("\(log)")
      return
    }
    #expect(stream.arrivals.map(\.picoseconds) == [12_000_000_000, 12_000_000_000])
    #expect(Array(stream.blocks(of: 0)) == [.max, 0] && stream.blocks(of: 1).isEmpty)
    #expect(stream.prompts == [600, 5] && stream.outputs == [7, 1])
  }

  @Test func lengthsWithoutArrivals() throws {
    let log = try Self.read("num_prefill_tokens,num_decode_tokens\n3772,54\n1,2\n")
    guard case .lengths(let prompts, let outputs) = log else {
      Issue.record("\(log)")
      return
    }
    #expect(prompts == [3772, 1] && outputs == [54, 2])
  }

  @Test(
    arguments: [
      ("x,1,2", "TIMESTAMP is 'x'; expected a time"),
      ("2023-13-16 18:15:46.6805900,1,2", "TIMESTAMP is '2023-13-16 18:15:46.6805900'"),
      ("2023-02-29 18:15:46.6805900,1,2", "TIMESTAMP is '2023-02-29"),
      ("2023-11-16 24:15:46.6805900,1,2", "TIMESTAMP is"),
      ("2023-11-16 18:15:46.68059001,1,2", "TIMESTAMP is"),
      ("2023-11-16 18:15", "TIMESTAMP is '2023-11-16 18:15'"),
      ("2023-11-16 18:15:46.6805900,0,2", "ContextTokens is '0'; expected a whole number"),
      ("2023-11-16 18:15:46.6805900,-5,2", "ContextTokens is '-5'"),
      ("2023-11-16 18:15:46.6805900,nan,2", "ContextTokens is 'nan'"),
      ("2023-11-16 18:15:46.6805900,1.5,2", "ContextTokens is '1.5'"),
      ("2023-11-16 18:15:46.6805900,99999999999999999999999,2", "ContextTokens is '9999999999"),
      ("2023-11-16 18:15:46.6805900,1,16777217", "GeneratedTokens is '16777217'"),
      ("2023-11-16 18:15:46.6805900,1", "2 fields; give 3 in each row: TIMESTAMP,ContextTokens"),
      ("2023-11-16 18:15:46.6805900,1,2,3", "4 fields"),
      ("", "an empty line; remove it"),
      ("2023-11-16 18:15:45.6805900,1,2", "it is before the row above; sort the file"),
      ("2024-11-16 18:15:46.6805900,1,2", "at most 100 days after the first row's"),
    ])
  func badAzureRows(row: String, expected: String) throws {
    let good = "2023-11-16 18:15:46.6805900,1,2\n"
    let faults = try Self.faults(Self.azure + good + row + "\n" + good)
    #expect(faults.count == 1)
    #expect(faults.first?.hasPrefix("log:3: error: ") == true, "\(faults)")
    #expect(faults.first?.contains(expected) == true, "\(faults)")
  }

  @Test(
    arguments: [
      ("{\"timestamp\":1,\"input_length\":5,\"output_length\":1}", "missing key 'hash_ids'"),
      (row(time: "-1"), "timestamp is '-1'; expected a whole number of ms"),
      (row(time: "1e3"), "timestamp is '1e3'"),
      (row(time: "\"1\""), "timestamp is"),
      (row(time: "null"), "timestamp is 'null'"),
      (row(time: "9999999999999"), "between 0 and 8640000000"),
      (row(input: "0"), "input_length is '0'"),
      (row(input: "5.5"), "input_length is '5.5'"),
      (row(input: "513"), "hash_ids is '1 blocks'; a list"),
      (row(output: "NaN"), "output_length is 'NaN'"),
      (row(blocks: "[7,x]"), "hash_ids is 'x'"),
      (row(blocks: "[7,-1]"), "hash_ids is '-1'"),
      (row(blocks: "[18446744073709551616]"), "hash_ids is '18446744073709551616'"),
      (row(blocks: "[7,8,9]"), "hash_ids is '3 blocks'"),
      (row(blocks: "7"), "hash_ids is '7'; expected a list"),
      (row(blocks: "[7"), "hash_ids is"),
      (row().replacing("output_length", with: "outputlength"), "unknown key 'outputlength'; did"),
      (row().replacing("output_length", with: "input_length"), "key 'input_length' appears twice"),
      (row().replacing("}", with: ""), "give one object a line"),
      (row() + " x", "give one object a line"),
      ("[1,2]", "'[1,2]'; give one object a line"),
      ("", "an empty line"),
      (row(time: "4"), "it is before the row above"),
    ])
  func badObjects(row: String, expected: String) throws {
    let faults = try Self.faults(Self.row() + "\n" + row + "\n" + Self.row() + "\n")
    #expect(faults.count == 1)
    #expect(faults.first?.hasPrefix("log:2: error: ") == true, "\(faults)")
    #expect(faults.first?.contains(expected) == true, "\(faults)")
  }

  static func row(
    time: String = "5", input: String = "512", output: String = "1", blocks: String = "[7]"
  ) -> String {
    "{\"timestamp\":\(time),\"input_length\":\(input),\"output_length\":\(output),"
      + "\"hash_ids\":\(blocks)}"
  }

  /// The first twenty are listed, and all are counted.
  @Test func manyFaults() throws {
    let faults = try Self.faults(Self.azure + String(repeating: "x\n", count: 500))
    #expect(faults.count == 21)
    #expect(faults[19].hasPrefix("log:21: "))
    #expect(
      faults[20]
        == "log: error: not valid CSV: 500 faulty rows, of which 20 are listed; mend them or take "
        + "the rows out")
  }

  @Test(
    arguments: [
      ("", "cannot be read: the file is empty"),
      ("TIMESTAMP,ContextTokens,GeneratedTokens\n", "no row; give at least one"),
      ("TIMESTAMP,GeneratedTokens,ContextTokens\nx", "order the columns TIMESTAMP,ContextTokens"),
      ("TIMESTAMP,ContextTokens\nx", "missing key 'GeneratedTokens'"),
      ("TIMESTAMP,ContextTokens,GeneratedTokens,Model\nx", "unknown key 'Model'"),
      ("a,b,c\n1,2,3\n", "the columns a,b,c; give JSON lines with timestamp,"),
      ("\u{0}\u{1}\u{2}", "not valid request log"),
      ("\u{1F}\u{8B}", "not valid request log"),
    ])
  func filesOfNoKind(text: String, expected: String) throws {
    let faults = try Self.faults(text)
    #expect(faults.first?.contains(expected) == true, "\(faults)")
  }

  @Test func linesWithoutEnd() throws {
    let long = String(repeating: "1", count: 17 << 20)
    let faults = try Self.faults(Self.azure + long)
    #expect(faults.first?.contains("log:2: error: not valid request log: a line of more") == true)
    // A long line that is fine: 200,000 blocks.
    let blocks = (0..<200_000).map { "\($0)" }.joined(separator: ",")
    let log = try Self.read(
      "{\"arrival_time_ns\":0,\"input_length\":3200000,\"output_length\":1,\"hash_ids\":[\(blocks)]}"
    )
    guard case .stream(let stream, .sharegpt) = log else {
      Issue.record("\(log.kind)")
      return
    }
    #expect(stream.blocks.count == 200_000)
  }

  @Test func noSuchFile() {
    #expect(throws: Faults.self) { try RequestFile.read("no/such/file") }
    #expect(throws: Faults.self) { try RequestFile.read(Checkout.path("scenarios")) }
  }
}
