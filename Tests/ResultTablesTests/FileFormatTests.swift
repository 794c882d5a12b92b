import Quantities
import ResultTables
import Testing

@Suite struct FileFormatTests {
  func table() throws -> Table {
    var table = Table(
      title: "T",
      columns: [
        Column("name", .text), Column("time", .quantity(Seconds.self)),
        Column("reads", .integer, unit: "tokens"), Column("share", .real()),
      ], footnotes: ["f"])
    try table.append(["a, \"b\"", .quantity(Seconds(0.087)), 3, 0.1])
    try table.append(["", .missing, .missing, 1e-7])
    return table
  }

  @Test func csv() throws {
    #expect(
      try table().csv() == """
        name,time_seconds,reads_tokens,share
        "a, ""b""\",0.087,3,0.1
        "",,,1e-07

        """)
  }

  @Test func csvQuotesLineBreaks() throws {
    var table = Table(columns: [Column("a", .text)])
    try table.append(["x\r\ny"])
    #expect(table.csv() == "a\n\"x\r\ny\"\n")
  }

  @Test func jsonLines() throws {
    #expect(
      try table().jsonLines() == """
        {"name":"a, \\"b\\"","time_seconds":0.087,"reads_tokens":3,"share":0.1}
        {"name":"","time_seconds":null,"reads_tokens":null,"share":1e-07}

        """)
  }

  @Test func json() throws {
    var table = Table(columns: [Column("time", .quantity(Bytes.self))])
    try table.append([.quantity(Bytes(80e9))])
    #expect(
      try table.json() == """
        {
          "title": null,
          "columns": [
            {
              "name": "time_bytes",
              "type": "real",
              "unit": "B"
            }
          ],
          "rows": [
            {
              "time_bytes": 80000000000.0
            }
          ],
          "footnotes": []
        }

        """)
  }

  @Test func everyDimensionHasAWord() {
    let kinds: [any Quantity.Type] = [
      Seconds.self, Bytes.self, Flops.self, BytesPerSecond.self, FlopsPerSecond.self,
      PerSecond.self, Joules.self, Watts.self, JoulesPerByte.self, JoulesPerFlop.self,
      Dollars.self, DollarsPerSecond.self, Tokens.self, Layers.self,
    ]
    let names = kinds.map { Column("x", .quantity($0)).fileName }
    #expect(
      names == [
        "x_seconds", "x_bytes", "x_flops", "x_bytes_per_second", "x_flops_per_second",
        "x_per_second", "x_joules", "x_watts", "x_joules_per_byte", "x_joules_per_flop",
        "x_dollars", "x_dollars_per_second", "x_tokens", "x_layers",
      ])
  }

  @Test func rowsThatDoNotFitAreRefused() throws {
    var table = Table(columns: [Column("n", .integer), Column("t", .quantity(Seconds.self))])
    #expect(throws: TableFault.wrongCount(row: 0, found: 1, expected: 2)) {
      try table.append([1])
    }
    #expect(throws: TableFault.wrongKind(row: 0, column: "n")) {
      try table.append(["1", .missing])
    }
    #expect(throws: TableFault.wrongKind(row: 0, column: "t")) {
      try table.append([1, .quantity(Bytes(1))])
    }
    #expect(throws: TableFault.notFinite(row: 0, column: "t")) {
      try table.append([1, .quantity(Seconds(.nan))])
    }
    #expect(table.rows.isEmpty)
  }
}

@Suite struct JSONValueTests {
  @Test(arguments: [
    (JSONValue.null, "null"), (.boolean(true), "true"), (.integer(-3), "-3"),
    (.number(0.1), "0.1"), (.number(1e300), "1e+300"), (.array([]), "[]"), (.object([]), "{}"),
    (.text("é\"\\\n\t\u{1}"), #""é\"\\\n\t\u0001""#),
    (
      .pairs([("b", .integer(1)), ("a", .array([.null, .text("x")]))]), #"{"b":1,"a":[null,"x"]}"#
    ),
  ])
  func compact(value: JSONValue, expected: String) throws {
    #expect(try value.encoded() == expected)
  }

  @Test func refusalsNameThePlace() {
    let bad = JSONValue.pairs([("rows", .array([.null, .pairs([("x", .number(.infinity))])]))])
    #expect(throws: JSONFault.notFinite(path: "rows[1].x")) { try bad.encoded() }
    #expect(throws: JSONFault.duplicateKey(path: "a")) {
      try JSONValue.pairs([("a", .null), ("a", .null)]).encoded()
    }
  }
}
