import HydraMarket
import HydraNumerics
import Testing

/// What shows only when a file is seen as a whole, or beside others.
@Suite struct DataCheckTests {
  static func findings(_ files: [String: [String]], rules: RepairRules = RepairRules()) throws -> [DataFinding] {
    var files = files
    files["carry/OATIES.csv"] = files["carry/OATIES.csv"] ?? MarketFixture.oneBar
    let fixture = try MarketFixture(files)
    return try DataCheck(folder: fixture.folder, rules: rules).findings()
  }

  @Test func anOrdinaryFolderHasNoFinding() throws {
    #expect(try Self.findings([:]).isEmpty)
  }

  @Test func aCodeThatComesAgainIsFound() throws {
    let contracts = [
      "symbol,code,contract,last_trade_day", "ZO,ZOH4,20140300,2014-03-14", "ZO,ZOK4,20140500,2014-05-14",
      "ZC,ZOH4,20140300,2014-03-14", "ZO,ZOH4,20240300,2024-03-14", "ZO,ZOH4,20240300,2024-03-14",
    ]
    let found = try Self.findings(["contracts.csv": contracts])
    #expect(found.map(\.kind) == [.reusedCode])
    #expect(found[0].line == 5 && found[0].column == "code" && found[0].value == "ZOH4")
    #expect(found[0].date == date("2024-03-14") && found[0].message.contains("2014-03 in line 2"))
  }

  @Test func theSameFileOnTwoDaysIsFound() throws {
    let chain = ["strike,bid", "350,1.25"]
    let found = try Self.findings([
      "options/chain_20141223.csv": chain, "options/chain_20141224.csv": chain,
      "options/chain_20141226.csv": ["strike,bid", "350,1.5"], "notes/copy.csv": ["a", "1"],
      "notes/other.csv": ["a", "1"],
    ])
    #expect(found.map(\.kind) == [.identicalFile])
    #expect(found[0].file == "options/chain_20141224.csv" && found[0].date == date("2014-12-24"))
    #expect(found[0].message.contains("2014-12-23 was delivered again"))
  }

  @Test func twoMarketsWithOneFileAreFoundThoughOneIsCompressed() throws {
    let rows = [MarketFixture.dailyHeader, "2014-12-22,310,312,308,310,311,5,1"]
    let fixture = try MarketFixture(["carry/OATIES.csv": MarketFixture.oneBar, "daily/ZO.csv": rows])
    try fixture.write("daily/ZC.csv.gz", bytes: try Compression.gzip(Array((rows.joined(separator: "\n") + "\n").utf8)))
    let found = try DataCheck(folder: fixture.folder).findings().filter { $0.kind == .identicalFile }
    #expect(found.map(\.file) == ["daily/ZO.csv"])
  }

  /// Hourly rows of a session that ends at 13:00 in Chicago, stamped in UTC or with the offset of the first day.
  static func hourly(isUTC: Bool) -> [String] {
    var rows = [MarketFixture.carryHeader]
    var day = date("2014-02-24")
    let first = ExchangeZone.chicago.timestamp(day, hour: 9)
    while day < date("2014-03-29") {
      for hour in 9...13 where day.weekday < 5 {
        let moment =
          isUTC
          ? ExchangeZone.chicago.timestamp(day, hour: hour)
          : first.adding(seconds: Int64(day - date("2014-02-24")) * 86_400 + Int64(hour - 9) * 3600)
        rows.append("\(moment.description),,,350,20140500,,20140700")
      }
      day = day.adding(days: 1)
    }
    return rows
  }

  @Test func hoursThatIgnoreTheChangeOfClocksAreFound() throws {
    let good = try Self.findings(["carry/OATIES.csv": Self.hourly(isUTC: true)])
    #expect(!good.contains { $0.kind == .clockChange })
    let bad = try Self.findings(["carry/OATIES.csv": Self.hourly(isUTC: false)]).filter { $0.kind == .clockChange }
    #expect(bad.map(\.date) == [date("2014-03-10")])
    #expect(bad[0].line == 2 + 5 * 10 && bad[0].column == "datetime")
  }

