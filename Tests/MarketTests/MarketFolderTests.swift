import HydraMarket
import HydraNumerics
import Testing

@Suite struct MarketFolderTests {
  @Test func instrumentsHaveCostsFromTheFileAndTicksFromTheTable() throws {
    let fixture = try MarketFixture([:])
    let oats = try fixture.folder.instrument("OATIES")
    #expect(oats == (try fixture.folder.instrument("ZO")))
    #expect((oats.pointValue, oats.commission, oats.halfSpread) == (50, 1.5, 0.98))
    #expect((oats.tickSize, oats.dailyLimit, oats.currency) == (0.25, 20, "USD"))
    #expect(oats.related.first == "ZC")
    #expect(try fixture.folder.instruments().map(\.symbol) == ["ZC", "ZO", "VIX"])
    #expect(try fixture.folder.instrument("VIX").averageDailyVolume != nil)
  }

  @Test func whatIsMissingIsNamed() throws {
    let fixture = try MarketFixture([:])
    #expect(throws: MarketDataError.unknownMarket("QQ", known: ["VIX", "ZC", "ZO"])) {
      try fixture.folder.history(symbol: "QQ", ingested: MarketFixture.ingested)
    }
    #expect(throws: MarketDataError.missingFile(path: fixture.url.path + "/carry/OATIES.csv")) { try fixture.oats() }
    #expect(throws: MarketDataError.missingFile(path: "/nowhere/carry/instruments.csv")) {
      try MarketFolder(path: "/nowhere").instruments()
    }
    #expect(!fixture.folder.hasMarket("ZO"))
  }

  @Test func aMarketWithoutDailyAndPositionsHasNone() throws {
    let history = try MarketFixture(["carry/OATIES.csv": MarketFixture.oneBar]).oats()
    #expect(history.bars.count == 1 && history.daily.isEmpty && history.reports.isEmpty)
  }

  @Test(arguments: [
    ("carry/OATIES.csv", "2014-01-02,,,350,2014,,20140500", "3: column 'price_contract': '2014' is not"),
    ("carry/OATIES.csv", "2014-01-02 23:00:00,,,abc,20140300,,", "3: column 'price': 'abc' is not a number"),
    ("carry/OATIES.csv", "yesterday,,,350,20140300,,", "3: column 'datetime': 'yesterday' is not a time"),
    ("carry/OATIES.csv", "9014-01-02 23:00:00,,,350,20140300,,", "3: column 'datetime'"),
    ("daily/ZO.csv", "2014-01-32,1,1,1,1,1,1,1", "2: column 'date': '2014-01-32' is not a date"),
    ("daily/ZO.csv", "2014-01-03,1,1,1,1,x,1,1", "2: column 'settle': 'x' is not a number"),
    ("cot/ZO_commercials.csv", "2014-01-07,1,many", "2: column 'commercial_short': 'many' is not a number"),
    ("cot/ZO_commercials.csv", "2014-01-07,1", "2"),
  ])
  func malformedFilesSayWhere(file: String, row: String, message: String) throws {
    let headers = [
      "carry/OATIES.csv": MarketFixture.oneBar, "daily/ZO.csv": [MarketFixture.dailyHeader],
      "cot/ZO_commercials.csv": [MarketFixture.reportHeader],
    ]
    let fixture = try MarketFixture(["carry/OATIES.csv": MarketFixture.oneBar])
    try fixture.write(file, try #require(headers[file]) + [row])
    let error = #expect(throws: (any Error).self) { try fixture.oats() }
    #expect("\(error!)".contains("\(file):\(message)"), "\(error!)")
  }

  @Test func aFileWithoutItsColumnsIsNamed() throws {
    let fixture = try MarketFixture(["carry/OATIES.csv": ["datetime,close", "2014-01-02 23:00:00,350"]])
    let error = #expect(throws: MarketDataError.self) { try fixture.oats() }
    #expect(error!.description.contains("carry/OATIES.csv:1: column 'price': there is no such column; the file has "))
  }

  @Test func compressedFilesAreReadAsTheyAre() throws {
    let plain = try MarketFixture(["carry/OATIES.csv": [MarketFixture.carryHeader] + CarryImportTests.snapshotRows])
    let bytes = try FileBytes.readRaw(plain.url.path + "/carry/OATIES.csv")
    for (ending, packed) in [("gz", try Compression.gzip(bytes)), ("zst", try Compression.zstd(bytes))] {
      let fixture = try MarketFixture([:])
      try fixture.write("carry/OATIES.csv.\(ending)", bytes: packed)
      let history = try fixture.oats()
      #expect(history.bars == (try plain.oats().bars))
      #expect(history.fileHashes == ["carry/OATIES.csv.\(ending)": SHA256.hash(packed)])
    }
  }

  @Test func marginsHoldFromTheirDate() throws {
    let fixture = try MarketFixture([
      "daily/margins/ZO.csv": ["date,initial,maintenance", "19900101,875,700", "20130102,1100,1000"]
    ])
    let margins = try fixture.folder.margins(symbol: "ZO")
    #expect(margins.rate(on: date("2013-01-01"))?.initial == 875)
    #expect(margins.rate(on: date("2013-01-02"))?.maintenance == 1000)
    #expect(margins.rate(on: date("1989-12-31")) == nil)
  }

  @Test func daysShowWhatWasKnownThen() throws {
    let history = try MarketFixture([
      "carry/OATIES.csv": [
        MarketFixture.carryHeader, "2014-01-09 23:00:00,,,350,20140300,,20140500",
        "2014-01-10 23:00:00,,,352,20140300,,20140500", "2014-01-13 23:00:00,,,351,20140300,,20140500",
      ],
      "daily/ZO.csv": [MarketFixture.dailyHeader, "2014-01-10,1,2,1,1,1,77,1"],
      "cot/ZO_commercials.csv": [MarketFixture.reportHeader, "2014-01-07,100,200"],
    ]).oats()
    let days = history.days(from: date("2014-01-09"), to: date("2014-01-10"))
    #expect(days.map(\.change) == [nil, 2])
    #expect(days.map(\.daily?.volume) == [nil, 77])
    #expect(days.map(\.report?.asOf) == [nil, date("2014-01-07")], "released on the 10th")
    #expect(history.summary(of: days)["bars"] == 2)
  }
}
