import HydraNumerics
import Testing

@Suite struct CSVTableJSONLinesTests {
  @Test func `Objects become rows, absent members missing fields`() throws {
    let text = #"""
      {"a":1.5,"name":"x, \"y\"\nz"}

      {"b":true,"a":null}
      {"name":"","a":9223372036854775807,"c":"inf"}
      """#
    let table = try CSVTable(jsonLines: Array(text.utf8), file: "t.jsonl")
    #expect(table.header == ["a", "name", "b", "c"])
    #expect(table.count == 3)
    #expect(try table.optionalDoubles("a") == [1.5, nil, 0x1p63])
    #expect(try table.strings("name") == ["x, \"y\"\nz", "", ""])
    #expect(try table.integer(row: 2, column: 0) == .max)
    #expect(try table.doubles("c")[2] == .infinity)
    #expect((0..<3).map { table.line(of: $0) } == [1, 3, 4])
  }

  @Test(arguments: [
    ("{\"a\":1}\n{\"a\":}\n", "t:2: byte 5: a value is expected"),
    ("{\"a\":1}\n[1]\n", "t:2: is not an object"),
    ("{\"a\":{\"b\":1}}", "t:1: column 'a' holds a nested value; a single one is needed"),
    ("\n", "t:1: is empty; one object a line is needed"),
  ])
  func `Faults name the line`(text: String, message: String) {
    let error = #expect(throws: CSVError.self) { try CSVTable(jsonLines: Array(text.utf8), file: "t") }
    #expect(error?.description == message)
  }

  @Test func `A text that is no number is reported on its line`() throws {
    let table = try CSVTable(jsonLines: Array("{\"a\":1}\n\n{\"a\":\"x\"}\n".utf8), file: "t")
    let error = #expect(throws: CSVError.self) { try table.doubles("a") }
    #expect(error?.description == "t:3: column 'a': 'x' is not a number")
  }
}
