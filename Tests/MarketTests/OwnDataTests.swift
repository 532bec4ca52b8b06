import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

/// Files of any names, columns and forms become the same history through a mapping.
@Suite struct OwnDataTests {
  /// Reads a standard table and writes it with other names, order, dates, numbers and contracts.
  static func rewritten(_ bytes: [UInt8], columns: [(own: String, standard: String)]) throws -> [String] {
    let table = try CSVTable(bytes: bytes, file: "original")
    let indices = try columns.map { try table.requiredIndex(of: $0.standard) }
    var lines = [columns.map(\.own).joined(separator: ";")]
    for row in 0..<table.count {
      let fields = zip(columns, indices).map { column, index in
        own(table.string(row: row, column: index), column.standard)
      }
      lines.append(fields.joined(separator: ";"))
    }
    return lines
  }

  static func own(_ text: String, _ column: String) -> String {
    switch column {
    case _ where text.isEmpty: return ""
    case "datetime": return "\(day(text)) \(text.dropFirst(11).prefix(5))"
    case "date", "as_of_date": return day(text)
    case "release_time": return text
    case _ where column.hasSuffix("contract"): return "OAT" + ContractMonth(text)!.code
    case "volume", "prev_open_interest", "commercial_long", "commercial_short":
      return NumberText.text(Double(text)!)
    default: return NumberText.text(NumberText.number("\(text)e-2")!).replacing(".", with: ",")
    }
  }

  private static func day(_ iso: String) -> String {
    "\(iso.dropFirst(8).prefix(2))/\(iso.dropFirst(5).prefix(2))/\(iso.prefix(4))"
  }

  static let prices = [
    ("Next month", "forward_contract"), ("Close", "price"), ("When", "datetime"), ("Month", "price_contract"),
    ("Next", "forward"), ("Near", "carry"), ("Near month", "carry_contract"),
  ]
  static let daily = [
    ("Open interest", "prev_open_interest"), ("Lots", "volume"), ("Settled", "settle"), ("Last", "last"),
    ("Day", "date"),
    ("Low", "low"), ("High", "high"), ("First", "open"),
  ]
  static let positions = [("Short", "commercial_short"), ("Tuesday", "as_of_date"), ("Long", "commercial_long")]

  static func mapping(released: Bool) throws -> MarketMapping {
    func columns(_ list: [(String, String)]) -> JSONValue {
      .object(list.map { (key: $0.1, value: .string($0.0)) })
    }
    let form: [(String, JSONValue)] = [
      ("delimiter", ";"), ("decimal", ","), ("price_factor", 100), ("contract_format", "code"),
    ]
    func table(_ file: String, _ date: String, _ list: [(String, String)]) -> JSONValue {
      var table: JSONValue = ["file": .string(file), "date_format": .string(date), "columns": columns(list)]
      for (key, value) in form { table[key] = value }
      return table
    }
    var reports = table("reports/own.csv", "dd/MM/yyyy", positions + (released ? [("Out", "release_time")] : []))
    if released { reports["date_formats"] = ["release_time": "yyyy-MM-ddTHH:mm:ssZ"] }
    return try MarketMapping([
      "version": 1,
      "markets": [
        [
          "symbol": "ZO", "name": "My oats", "point_value": 50, "tick": 0.25, "commission": 1.5, "half_spread": 0.98,
          "old_report_units": 5, "prices": table("own prices.csv", "dd/MM/yyyy HH:mm", prices),
          "daily": table("days.csv", "dd/MM/yyyy", daily), "reports": reports,
        ]
      ],
    ])
  }

