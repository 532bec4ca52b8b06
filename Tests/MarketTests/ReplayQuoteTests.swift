import HydraMarket
import HydraNumerics
import TestSupport
import Testing

/// Replay where the best quotes and trades are all that is known.
@Suite struct ReplayQuoteTests {
  struct Once: ReplayStrategy {
    var tickets: [OrderTicket]
    mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
      if case .start = signal { desk.wake(at: 10) }
      if case .timer = signal { for ticket in tickets { _ = desk.submit(ticket) } }
    }
  }

  static func quote(_ time: Int64, _ bid: Int32, _ ask: Int32) -> [ReplayEvent] {
    [
      ReplayEvent(time: time, kind: .quote, side: .buy, price: bid, lots: 5),
      ReplayEvent(time: time, kind: .quote, side: .sell, price: ask, lots: 5),
    ]
  }

  static func trade(_ time: Int64, _ price: Int32, _ lots: Int32) -> ReplayEvent {
    ReplayEvent(time: time, kind: .trade, price: price, lots: lots)
  }

  static func settings(impact: Double = 0) -> ReplayRunSettings {
    var settings = ReplayRunSettings()
    settings.cost = ReplayCost(impactCoefficient: impact)
    settings.cost?.averageDailyVolume = 400
    settings.cost?.dailyVolatility = 28
    settings.participation = 0.5
    return settings
  }

  @Test func aLimitIsFilledOnlyWhenTradedThroughAndByItsShare() {
    let events =
      Self.quote(0, 98, 102)
      + [Self.trade(20, 98, 100), Self.trade(30, 97, 3), Self.trade(40, 96, 1), Self.trade(50, 96, 20)]
    let report = ReplayRun.run(
      events, .quotes, strategy: Once(tickets: [OrderTicket(.buy, lots: 6, limit: 98)]), settings: Self.settings())
    // The touch at 98 fills nothing; half of 3 lots is 1, of 1 none, of 20 what is left.
    #expect(report.fills.map { [Int($0.time), $0.price, $0.lots] } == [[30, 98, 1], [50, 98, 5]])
    #expect(report.fills.allSatisfy { $0.evidence == .quote && $0.isMaker })
  }

  @Test func aMarketOrderPaysTheCostFunctionAndAnEarlierOneStillPushes() {
    // Half the spread is 2; impact of 4 lots of 400 a day at 28 ticks: 0.8 · 28 · 0.1 = 2.24. 100 + 4.24 is rounded up.
    let order = OrderTicket(.buy, lots: 4, kind: .market)
    let report = ReplayRun.run(
      Self.quote(0, 98, 102) + [Self.trade(20, 100, 1)], .quotes, strategy: Once(tickets: [order, order]),
      settings: Self.settings(impact: 0.8))
    // The second one meets what is left of the first's impact: all of it at once.
    #expect(report.fills.map(\.price) == [105, 107])
    #expect(report.fills.map(\.isMaker) == [false, false])
    #expect(report.fills[0].halfSpread == 2 && report.fills[0].impact == 3)
  }

  @Test func aLimitTakesWhatItsPriceAllowsAndWaitsWithTheRest() {
    // Up to 104 the impact may be 2 ticks: 0.8 · 28 · √(Q/400) ≤ 2 for 3 lots.
    let report = ReplayRun.run(
      Self.quote(0, 98, 102) + [Self.trade(20, 100, 1)], .quotes,
      strategy: Once(tickets: [OrderTicket(.buy, lots: 9, limit: 104)]), settings: Self.settings(impact: 0.8))
    #expect(report.fills.map { [$0.price, $0.lots] } == [[104, 3]])
    let never = ReplayRun.run(
      Self.quote(0, 98, 102) + [Self.trade(20, 100, 1)], .quotes,
      strategy: Once(tickets: [OrderTicket(.buy, lots: 9, limit: 104, timeInForce: .fillOrKill)]),
      settings: Self.settings(impact: 0.8))
    #expect(never.fills.isEmpty && never.endings == ["fok": 1])
  }

  @Test func quotesAndTheSessionAreReadFromText() throws {
    let text = """
      ts,kind,bid,bid_qty,ask,ask_qty,side,price,qty
      1,quote,10,3,10.5,4,,,
      2,trade,,,,,sell,9.75,2
      3,quote,,,10.25,1,,,
      4,phase_halt,,,,,,,
      5,limit_low,,,,,,9,
      6,limit_low,,,,,,,
      7,settle,,,,,,10.25,
      """
    let file = try ReplayFile(bytes: Array(text.utf8), file: "q.csv", scale: try #require(TickScale(tick: 0.25)))
    #expect(file.contents == .quotes)
    let events = try file.events(limit: 100)
    #expect(events.map(\.kind) == [.quote, .quote, .trade, .quote, .quote, .phase, .limitLow, .limitLow, .settle])
    #expect(events.map(\.price) == [40, 42, 39, 0, 41, 0, 36, 0, 41])
    #expect(events[3].lots == 0 && events[5].phase == .halt && events[6].lots == 1 && events[7].lots == 0)
  }

  @Test func nothingIsFilledWhileTheSessionIsHaltedOrOutsideTheLimits() {
    let halted = Self.quote(0, 98, 102) + [.phase(.halt, time: 15), Self.trade(20, 90, 50), .phase(.open, time: 25)]
    let ticket = OrderTicket(.buy, lots: 2, limit: 98)
    let report = ReplayRun.run(
      halted + [Self.trade(30, 90, 50)], .quotes, strategy: Once(tickets: [ticket]), settings: Self.settings())
    #expect(report.fills.map(\.time) == [30])
    let limit = ReplayEvent(time: 5, kind: .limitHigh, price: 101, lots: 1)
    let refused = ReplayRun.run(
      Self.quote(0, 98, 102) + [limit, Self.trade(20, 100, 1)], .quotes,
      strategy: Once(tickets: [OrderTicket(.buy, lots: 2, limit: 102)]), settings: Self.settings())
    #expect(refused.endings == ["price_limit": 1])
  }
}

