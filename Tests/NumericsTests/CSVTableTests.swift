import Foundation
import HydraNumerics
import Testing
import TestSupport

@Suite struct CSVTableTests {
  private func table(_ text: String, _ change: (inout CSVTable.Options) -> Void = { _ in }) throws -> CSVTable {
    var options = CSVTable.Options()
    change(&options)
    return try CSVTable(bytes: Array(text.utf8), file: "t.csv", options: options)
  }

  private func fault(_ text: String, _ use: (CSVTable) throws -> Void = { _ in }) -> String {
    do {
      try use(table(text))
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func `Columns are found by name in any order`() throws {
    let table = try table("b,a\n1,x\n2.5,y\n")
    #expect(table.header == ["b", "a"])
    #expect(table.count == 2)
    #expect(try table.doubles("b") == [1, 2.5])
    #expect(try table.strings("a") == ["x", "y"])
    #expect(table.hasColumn("a") && !table.hasColumn("c"))
  }

  @Test func `Quoted fields hold commas, quotes and line breaks`() throws {
    let table = try table("name,note\n\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\n\"\"\"\",x\n")
    #expect(try table.strings("name") == ["a,b", "two\nlines", "\""])
    #expect(try table.strings("note") == ["say \"hi\"", "", "x"])
  }

  @Test(arguments: [
    "a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4", "\u{feff}a,b\n1,2\n3,4\n", "\"a\",\"b\"\n\"1\",2\n\n 3 ,4\n\n",
  ])
  func `Line endings, a byte-order mark, quotes and empty lines do not change the numbers`(text: String) throws {
    let table = try table(text)
    #expect(try table.doubles("a") == [1, 3])
    #expect(try table.doubles("b") == [2, 4])
  }

  @Test func `Empty fields are missing`() throws {
    let table = try table("a,b\n,x\n1,\n\"\",z\n  ,z\n")
    let numbers = try table.doubles("a")
    #expect(numbers[1] == 1)
    #expect([0, 2, 3].allSatisfy { numbers[$0].isNaN })
    #expect(try table.optionalDoubles("a") == [nil, 1, nil, nil])
    #expect(try table.optionalDoubles("nothing") == nil)
    #expect(try table.strings("b") == ["x", "", "z", "z"])
    #expect(
      fault("a,b\n1,2\n,3\n") { _ = try $0.doubles("a", missing: .refused) }
        == "t.csv:3: column 'a' is missing, a number is needed")
  }

  @Test func `A field that is no number is reported with its place`() {
    #expect(
      fault("strike,x\n1,2\nabc,3\n") { _ = try $0.doubles("strike") }
        == "t.csv:3: column 'strike': 'abc' is not a number")
    #expect(
      fault("x,n\n\"a\n\",1\n2,nan\n") { _ = try $0.doubles("n") } == "t.csv:4: column 'n': 'nan' is not a number")
    #expect(fault("x\n1e999\n") { _ = try $0.doubles("x") } == "t.csv:2: column 'x': '1e999' is not a number")
    #expect(fault("x\n0x10\n") { _ = try $0.doubles("x") } == "t.csv:2: column 'x': '0x10' is not a number")
    #expect(fault("x\n1.5\n") { _ = try $0.integers("x") } == "t.csv:2: column 'x': '1.5' is not a whole number")
    #expect(
      fault("x\n2012-02-30\n") { _ = try $0.dates("x") }
        == "t.csv:2: column 'x': '2012-02-30' is not a date like 2012-06-04")
    #expect(
      fault("x\n2012\n") { _ = try $0.timestamps("x") }
        == "t.csv:2: column 'x': '2012' is not a time like 2012-06-04T23:00:00Z")
    #expect(fault("a,b\n1,2\n") { _ = try $0.doubles("c") } == "t.csv: has no column 'c'; the columns are 'a', 'b'")
    #expect(fault("a,a\n1,2\n") { _ = try $0.doubles("a") } == "t.csv:1: has more than one column 'a'")
  }

  @Test func `Faults of form name the line`() {
    #expect(fault("a,b\n1,2\n3\n") == "t.csv:3: 1 fields where the header has 2")
    #expect(fault("a,b\n1,2,3\n") == "t.csv:2: 3 fields where the header has 2")
    #expect(fault("a,b\n1,\"2\n3,4\n") == "t.csv:2: a quoted field has no end")
    #expect(fault("a,b\n1,2\"3\n") == "t.csv:2: a quote inside a field that does not begin with one")
    #expect(fault("a,b\n1,\"2\"3\n") == "t.csv:2: text behind the closing quote of a field")
    #expect(fault("a,b\n1,2\r3,4\n") == "t.csv:2: a carriage return without a line feed")
    #expect(fault("a\n1\n\0\n") == "t.csv:3: a zero byte; this is not a text file")
    #expect(fault("") == "t.csv:1: is empty; a header row is needed")
    #expect(fault("\n\n") == "t.csv:1: is empty; a header row is needed")
  }

  @Test func `Texts for missing values are taken only when named`() throws {
    let table = try table("a\nNA\n1\n") { $0.missing = ["NA"] }
    #expect(try table.optionalDoubles("a") == [nil, 1])
  }

  @Test func `Infinities and signs are numbers`() throws {
    let numbers = try table("a\ninf\n-inf\nInfinity\n+1\n-0\n1.\n.5\n1E3\n").doubles("a")
    #expect(numbers == [.infinity, -.infinity, .infinity, 1, 0, 1, 0.5, 1000])
    #expect(numbers[4].sign == .minus)
  }

  @Test func `Typed columns`() throws {
    let table = try table("d;t;f;i\n2012-06-04;2012-06-04 23:00:00;true;3\n1969-12-31;1970-01-01T00:00:00.5Z;0;-4.0\n")
    {
      $0.delimiter = UInt8(ascii: ";")
    }
    #expect(try table.dates("d") == [CivilDate(year: 2012, month: 6, day: 4), CivilDate(dayNumber: -1)])
    #expect(try table.timestamps("t").map(\.nanoseconds) == [1_338_850_800_000_000_000, 500_000_000])
    #expect(try table.flags("f") == [true, false])
    #expect(try table.integers("i") == [3, -4])
  }

  @Test func `The parser agrees with the standard library on random numbers`() throws {
    var random = CounterRandom(seed: 1, stream: "number text")
    for round in 0..<50_000 {
      let value: Double
      switch round % 4 {
      case 0: value = Double(bitPattern: random.next())
      case 1: value = random.uniform()
      case 2: value = (random.uniform() * 1e6).rounded() / 100
      default: value = Double(random.below(1_000_000_000)) * Portable.pow(10, Double(random.below(60) - 30))
      }
      guard value.isFinite else { continue }
      let text = NumberText.text(value)
      try #require(NumberText.number(text)?.bitPattern == value.bitPattern, "\(text)")
      let fixed = "\(random.below(100_000)).\(random.next())e\(random.below(40) - 20)"
      try #require(NumberText.number(fixed) == Double(fixed), "\(fixed)")
    }
  }

  @Test func `Numbers in the middle between two doubles are rounded to even`() {
    for text in [
      "9007199254740993", "9007199254740995", "18446744073709551616", "18014398509481985", "1.8014398509481985",
      "0.500000000000000055511151231257827", "4503599627370496.5", "4503599627370497.5", "9007199254740992.9",
      "1152921504606846976", "1152921504606846975", "0.1000000000000000055", "72057594037927933",
      "00000000000000000000001.5", "36893488147419103232",
    ] { #expect(NumberText.number(text) == Double(text), "\(text)") }
  }

  @Test(arguments: [
    "", "-", "+", ".", "e5", "1e", "1e+", "1 2", "1,2", "1_000", "0x1p3", "nan", "--1", "in", "infinit", "1.2.3", "١",
  ])
  func `Other texts are no numbers`(text: String) {
    #expect(NumberText.number(text) == nil)
  }

  @Test func `What is written is read back`() throws {
    var writer = CSVWriter(header: ["x", "text, with comma"])
    let numbers = [0.1, -1.5e-300, .infinity, .nan, 143, 1e22, -0.0]
    let texts = ["plain", "a,b", "say \"hi\"", "two\nlines", "", " blank ", "ü"]
    for (number, text) in zip(numbers, texts) {
      writer.add(number)
      writer.add(text)
      writer.endRow()
    }
    let table = try CSVTable(bytes: writer.bytes, file: "w")
    #expect(try table.strings("text, with comma") == texts)
    let back = try table.doubles("x")
    for (got, number) in zip(back, numbers) { #expect(got.isNaN == number.isNaN && (got == number || got.isNaN)) }
    #expect(
      writer.text.hasPrefix(
        "x,\"text, with comma\"\n0.1,plain\n-1.5e-300,\"a,b\"\ninf,\"say \"\"hi\"\"\"\n,\"two\nlines\"\n143,\n"))
  }

  @Test func `A missing value alone in its row survives`() throws {
    var writer = CSVWriter(header: ["x"])
    for value in [1, .nan, 2] {
      writer.add(value)
      writer.endRow()
    }
    #expect(try CSVTable(bytes: writer.bytes, file: "w").optionalDoubles("x") == [1, nil, 2])
  }

  @Test(arguments: ["plain.csv", "packed.csv.gz", "packed.csv.zst"])
  func `Files are written and read back, packed or not`(name: String) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-csv-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var writer = CSVWriter(header: ["x"])
    for index in 0..<50_000 {
      writer.add(Double(index) / 8)
      writer.endRow()
    }
    let path = folder.appendingPathComponent(name).path
    try writer.write(to: path)
    #expect(try CSVTable(path: path).doubles("x") == (0..<50_000).map { Double($0) / 8 })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
    if name != "plain.csv" {
      let packed = try FileBytes.readRaw(path)
      // Several members in a row are one file; a cut or damaged one is an error, as is one that unpacks too far.
      #expect(try Compression.decompressed(packed + packed, file: name) == writer.bytes + writer.bytes)
      for cut in [packed.count - 1, packed.count - 5, packed.count / 2, 12] {
        #expect(throws: FileError.self) { try Compression.decompressed(Array(packed.prefix(cut)), file: name) }
      }
      var damaged = packed
      damaged[packed.count / 2] ^= 0x55
      #expect(throws: FileError.self) { try Compression.decompressed(damaged, file: name) }
      #expect(throws: FileError.self) {
        try Compression.decompressed(packed, file: name, limit: writer.bytes.count - 1)
      }
      #expect(try Compression.decompressed(packed, file: name, limit: writer.bytes.count) == writer.bytes)
      #expect(throws: FileError.self) { try Compression.decompressed(packed + [1, 2, 3], file: name) }
    }
    var small = CSVTable.Options()
    small.sizeLimit = 1000
    #expect(throws: FileError.self) { try CSVTable(path: path, options: small) }
    #expect(throws: FileError.self) { try CSVTable(path: path + ".absent") }
    #expect(throws: FileError.self) { try CSVTable(path: folder.path) }
  }

  @Test(.enabled(if: TestSupport.sharedData("market/carry/OATIES.csv.gz") != nil))
  func `Held-contract prices are read`() throws {
    let table = try CSVTable(path: TestSupport.sharedData("market/carry/OATIES.csv.gz")!.path)
    #expect(try table.timestamps("datetime").first?.description == "1970-04-03T23:00:00Z")
    #expect(try table.doubles("price").first == 64)
  }
}

/// Lines against plain counting, over texts with empty lines, line breaks in quotes and both kinds of line ends.
@Suite struct CSVLineTests {
  @Test(arguments: 1...40)
  func linesAreThoseOfPlainCounting(seed: Int) throws {
    var random = CounterRandom(seed: UInt64(seed), stream: "lines")
    var text = ""
    var expected: [Int] = []
    func newline() -> String { random.below(3) == 0 ? "\r\n" : "\n" }
    for row in 0...30 {
      while random.below(4) == 0 { text += newline() }
      if row > 0 { expected.append(text.utf8.count { $0 == 10 } + 1) }
      text += random.below(5) == 0 ? "\"x\ny\n\",1" : "x,1"
      text += newline()
    }
    let table = try CSVTable(bytes: Array(text.utf8), file: "t.csv")
    #expect((0..<table.count).map { table.line(of: $0) } == expected)
  }
}
