import HydraMarket
import HydraNumerics
import Testing

@Suite struct DailyImportTests {
  static func history(_ rows: [String]) throws -> MarketHistory {
    try MarketFixture([
      "carry/OATIES.csv": MarketFixture.oneBar, "daily/ZO.csv": [MarketFixture.dailyHeader] + rows,
    ]).oats()
  }

  @Test func aRowIsABarKnownAtElevenInTheEvening() throws {
    let history = try Self.history(["2014-12-24,310.0,310.5,308.5,310.0,309.75,10.0,1312.0"])
    let known = time("2014-12-24T23:00:00Z")
    #expect(
      history.daily == [
        DailyBar(
          symbol: "ZO", date: date("2014-12-24"), open: 310, high: 310.5, low: 308.5, settle: 309.75, volume: 10,
          previousOpenInterest: 1312,
          times: FactTimes(event: known, published: known, available: known, ingested: MarketFixture.ingested))
      ])
    #expect(history.findings.isEmpty)
  }

  @Test func impossibleRangesAreKeptAndReported() throws {
    let history = try Self.history([
      "2014-12-22,310,312,308,310,310,5,1",
      "2014-12-23,310,308,312,310,310,5,1",
      "2014-12-24,310,312,308,310,313,5,1",
      "2014-12-26,310,312,308,307,310,5,1",
    ])
    #expect(history.daily.count == 4)
    #expect(history.daily[1].high == 308 && history.daily[1].low == 312)
    #expect(history.findings.map(\.kind) == [.highBelowLow, .outsideRange, .outsideRange])
    #expect(history.findings.map(\.column) == ["high", "settle", "last"])
    #expect(history.findings.map(\.line) == [3, 4, 5])
    #expect(history.findings.allSatisfy { $0.action == .kept })
  }

  @Test func rowsWithoutAPriceAreDropped() throws {
    let history = try Self.history([
      "2014-12-22,310,312,308,310,310,,",
      "2014-12-23,,,,,,,1200",
      "2014-12-24,310,312,308,310,3100,5,1",
      "2014-12-26,310,312,0,310,310,-5,1",
      "2014-12-29,310,312,308,310,310,-5,inf",
    ])
    #expect(history.daily.map(\.date) == [date("2014-12-22"), date("2014-12-29")])
    #expect(history.daily.allSatisfy { $0.volume == nil && $0.previousOpenInterest == nil })
    #expect(history.findings.filter { $0.kind == .badValue }.map(\.line) == [3, 5, 6, 6])
    #expect(history.findings.filter { $0.kind == .badTick }.map(\.line) == [4])
    #expect(history.findings.filter { $0.kind == .badValue }.map(\.action).suffix(2) == [.converted, .converted])
  }

  @Test func holesAndQuietRunsAreNoted() throws {
    let quiet = (1...7).map { "2014-12-0\($0),310,310,310,310,310,0,1" }
    let history = try Self.history(["2014-11-14,310,312,308,310,310,9,1"] + quiet)
    #expect(history.daily.count == 8)
    #expect(history.findings.map(\.kind).filter { $0 != .badValue } == [.gap, .zeroVolumeRun])
    #expect(history.findings.filter { $0.kind == .badValue }.map(\.date) == [date("2014-12-06"), date("2014-12-07")])
  }

  @Test func settlementsThatComeADayLateAreFound() throws {
    var random = CounterRandom(seed: 9, stream: "late settlements")
    var (carry, daily) = ([MarketFixture.carryHeader], [MarketFixture.dailyHeader])
    var (price, before) = (350.0, 350.0)
    var day = date("2014-01-06")
    var late: [CivilDate] = []
    for index in 0..<60 {
      before = price
      price += Double(random.below(81) - 40) / 4
      let isLate = (30..<40).contains(index)
      if isLate { late.append(day) }
      carry.append("\(day) 23:00:00,,20131200,\(isLate ? before : price),20141200,,20150300")
      daily.append("\(day),\(price),\(price),\(price),\(price),\(price),5,5")
      day = day.adding(days: day.weekday == 4 ? 3 : 1)
    }
    let history = try MarketFixture(["carry/OATIES.csv": carry, "daily/ZO.csv": daily]).oats()
    let found = history.findings.filter { $0.kind == .staleSettlement }.compactMap(\.date)
    #expect(history.bars.count == 60)
    #expect(found.count { late.contains($0) } >= 7)
    #expect(found.count { !late.contains($0) } <= 1)
  }
}
