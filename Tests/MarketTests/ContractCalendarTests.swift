import HydraMarket
import HydraNumerics
import Testing

@Suite struct ContractCalendarTests {
  static func date(_ text: String) -> CivilDate { CivilDate(text)! }
  static func texts(_ sessions: [Range<Timestamp>]) -> [String] {
    sessions.flatMap { ["\($0.lowerBound)", "\($0.upperBound)"].map { String($0.prefix(16)) } }
  }
  let hours = TradingHours.cbotGrains

  @Test func grainSessionsFollowTheClocksOfChicago() {
    // Summer time: Sunday evening belongs to Monday.
    #expect(
      Self.texts(hours.sessions(of: Self.date("2014-07-07")))
        == ["2014-07-07T00:00", "2014-07-07T12:45", "2014-07-07T13:30", "2014-07-07T18:20"])
    // Winter time.
    #expect(
      Self.texts(hours.sessions(of: Self.date("2014-12-09")))
        == ["2014-12-09T01:00", "2014-12-09T13:45", "2014-12-09T14:30", "2014-12-09T19:20"])
    // Clocks went forward on Sunday 2014-03-09 at 02:00: the evening is summer time already.
    #expect(Self.texts(hours.sessions(of: Self.date("2014-03-07"))).last == "2014-03-07T19:20")
    #expect(Self.texts(hours.sessions(of: Self.date("2014-03-10"))).first == "2014-03-10T00:00")
  }

  @Test func holidaysCloseTheExchange() {
    for day in ["2023-07-04", "2023-11-23", "2023-12-25", "2024-01-01", "2024-03-29", "2023-06-19", "2023-09-04"] {
      #expect(hours.sessions(of: Self.date(day)).isEmpty, "\(day)")
    }
    #expect(!hours.sessions(of: Self.date("2019-06-19")).isEmpty)
    // After Thanksgiving trading begins in the morning and ends at 12:05; before Independence Day it ends at 12:05.
    #expect(
      Self.texts(hours.sessions(of: Self.date("2023-11-24"))) == ["2023-11-24T14:30", "2023-11-24T18:05"])
    #expect(Self.texts(hours.sessions(of: Self.date("2023-07-03"))).last == "2023-07-03T17:05")
    #expect(hours.sessions(of: Self.date("2023-07-05")).count == 1)
    // Labor Day's evening belongs to Tuesday.
    #expect(Self.texts(hours.sessions(of: Self.date("2023-09-05"))).first == "2023-09-05T00:00")
    #expect(!hours.isShort(Self.date("2023-12-22")) && hours.isShort(Self.date("2024-12-24")))
  }

  @Test func momentsBelongToTradeDates() throws {
    func at(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }
    #expect(try hours.tradeDate(at: at("2014-07-07T18:19:59Z")) == Self.date("2014-07-07"))
    #expect(try hours.tradeDate(at: at("2014-07-07T18:20:00Z")) == Self.date("2014-07-08"))
    // Friday afternoon belongs to Monday; the Fourth was a Friday.
    #expect(try hours.tradeDate(at: at("2014-07-03T20:00:00Z")) == Self.date("2014-07-07"))
    #expect(try hours.isOpen(at: at("2014-07-07T12:44:59Z")))
    #expect(try !hours.isOpen(at: at("2014-07-07T12:45:00Z")))
    #expect(try hours.nextOpen(at: at("2014-07-07T12:45:00Z")) == at("2014-07-07T13:30:00Z"))
    #expect(try TradingHours.globexIndex.isOpen(at: at("2023-12-25T23:00:00Z")))
    #expect(try !TradingHours.globexIndex.isOpen(at: at("2023-12-25T22:59:59Z")))
    // Every minute of two years has one trade date, and they never go back.
    var (moment, last) = (try at("2013-01-01T00:00:00Z"), Self.date("2012-12-30"))
    let end = try at("2015-01-01T00:00:00Z")
    while moment < end {
      let date = hours.tradeDate(at: moment)
      #expect(date >= last && hours.isTradeDate(date))
      (last, moment) = (date, moment.adding(seconds: 9 * 3600))
    }
  }

  @Test func contractsKnowTheirDays() throws {
    let december = try #require(FuturesContract(code: "ZOZ5", on: Self.date("2025-11-03")))
    #expect(december.month == ContractMonth(year: 2025, month: 12) && "\(december)" == "ZOZ25")
    #expect(december.firstNotice == Self.date("2025-11-28") && december.lastTrade == Self.date("2025-12-12"))
    #expect("\(december.expiry)".hasPrefix("2025-12-12T19:20"))
    // The code comes again after ten years.
    #expect(FuturesContract(code: "ZOZ5", on: Self.date("2025-12-13"))?.month.year == 2035)
    #expect(FuturesContract(code: "ZOH6", on: Self.date("2025-12-13"))?.month.year == 2026)
    #expect(FuturesContract(code: "ZOZ5", on: Self.date("2015-12-11"))?.month.year == 2015)
    #expect(FuturesContract(code: "ZOK98", on: Self.date("2003-01-01"))?.month.year == 1998)
    #expect(FuturesContract(code: "ZO25", on: Self.date("2025-01-01")) == nil)
    #expect(FuturesContract(code: "Z5", on: Self.date("2025-01-01")) == nil)
  }

  @Test func rollsComeByTheirRuleAndNeverAfterFirstNotice() throws {
    let contract = try #require(FuturesContract(code: "ZOZ25", on: Self.date("2025-11-03")))
    #expect(RollRule.beforeFirstNotice(days: 5).date(from: contract, figures: []) == Self.date("2025-11-20"))
    func figures(_ crossed: [Bool]) -> [RollRule.Figures] {
      var date = Self.date("2025-11-09")
      return crossed.map {
        date = hours.tradeDate(after: date)
        return RollRule.Figures(date: date, oldVolume: 10, newVolume: $0 ? 11 : 9)
      }
    }
    let rule = RollRule.volume(confirmation: 2)
    // Crossed on the 11th, not on the 12th, then on the 13th and 14th: rolled on Monday the 17th.
    #expect(
      rule.date(from: contract, figures: figures([false, true, false, true, true, true])) == Self.date("2025-11-17"))
    #expect(rule.date(from: contract, figures: figures([false, true, false])) == nil)
    // It never crosses: the last date before first notice (Thanksgiving is the 27th).
    #expect(rule.date(from: contract, figures: figures(Array(repeating: false, count: 20))) == Self.date("2025-11-26"))
  }

  @Test func limitsLeaveRoom() {
    let limits = PositionLimits(spotMonth: 5, allMonths: 8)
    #expect(limits.room(.buy, position: 3, others: 2, isSpotMonth: false) == 3)
    #expect(limits.room(.buy, position: 3, others: 2, isSpotMonth: true) == 2)
    #expect(limits.room(.sell, position: 3, others: 2, isSpotMonth: true) == 8)
    #expect(limits.room(.buy, position: 9, isSpotMonth: true) == 0)
    #expect(PositionLimits().room(.sell, position: 3, isSpotMonth: true) == .max)
  }

  @Test func aContinuousSeriesKnowsNoLaterRoll() {
    let closes = [[10.0, 11, 12, 13, 14], [20, 21, 23, 24, 25], [30, 31, 34, 35, 36]]
    let whole = ContinuousContract(closes: closes, rolls: [2, 4])
    let early = ContinuousContract(closes: closes, rolls: [2, 4], through: 3)
    #expect(early.difference == [20, 21, 23, 24] && early.contract == [0, 0, 1, 1])
    #expect(whole.difference == [31, 32, 34, 35, 36])
    #expect(ContinuousContract(closes: closes, rolls: [2, 4], through: 1).difference == [10, 11])
  }

  @Test func aViewRefusesTheFuture() throws {
    func at(_ second: Int64) -> Timestamp { Timestamp(nanoseconds: second * 1_000_000_000) }
    var series = KnownSeries<Double>()
    try series.append(350, at: at(10), known: at(20))
    try series.append(352, at: at(30), known: at(40))
    let view = series.view(at: at(35))
    #expect(try view.value(at: at(15)) == 350 && view.known.count == 1 && view.newest?.value == 350)
    #expect(try view.value(at: at(5)) == nil)
    #expect(throws: KnownSeries<Double>.Refusal.notKnownYet(time: at(30), known: at(40), now: at(35))) {
      try view.value(at: at(30))
    }
    #expect(throws: KnownSeries<Double>.Refusal.inTheFuture(asked: at(36), now: at(35))) {
      try view.value(at: at(36))
    }
    #expect(throws: KnownSeries<Double>.Refusal.self) { try series.append(1, at: at(50), known: at(49)) }
  }
}
