import Quantities
import ResultTables
import Testing

@Suite struct TextTableTests {
  @Test func alignedWithUnits() throws {
    var table = Table(
      title: "Prediction",
      columns: [
        Column("variant", .text), Column("tpot", .quantity(Seconds.self)),
        Column("steps", .integer, unit: "tokens"), Column("coverage", .real(.decimals(3))),
      ],
      footnotes: ["no measurement for naive"])
    try table.append(["bundled", .quantity(Seconds(0.087)), 256, 0.98765])
    try table.append(["naive", .quantity(Seconds(2.196)), 7, .missing])
    #expect(
      table.text() == """
        Prediction
        variant     tpot  steps (tokens)  coverage
        -------  -------  --------------  --------
        bundled    87 ms             256     0.988
        naive    2.196 s               7         -
        no measurement for naive

        """)
  }

  @Test func longTextIsBrokenOverLines() throws {
    var table = Table(columns: [Column("why", .text), Column("n", .integer)])
    try table.append(["flash reads bound the step", 12])
    #expect(
      table.text(width: 20) == """
        why                n
        ----------------  --
        flash reads       12
        bound the step

        """)
  }

  @Test func tooManyColumnsGoIntoBands() throws {
    var table = Table(
      columns: [Column("k", .text)] + (1...4).map { Column("number\($0)", .integer) })
    try table.append(["a", 1, 2, 3, 4])
    #expect(
      table.text(width: 20) == """
        k  number1  number2
        -  -------  -------
        a        1        2

        k  number3  number4
        -  -------  -------
        a        3        4

        """)
  }

  /// Amounts of one unit compare at a glance; those too far apart keep a unit each.
  @Test func amountsInOneUnit() throws {
    var table = Table(columns: [
      Column("variant", .text), Column("tpot", .quantity(Seconds.self), inOneUnit: true),
      Column("energy", .quantity(Joules.self), inOneUnit: true),
    ])
    try table.append(["naive", .quantity(Seconds(2.196)), .quantity(Joules(40))])
    try table.append(["bundled", .quantity(Seconds(0.087)), .quantity(Joules(40e-9))])
    try table.append(["none", .missing, .quantity(Joules(0))])
    #expect(
      table.text() == """
        variant  tpot (ms)  energy
        -------  ---------  ------
        naive       2196.0    40 J
        bundled       87.0   40 nJ
        none             -    0 pJ

        """)
  }

  /// Names are put on another line whole: a table in bands is easier to read than cut names.
  @Test func namesAreNotCut() throws {
    var table = Table(columns: [
      Column("variant", .text), Column("tpot", .real(.decimals(1))),
      Column("energy", .real(.decimals(1))), Column("memory of the tier", .real(.decimals(1))),
    ])
    try table.append(["window-5-8-threads", 10000.0, 2.0, 3.0])
    #expect(table.text(width: 56).contains("window-5-8-threads"))
    #expect(table.text(width: 56).split(separator: "\n").allSatisfy { $0.count <= 56 })
  }

  @Test(arguments: [20, 40, 100]) func neverWiderThanAsked(width: Int) throws {
    var table = Table(
      title: String(repeating: "long title ", count: 30),
      columns: [Column("a", .text), Column("b", .text), Column("c", .real())])
    try table.append([
      .text(String(repeating: "word ", count: 50)), .text(String(repeating: "x", count: 300)),
      1.23456,
    ])
    let lines = table.text(width: width).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= width })
    #expect(lines.contains { $0.contains("1.235") })
  }

  @Test func controlCharactersDoNotBreakTheTable() throws {
    var table = Table(columns: [Column("a", .text)])
    try table.append(["x\ny\u{1B}[31m"])
    #expect(table.text() == "a\n--------\nx y [31m\n")
  }
}