  @Test func releasesAnHourOffAfterAChangeOfClocksAreFound() throws {
    let rows = [
      MarketFixture.reportHeader + ",release_time", "2014-03-04,100,200,2014-03-07T20:30:00Z",
      // Written with the offset of standard time: 15:30 of this Friday is 19:30.
      "2014-03-11,110,200,2014-03-14T20:30:00Z", "2014-03-18,120,200,2014-03-21T19:30:00Z",
    ]
    func reports(_ action: RepairRules.Action) throws -> MarketHistory {
      var rules = RepairRules()
      try rules.set(.clockChange, to: action)
      return try MarketFixture(["carry/OATIES.csv": MarketFixture.oneBar, "cot/ZO_commercials.csv": rows]).oats(rules)
    }
    let kept = try reports(.keep)
    #expect(kept.findings.map(\.kind) == [.clockChange] && kept.findings[0].line == 3)
    #expect(kept.reports[1].times.available == time("2014-03-14T20:30:00Z") && kept.repairs.isEmpty)
    let corrected = try reports(.correct)
    #expect(corrected.reports[1].times.available == time("2014-03-14T19:30:00Z"))
    #expect(corrected.repairs.map(\.after) == ["2014-03-14T19:30:00Z"])
    #expect(try reports(.drop).reports.map(\.commercialLong) == [100, 120])
  }

  @Test func wholeColumnsAndYearsAreLookedAt() throws {
    var rows = [MarketFixture.dailyHeader]
    for (index, day) in ExchangeCalendar.tradingDays(from: date("2013-01-01"), to: date("2015-01-01")).enumerated() {
      let isFlat = day.year == 2013 && index % 5 == 0
      let price = 300 + index % 7
      let volume = day.year == 2014 && index % 20 == 0 ? 0 : 90 + index % 11
      rows.append(
        "\(day),\(price),\(isFlat ? price : price + 2),\(isFlat ? price : price - 2),\(price),\(price),\(volume),9")
    }
    rows[10] = rows[9].replacing("2013-01-14", with: "2013-01-15")
    let found = try Self.findings(["daily/ZO.csv": rows])
    #expect(found.map(\.kind) == [.staleSettlement, .flatRange, .copiedColumn, .thinVolume])
    #expect(found[0].line == 11 && found[0].date == date("2013-01-15"))
    #expect(found[1].date?.year == 2013 && found[2].column == "last")
    #expect(found[3].message.contains("of them in 2014"))
  }

  @Test func theContractsBarsTellLateSettlementsFromOtherDifferences() throws {
    let days = ExchangeCalendar.tradingDays(from: date("2014-01-06"), to: date("2014-01-14"))
    let settles = [350, 352, 349, 355, 351, 357]
    var (carry, bars) = ([MarketFixture.carryHeader], ["date,contract,settle"])
    for (index, day) in days.enumerated() {
      let written = index == 2 ? settles[1] : index == 4 ? 360 : settles[index]
      carry.append("\(day) 23:00:00,,20131200,\(written),20140300,,20140500")
      bars.append("\(day),20140300,\(settles[index])")
    }
    func history(_ action: RepairRules.Action) throws -> MarketHistory {
      var rules = RepairRules()
      try rules.set(.staleSettlement, to: action)
      try rules.set("sources_differ=\(action.rawValue)")
      return try MarketFixture(["carry/OATIES.csv": carry, "bars/ZO.csv": bars]).oats(rules)
    }
    let kept = try history(.keep)
    #expect(kept.findings.map(\.kind) == [.staleSettlement, .sourcesDiffer])
    #expect(kept.findings.map(\.line) == [4, 6])
    #expect(kept.bars.map(\.close) == [350, 352, 352, 355, 360, 357])
    #expect(try history(.correct).bars.map(\.close) == settles.map(Double.init))
    #expect(try history(.drop).bars.map(\.close) == [350, 352, 355, 357])
    #expect(try history(.drop).rollFreeChanges() == [nil, 2, 3, 2])
  }

  @Test func secondPricesWithinAnHourAndHoursThatNeverOccurAreFound() throws {
    var rows = [MarketFixture.carryHeader]
    for day in ExchangeCalendar.tradingDays(from: date("2014-04-01"), to: date("2014-06-01")) {
      for hour in ["02", "14", "15", "16"] { rows.append("\(day) \(hour):00:00,,,350,20140700,,20140900") }
      if day == date("2014-04-10") { rows.append("\(day) 16:59:23,,,351,20140700,,20140900") }
    }
    let found = try Self.findings(["carry/OATIES.csv": rows])
    #expect(found.map(\.kind) == [.duplicate, .missingValues, .missingHours])
    #expect(found[0].date == date("2014-04-10") && found[0].action == .noted)
    #expect(found[1].column == "carry")
    #expect(found[2].value == "00 01 03 04 05 06 07 08 09 10 11 12 13 17 18 19 20 21 22")
  }
}
