import HydraMarket
import HydraNumerics
import Testing

@Suite struct CarryImportTests {
  @Test func aSettlementRowIsABarKnownAtItsHour() throws {
    let history = try MarketFixture.carry(["2014-01-02 23:00:00,344,20131200,350.25,20140300,352,20140500"])
    let known = time("2014-01-02T23:00:00Z")
    #expect(
      history.bars == [
        HeldBar(
          symbol: "ZO", date: date("2014-01-02"), contract: ContractMonth(year: 2014, month: 3), close: 350.25,
          carryContract: ContractMonth(year: 2013, month: 12), carryClose: 344,
          nextContract: ContractMonth(year: 2014, month: 5), nextClose: 352,
          times: FactTimes(event: known, published: known, available: known, ingested: MarketFixture.ingested))
      ])
    #expect(history.findings.isEmpty)
    #expect(history.fileHashes["carry/OATIES.csv"]?.count == 64)
  }

  // MARK: - Which row is the close

  @Test func onceThereAreHourlyPricesSettlementRowsAreDropped() throws {
    let history = try MarketFixture.carry([
      "2014-01-02 23:00:00,,,350,20140300,,20140500",
      "2014-01-03 15:00:00,,,,20140300,,20140500",
      "2014-01-03 23:00:00,,,351,20140300,,20140500",
      "2014-01-06 15:00:00,,,355,20140300,,20140500",
      "2014-01-06 18:00:00,349,20131200,356,20140300,,20140500",
      "2014-01-06 19:00:00,,20131200,357,20140300,,20140500",
      "2014-01-06 23:00:00,,,351,20140300,,20140500",
      "2014-01-07 23:00:00,,,357,20140300,,20140500",
    ])
    #expect(history.bars.map(\.close) == [350, 351, 357])
    #expect(history.bars.map(\.source) == [.settlement, .settlement, .hourly])
    #expect(history.bars[2].carryClose == 349)
    #expect(history.findings.map(\.kind) == [.staleSettlement, .gap])
    #expect(history.findings.map(\.line) == [8, 9])
    #expect(history.findings.map(\.action) == [.dropped, .dropped])
  }

  @Test func eveningAndWeekendHoursBelongToTheNextTradeDate() throws {
    let history = try MarketFixture.carry([
      "2014-01-03 15:00:00,,,350,20140300,,20140500",
      "2014-01-05 22:00:00,,,351,20140300,,20140500",
      "2014-01-05 23:00:00,,,349,20140300,,20140500",
      "2014-01-06 01:00:00,,,352,20140300,,20140500",
      "2014-01-06 15:00:00,,,353,20140300,,20140500",
      "2014-01-06 22:00:00,,,354,20140300,,20140500",
      "2014-01-07 15:00:00,,,355,20140300,,20140500",
    ])
    #expect(history.bars.map(\.date) == [date("2014-01-03"), date("2014-01-06"), date("2014-01-07")])
    #expect(history.bars.map(\.close) == [350, 353, 355])
    #expect(history.findings.map(\.line) == [4], "the row of Sunday 23:00 is no bar")
  }

  @Test func aLoneNightHourOnAHolidayIsNoBar() throws {
    let history = try MarketFixture.carry([
      "2014-07-03 15:00:00,,,350,20140900,,20141200",
      "2014-07-04 01:00:00,,,351,20140900,,20141200",
      "2014-07-07 15:00:00,,,352,20140900,,20141200",
    ])
    #expect(history.bars.map(\.date) == [date("2014-07-03"), date("2014-07-07")])
    #expect(history.findings.map(\.kind) == [.gap])
    #expect(history.findings[0].date == date("2014-07-04"))
  }

  /// A market with snapshots of odd seconds: its settlements are fresh for 40 dates, then a day late.
  static let snapshotRows: [String] = {
    var rows: [String] = []
    var random = CounterRandom(seed: 3, stream: "snapshots")
    var price = 400.0
    var last = price
    var day = date("2013-10-14")
    for index in 0..<80 {
      last = price
      price += Double(random.below(41) - 20)
      let settlement = index < 40 ? price : last
      rows.append("\(day) 17:36:09,,,\(price + 0.25),20150300,,20150500")
      rows.append("\(day) 23:00:00,,,\(settlement),20150300,,20150500")
      day = day.adding(days: day.weekday == 4 ? 3 : 1)
    }
    return rows
  }()

  @Test func besideSnapshotsSettlementsStayUntilTheyProveStale() throws {
    let history = try MarketFixture.carry(Self.snapshotRows)
    #expect(history.bars.count == 80)
    #expect(history.bars.prefix(40).allSatisfy { $0.source == .settlement })
    let firstHourly = try #require(history.bars.firstIndex { $0.source == .hourly })
    #expect((50...60).contains(firstHourly), "seen after \(firstHourly - 40) stale dates")
    #expect(history.bars[firstHourly...].allSatisfy { $0.source == .hourly })
    #expect(history.findings.map(\.kind) == [.staleSettlement])
  }

  @Test func whatComesLaterChangesNoEarlierBar() throws {
    let whole = try MarketFixture.carry(Self.snapshotRows).bars
    for dates in [1, 5, 39, 41, 52, 60, 79] {
      let part = try MarketFixture.carry(Array(Self.snapshotRows.prefix(2 * dates))).bars
      #expect(part == Array(whole.prefix(dates)))
    }
  }

  // MARK: - Rolls

  @Test func theLastRowOfTheOldContractPricesTheRoll() throws {
    let history = try MarketFixture.carry([
      "1995-01-30 23:00:00,,19941200,120,19950300,,19950500",
      "1995-01-31 23:00:00,,19941200,121.75,19950300,126.25,19950500",
      "1995-02-01 23:00:00,120,19950300,125,19950500,,19950700",
    ])
    let roll = try #require(history.rolls.first)
    #expect(history.rolls.count == 1)
    #expect((roll.from.code, roll.to.code) == ("H95", "K95"))
    #expect((roll.fromPrice, roll.toPrice) == (121.75, 126.25))
    #expect(roll.date == date("1995-01-31"))
    #expect(roll.times.available == time("1995-02-01T22:59:59.999999999Z"), "the contract's change shows a date later")
    #expect(history.rollFreeChanges() == [nil, 1.75, -1.25])
    let kinds = MarketHistory.events(primary: history).map { event in
      switch event {
      case .bar: "bar"
      case .roll: "roll"
      default: "other"
      }
    }
    #expect(kinds == ["bar", "bar", "roll", "bar"])
  }

  @Test func aDroppedSettlementRowStillPricesTheRoll() throws {
    let history = try MarketFixture.carry([
      "2012-09-13 18:00:00,,,890,20121200,,20131200",
      "2012-09-14 18:00:00,,,896.5,20121200,,20131200",
      "2012-09-14 23:00:00,897.5,20120900,924.25,20121200,881,20131200",
      "2012-09-17 15:00:00,,20130900,850,20131200,,20141200",
    ])
    let roll = try #require(history.rolls.first)
    #expect((roll.fromPrice, roll.toPrice) == (896.5, 896.5 + (881 - 924.25)))
    #expect(history.rollFreeChanges() == [nil, 6.5, 850 - roll.toPrice])
  }

  @Test func aRollWithinATradeDateIsKnownBeforeItsBar() throws {
    let history = try MarketFixture.carry([
      "2013-01-30 19:00:00,,20121200,361.75,20130300,,20130500",
      "2013-01-31 08:00:00,,20121200,364.5,20130300,369.75,20130500",
      "2013-01-31 09:00:00,363,20130300,,20130500,,20130700",
      "2013-01-31 14:00:00,360.25,20130300,366.75,20130500,,20130700",
    ])
    let roll = try #require(history.rolls.first)
    #expect(roll.date == date("2013-01-30"))
    #expect((roll.fromPrice, roll.toPrice) == (361.75, 367))
    #expect(roll.times.available == time("2013-01-31T10:00:00Z"))
    #expect(history.rollFreeChanges() == [nil, -0.25])
  }

  @Test func withoutAForwardTheCarryPriceServes() throws {
    let history = try MarketFixture.carry([
      "1995-01-31 23:00:00,,19941200,121.75,19950300,,19950500",
      "1995-02-01 23:00:00,120,19950300,125,19950500,,19950700",
    ])
    let roll = try #require(history.rolls.first)
    #expect(roll.toPrice - roll.fromPrice == 5)
    #expect(roll.times.available > history.bars[0].times.available)
    #expect(roll.times.available < history.bars[1].times.available)
    #expect(history.rollFreeChanges() == [nil, 120 - 121.75])
  }

  @Test func withoutAnyPriceTheChangeIsUnknown() throws {
    let history = try MarketFixture.carry([
      "1995-01-31 23:00:00,,19941200,121.75,19950300,,19950500",
      "1995-02-01 23:00:00,,19950300,125,19950500,,19950700",
      "1995-02-02 23:00:00,,19950300,126,19950500,,19950700",
    ])
    #expect(history.rolls.isEmpty)
    #expect(history.findings.map(\.kind) == [.rollWithoutPrice])
    #expect(history.rollFreeChanges() == [nil, nil, 1])
  }

  @Test func aContractWithoutABarIsPassedThrough() throws {
    let history = try MarketFixture.carry([
      "2013-01-30 19:00:00,,,360,20130300,364,20130500",
      "2013-01-31 03:00:00,,,,20130500,,20130700",
      "2013-01-31 04:00:00,,,365,20130500,361,20130700",
      "2013-01-31 15:00:00,,,363,20130700,,20130900",
    ])
    #expect(history.rolls.map(\.to.code) == ["K13", "N13"])
    #expect(history.rolls[0].toPrice == history.rolls[1].fromPrice)
    #expect(history.rollFreeChanges() == [nil, 3])
  }

  // MARK: - Bad rows

  @Test func aMisplacedDecimalPointIsDroppedAndReported() throws {
    let history = try MarketFixture.carry([
      "2014-01-02 23:00:00,344,20131200,350,20140300,,20140500",
      "2014-01-03 23:00:00,344,20131200,3510,20140300,,20140500",
      "2014-01-06 23:00:00,3440,20131200,352,20140300,,20140500",
      "2014-01-07 23:00:00,-1,20131200,353,20140300,,20140500",
    ])
    #expect(history.bars.map(\.close) == [350, 352, 353])
    #expect(history.bars.map(\.carryClose) == [344, nil, nil])
    // Of the date whose price was dropped nothing else is said: that there is no bar follows.
    #expect(history.findings.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [.badTick, .badTick, .badValue])
    #expect(history.findings.map(\.line) == [3, 4, 5])
    #expect(history.findings.map(\.column) == ["price", "carry", "carry"])
    #expect(history.findings.map(\.value) == ["3510", "3440", "-1"])
    #expect(history.repairs.map(\.rule) == [.drop, .drop, .drop])
  }

  @Test func aNewLevelThatStaysIsAccepted() throws {
    let rows = ["02", "03", "06", "07", "08"].enumerated().map { index, day in
      "2014-01-\(day) 23:00:00,,,\(index < 1 ? 30 : 3000 + index),20140300,,20140500"
    }
    let history = try MarketFixture.carry(rows)
    #expect(history.bars.map(\.close) == [30, 3003, 3004])
    #expect(history.findings.map(\.kind).contains(.unitChange))
  }

  @Test func lateAndDoubleRowsArePutRightAndReported() throws {
    let history = try MarketFixture.carry([
      "2014-01-02 23:00:00,,,350,20140300,,20140500",
      "2014-01-06 23:00:00,,,352,20140300,,20140500",
      "2014-01-03 23:00:00,,,351,20140300,,20140500",
      "2014-01-06 23:00:00,,,999,20140300,,20140500",
    ])
    #expect(history.bars.map(\.close) == [350, 351, 352])
    #expect(history.findings.map(\.kind) == [.outOfOrder, .duplicate])
    #expect(history.findings.map(\.line) == [4, 5])
  }
}