@Suite(.enabled(if: TestSupport.sharedData("market/book/gc_minute") != nil, "the sample market data is not here"))
struct LeanArchiveTests {
  @Test func aDayOfGoldIsReadFromItsArchives() throws {
    let scale = try #require(TickScale(tick: 0.1))
    func path(_ name: String) throws -> String { try #require(TestSupport.sharedData("market/book/\(name)")).path }
    let trades = try LeanArchive(path: path("gc_minute/20131007_trade.zip"))
    #expect(trades.members.count == 10 && trades.members.allSatisfy { $0.contents == .bars })
    let bars = try trades.bars("201312", scale: scale)
    // 00:00 in New York, in October: 04:00 UTC.
    #expect(Timestamp(nanoseconds: bars[0].time).description.hasPrefix("2013-10-07T04:00:00"))
    #expect(bars[0].open == 13137 && bars[0].low == 13130 && bars[0].lots == 49)
    let quotes = try ReplayFile(
      path: path("gc_minute/20131007_quote.zip"), scale: scale, contract: "201312"
    ).events(limit: .max)
    #expect(quotes.prefix(2).map(\.price) == [13129, 13131] && quotes.prefix(2).map(\.lots) == [23, 5])
    #expect(quotes[0].time == bars[0].time + 60_000_000_000)
    let ticks = try LeanArchive(path: path("gc_tick/20131007_trade.zip")).events("201312", scale: scale)
    #expect(ticks.count > 30_000 && ticks[0].price == 13137 && ticks[0].time == bars[0].time + 276_000_000)
    // The traded lots of the two archives agree but for two of 51,866.
    let (ticked, barred) = (ticks.reduce(0) { $0 + Int64($1.lots) }, bars.reduce(0) { $0 + $1.lots })
    #expect(ticked == 51_866 && barred == 51_864)
  }

  @Test func damagedArchivesAreErrors() throws {
    let path = try #require(TestSupport.sharedData("market/book/gc_minute/20131007_trade.zip")).path
    let bytes = try FileBytes.readRaw(path)
    var refused = 0
    for step in stride(from: 0, to: bytes.count, by: 97) {
      var damaged = bytes
      damaged[step] ^= 0x55
      do {
        let archive = try LeanArchive(bytes: damaged, file: "d.zip")
        for member in archive.members { _ = try archive.bars(member.name, scale: try #require(TickScale(tick: 0.1))) }
      } catch { refused += 1 }
    }
    #expect(refused > 100)
    #expect(throws: FileError.self) { try LeanArchive(bytes: Array(bytes.prefix(1000)), file: "cut.zip") }
  }
}
