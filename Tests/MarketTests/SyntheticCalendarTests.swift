import HydraMarket
import HydraNumerics
import Testing

@Suite struct SyntheticCalendarTests {
  @Test func closedWeekdaysOf2012AreTheExchangesHolidays() {
    let first = CivilDate(year: 2012, month: 1, day: 1)
    let closed = (0..<366).map { first.adding(days: $0) }.filter {
      $0.weekday < 5 && !ExchangeCalendar.isTradingDay($0)
    }
    #expect(
      closed.map(\.description) == [
        "2012-01-02", "2012-01-16", "2012-02-20", "2012-04-06", "2012-05-28", "2012-07-04", "2012-09-03", "2012-11-22",
        "2012-12-25",
      ])
  }

  @Test func holidaysOnWeekendsMove() {
    #expect(ExchangeCalendar.isHoliday(CivilDate("2010-12-24")!))  // Christmas on a Saturday
    #expect(ExchangeCalendar.isHoliday(CivilDate("2011-12-26")!))  // Christmas on a Sunday
    #expect(ExchangeCalendar.isHoliday(CivilDate("2009-07-03")!))
    #expect(!ExchangeCalendar.isHoliday(CivilDate("2010-12-31")!))  // New Year on a Saturday: no holiday
  }

  @Test(arguments: ["2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2038-04-25"])
  func easterIsWhereTheAlmanacHasIt(date: String) throws {
    let date = try #require(CivilDate(date))
    #expect(ExchangeCalendar.easterSunday(date.year) == date)
  }

  /// The real held-contract series changes its contract on these days.
  @Test func oatsAreRolledOnTheRealSeriesDays() {
    let real = [
      "2008-02-01", "2008-04-02", "2008-06-02", "2008-09-02", "2008-12-01", "2009-02-02", "2009-04-02", "2009-06-02",
      "2009-09-02", "2009-12-01", "2010-02-01", "2010-04-05", "2010-06-02", "2010-09-02", "2010-12-01",
    ]
    let cycle = MarketModel.oats.cycle
    var contract = ContractMonth(year: 2008, month: 3)
    for date in real {
      #expect(cycle.departureDay(of: contract).description == date)
      #expect(cycle.heldContract(on: cycle.departureDay(of: contract)) == contract)
      let next = cycle.nextHeld(after: contract)
      #expect(cycle.heldContract(on: cycle.departureDay(of: contract).adding(days: 1)) == next)
      contract = next
    }
  }

  @Test func contractsStopTradingInTheMiddleOfTheirMonth() {
    let oats = MarketModel.oats.cycle
    #expect(oats.lastTradeDay(of: ContractMonth(year: 2014, month: 3)).description == "2014-03-14")
    #expect(oats.lastTradeDay(of: ContractMonth(year: 2014, month: 12)).description == "2014-12-12")
    #expect(oats.firstNoticeDay(of: ContractMonth(year: 2014, month: 3)).description == "2014-02-28")
    let index = MarketModel.volatilityIndex.cycle
    #expect(index.lastTradeDay(of: ContractMonth(year: 2014, month: 10)).description == "2014-10-15")
    #expect(index.next(after: ContractMonth(year: 2014, month: 12)) == ContractMonth(year: 2015, month: 1))
    #expect(oats.previous(before: ContractMonth(year: 2014, month: 3)) == ContractMonth(year: 2013, month: 12))
  }
}