  /// Rewrites a market, reads it through the mapping, and compares.
  static func check(_ contents: (String) throws -> [UInt8], original: MarketHistory, released: Bool) throws {
    let fixture = try MarketFixture([
      "own prices.csv": rewritten(contents("carry/OATIES.csv"), columns: prices.map { (own: $0.0, standard: $0.1) }),
      "days.csv": rewritten(contents("daily/ZO.csv"), columns: daily.map { (own: $0.0, standard: $0.1) }),
      "reports/own.csv": rewritten(
        contents("cot/ZO_commercials.csv"),
        columns: (positions + (released ? [("Out", "release_time")] : [])).map { (own: $0.0, standard: $0.1) }),
    ])
    let folder = MarketFolder(path: fixture.url.path, mapping: try mapping(released: released))
    let own = try folder.history(symbol: "ZO", ingested: MarketFixture.ingested)
    #expect(own.bars == original.bars && !own.bars.isEmpty)
    #expect(own.rolls == original.rolls && !own.rolls.isEmpty)
    #expect(own.daily == original.daily && !own.daily.isEmpty)
    #expect(own.reports == original.reports && !own.reports.isEmpty)
    #expect(own.instrument.name == "My oats" && own.instrument.pointValue == 50)
    // Whatever is odd stands in the same lines, under the user's names.
    let places = { (history: MarketHistory) in
      history.findings.filter { $0.kind != .staleSettlement }.map { "\($0.kind) \($0.line ?? 0)" }
    }
    #expect(places(own) == places(original))
    #expect(own.findings.allSatisfy { ["own prices.csv", "days.csv", "reports/own.csv"].contains($0.file) })
    #expect(
      own.findings.compactMap(\.column).allSatisfy { name in
        (prices + daily + positions + [("Out", "")]).contains { $0.0 == name } || name == "release_time"
      })
    #expect(try DataCheck(folder: folder).findings().count >= own.findings.count)
  }

  @Test func aGeneratedMarketRenamedAndReorderedIsTheSame() throws {
    let world = SyntheticWorld.generate(.init(seed: 11, years: 4))
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-own-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try world.write(to: url.path)
    let original = try MarketFolder(path: url.path).history(symbol: "ZO", ingested: MarketFixture.ingested)
    try Self.check({ try #require(world.contents(of: $0)) }, original: original, released: true)
  }

  @Test(.enabled(if: TestSupport.sharedData("market") != nil, "the sample market data is not here"))
  func aRealMarketRenamedAndReorderedIsTheSame() throws {
    let folder = try #require(TestSupport.sharedData("market"))
    let original = try MarketFolder(path: folder.path).history(symbol: "ZO", ingested: MarketFixture.ingested)
    try Self.check(
      { try FileBytes.read(folder.appendingPathComponent("\($0).gz").path) }, original: original, released: false)
  }

  // MARK: - Errors

  static func folder(_ lines: [String], _ change: (inout JSONValue) -> Void = { _ in }) throws -> (
    MarketFixture, MarketFolder
  ) {
    var prices: JSONValue = [
      "file": "p.csv", "date_format": "dd.MM.yyyy", "decimal": ",", "delimiter": ";", "contract_format": "name",
      "columns": ["datetime": "Day", "price": "Close", "price_contract": "Month"],
    ]
    change(&prices)
    let mapping = try MarketMapping([
      "version": 1,
      "markets": [
        ["symbol": "X", "point_value": 50, "tick": 0.25, "commission": 1, "half_spread": 1, "prices": prices]
      ],
    ])
    let fixture = try MarketFixture(["p.csv": lines])
    return (fixture, MarketFolder(path: fixture.url.path, mapping: mapping))
  }

  @Test(arguments: [
    ("Month;Close;Day", "Mar 2014;350,5;2.1.2014", "p.csv:2: column 'Day': '2.1.2014' is not a date like dd.MM.yyyy"),
    (
      "Month;Close;Day", "Mar 2014;350.5;02.01.2014",
      "p.csv:2: column 'Close': '350.5' is not a number with a decimal comma"
    ),
    ("Month;Close;Day", "M14;350,5;02.01.2014", "p.csv:2: column 'Month': 'M14' is not a contract like Mar 2015"),
    (
      "Month;Price;Day", "Mar 2014;350,5;02.01.2014",
      "p.csv:1: column 'Close': there is no such column; the file has Month, Price, Day"
    ),
  ])
  func errorsNameTheUsersFileLineAndColumn(header: String, row: String, problem: String) throws {
    let (fixture, folder) = try Self.folder([header, row])
    let error = #expect(throws: MarketDataError.self) {
      _ = try folder.history(symbol: "X", ingested: MarketFixture.ingested)
    }
    #expect(error?.description == "\(fixture.url.path)/\(problem)")
  }

  @Test func aMissingFileAndAnUnknownMarketAreErrors() throws {
    let (_, folder) = try Self.folder(["Month;Close;Day"]) { $0["file"] = "q.csv" }
    #expect(throws: MarketDataError.self) { _ = try folder.history(symbol: "X", ingested: MarketFixture.ingested) }
    #expect(throws: MarketDataError.self) { _ = try folder.history(symbol: "ZO", ingested: MarketFixture.ingested) }
  }

  @Test(arguments: [
    (#"{"markets":[]}"#, "version: has to be 1"), (#"{"version":1,"markets":[]}"#, "markets: a list of at least one"),
    (#"{"version":1,"market":[]}"#, "market: unknown key; known are version, markets"),
    (#"{"version":1,"markets":[{"symbol":"X"}]}"#, "markets.0.point_value: is missing"),
    (
      #"{"version":1,"markets":[{"symbol":"X","point_value":-1,"tick":1,"commission":0,"half_spread":0}]}"#,
      "markets.0.point_value: -1 is not a number above 0"
    ),
    (
      #"{"version":1,"markets":[{"symbol":"X","point_value":1,"tick":1,"commission":0,"half_spread":0,"prices":{"file":"p","columns":{"date":"d"}}}]}"#,
      "markets.0.prices.columns.date: unknown key; known are datetime, price"
    ),
    (
      #"{"version":1,"markets":[{"symbol":"X","point_value":1,"tick":1,"commission":0,"half_spread":0,"prices":{"file":"p","columns":{"datetime":"d","price":"p"}}}]}"#,
      "markets.0.prices.columns: 'price_contract' is missing"
    ),
    (
      #"{"version":1,"markets":[{"symbol":"X","point_value":1,"tick":1,"commission":0,"half_spread":0,"prices":{"file":"p","time_zone":"Mars","columns":{"datetime":"d","price":"p","price_contract":"c"}}}]}"#,
      "markets.0.prices.time_zone: 'Mars' is not one of UTC, America/New_York, America/Chicago"
    ),
  ])
  func wrongMappingsNameTheKey(text: String, problem: String) throws {
    let error = #expect(throws: MappingError.self) { _ = try MarketMapping(JSONValue(parsing: Array(text.utf8))) }
    #expect(error?.description.hasPrefix(problem) == true, "\(error?.description ?? "")")
  }

  // MARK: - Forms

  @Test func datesAreReadAsTheyAreWritten() {
    func read(_ pattern: String, _ text: String) -> String? {
      DatePattern(pattern)?.parse(text).map { "\($0.date) \($0.secondsOfDay.map(String.init) ?? "-")" }
    }
    #expect(read("dd.MM.yyyy", "24.12.2014") == "2014-12-24 -")
    #expect(read("M/d/yyyy H:mm", "1/2/2014 9:30") == "2014-01-02 34200")
    #expect(read("dd-MMM-yy", "02-Jan-99") == "1999-01-02 -")
    #expect(read("yyyyMMdd", "20140102") == "2014-01-02 -")
    for text in ["24.12.14", "31.02.2014", "24.12.2014 ", "", "x"] { #expect(read("dd.MM.yyyy", text) == nil) }
    #expect(DatePattern("MM.yyyy") == nil && DatePattern("HH:mm") == nil)
  }

  @Test func localTimesAndConstantsAreRead() throws {
    let (fixture, folder) = try Self.folder(["Day;Close", "10.03.2014 13:00;350,25", "11.03.2014 18:00;351"]) {
      $0["date_format"] = "dd.MM.yyyy HH:mm"
      $0["time_zone"] = "America/Chicago"
      $0["columns"] = ["datetime": "Day", "price": "Close"]
      $0["constants"] = ["price_contract": "Dec 2049"]
    }
    let history = try folder.history(symbol: "X", ingested: MarketFixture.ingested)
    // 13:00 in Chicago is 18:00 UTC in March: an hourly price. 18:00 is 23:00 UTC: a settlement row behind a feed of hours.
    #expect(history.bars.map(\.close) == [350.25] && history.bars[0].contract == ContractMonth(year: 2049, month: 12))
    #expect(history.bars[0].source == .hourly && history.bars[0].date == date("2014-03-10"))
    #expect(FileManager.default.fileExists(atPath: fixture.url.path))
    #expect(history.findings.first?.line == 3 && history.findings.first?.date == date("2014-03-11"))
  }

  @Test func theTemplateIsAFolderThatIsReadWithoutAFinding() throws {
    let files = MarketTemplate.files
    #expect(files.map(\.name) == ["mapping.yaml", "prices.csv", "daily.csv", "positions.csv"])
    #expect(files.allSatisfy { !$0.text.isEmpty && $0.text.hasSuffix("\n") })
  }
}
