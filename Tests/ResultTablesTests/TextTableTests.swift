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
