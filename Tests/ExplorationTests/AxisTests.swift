import Diagnostics
import Exploration
import Testing

/// Values of a key as they are written after `--vary`.
struct AxisTests {
  @Test(arguments: [
    ("a=1,2,4", ["1", "2", "4"]),
    ("a=1..4:1", ["1", "2", "3", "4"]),
    ("a=1..4:2", ["1", "3"]),
    ("a=1GB..8GB*2", ["1GB", "2GB", "4GB", "8GB"]),
    ("a=0.1..0.5:0.1", ["0.1", "0.2", "0.3", "0.4", "0.5"]),
    ("a=256 tokens..1024 tokens*2", ["256 tokens", "512 tokens", "1024 tokens"]),
    ("a=256..1024 tokens*2", ["256 tokens", "512 tokens", "1024 tokens"]),
    ("a=1..100@3", ["1", "10", "100"]),
    ("a=1..3@9", ["1", "2", "3"]),
    ("a=1/s..4/s@3", ["1/s", "2/s", "4/s"]),
    ("a=1/s..2/s@3", ["1/s", "1.41421356237/s", "2/s"]),
    ("a=0..4,1..2", ["0..4", "1..2"]),
    ("a={keep: 1, sink: 2},all", ["{keep: 1, sink: 2}", "all"]),
    ("a=3..3:1", ["3"]),
  ])
  func valuesOfAnAxis(text: String, values: [String]) throws {
    let axis = try Axis(parsing: text)
    #expect(axis.key == "a")
    #expect(axis.values == values)
  }

  @Test(arguments: [
    "a", "=1", "a=", "a=1,,2", "a=1,1", "a.=1", "a=4..1:1", "a=1..4:0", "a=1..4:-1", "a=1..4*1",
    "a=0..4*2", "a=1GB..4MB*2", "a=1..4@1", "a=1..9000000:1", "a=1GB..4GB:1MB", "a=2..2@2",
  ])
  func faultyAxesAreRefused(text: String) {
    #expect(throws: Faults.self) { try Axis(parsing: text) }
  }

  @Test func numbersOfAnAxisNeedOneUnit() throws {
    #expect(try Axis(parsing: "a=1 GB,2 GB").numbers == [1, 2])
    #expect(try Axis(parsing: "a=1 GB,2 MB").numbers == nil)
    #expect(try Axis(parsing: "a=h100,h200").numbers == nil)
  }
}
