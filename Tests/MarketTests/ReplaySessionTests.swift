import HydraMarket
import HydraNumerics
import Testing

/// Settlements, margins, limits, delivery and the output of a run.
@Suite struct ReplaySessionTests {
  /// Sends orders at times.
  struct Planned: ReplayStrategy {
    var plan: [(time: Int64, ticket: OrderTicket)]
    var positions: [Int] = []
    mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
      while let next = plan.first, next.time <= desk.now {
        _ = desk.submit(next.ticket)
        plan.removeFirst()
      }
      if let next = plan.first { desk.wake(at: next.time) }
    }
  }

  static func level(_ time: Int64, _ side: Side, _ price: Int32, _ lots: Int32) -> ReplayEvent {
    ReplayEvent(time: time, kind: .depth, side: side, price: price, lots: lots)
  }

  static let book = [level(0, .buy, 99, 100), level(0, .sell, 101, 100)]
  static let buyFive = OrderTicket(.buy, lots: 5, kind: .market)

  static func settle(_ time: Int64, _ price: Int32) -> ReplayEvent {
    ReplayEvent(time: time, kind: .settle, price: price)
  }

  @Test func settlementsMarkTheAccount() {
    var settings = ReplayRunSettings()
    (settings.tick, settings.pointValue, settings.fee) = (0.5, 10, 2)
    let report = ReplayRun.run(
      Self.book + [Self.settle(20, 104), Self.settle(30, 98), Self.level(40, .buy, 99, 90)], .levels,
      strategy: Planned(plan: [(10, Self.buyFive)]), settings: settings)
    #expect(report.equity.map(\.price) == [104, 98, 100] && report.equity.map(\.isSettlement) == [true, true, false])
    // Five lots bought at 101; a tick is 5 of currency, ten of fees.
    let changes: [Double] = [65, -150, 50]
    #expect(report.netChanges(settings) == changes)
    #expect(report.netProfit(settings) == report.netChanges(settings).reduce(0, +))
    #expect(report.maximumDrawdown(settings) == 150)
    // Decided and arrived at the mid of 100, filled at 101.
    #expect(report.shortfall.trading == 5 && report.shortfall.delay == 0 && report.shortfall.opportunity == 0)
    #expect(report.fills[0].halfSpread == 1 && report.fills[0].impact == 0)
  }

  @Test func whatWasNeverFilledIsOpportunity() {
    let report = ReplayRun.run(
      Self.book + [
        Self.level(20, .buy, 99, 0), Self.level(20, .sell, 105, 5), Self.level(20, .sell, 101, 0),
        Self.level(20, .buy, 103, 5), Self.level(30, .buy, 103, 6),
      ],
      .levels, strategy: Planned(plan: [(10, OrderTicket(.buy, lots: 2, limit: 98))]), settings: ReplayRunSettings())
    #expect(report.shortfall.opportunity == 8 && report.shortfall.trading == 0 && report.shortfall.orders == 1)
  }

  @Test func aMarginCallClosesOrBlocks() {
    var settings = ReplayRunSettings()
    (settings.tick, settings.risk.capital) = (1, 1000)
    settings.risk.margins = [MarginRate(from: CivilDate(year: 1960, month: 1, day: 1), initial: 150, maintenance: 120)]
    // Seven lots would need 1050.
    let seven = OrderTicket(.buy, lots: 7, kind: .market)
    let more = OrderTicket(.buy, lots: 1, kind: .market)
    let events = Self.book + [Self.settle(20, 1), Self.level(40, .buy, 99, 90), Self.level(60, .buy, 99, 80)]
    let plan = [(Int64(10), seven), (11, Self.buyFive), (30, more)]
    let closed = ReplayRun.run(events, .levels, strategy: Planned(plan: plan), settings: settings)
    // 1000 − 5 · 100 = 500 at the settlement of 1: 600 are needed, one lot is closed.
    #expect(closed.endings["margin"] == 1 && closed.marginCalls == 1)
    #expect(closed.fills.map { $0.side.sign * $0.lots } == [5, -1, 1] && closed.fills[1].price == 99)
    settings.risk.marginCall = .block
    let blocked = ReplayRun.run(events, .levels, strategy: Planned(plan: plan), settings: settings)
    #expect(blocked.endings["margin"] == 2 && blocked.fills.map(\.lots) == [5])
  }

  @Test func positionLimitsCountWhatWorks() {
    var settings = ReplayRunSettings()
    settings.risk.limits = PositionLimits(spotMonth: 2, allMonths: 6)
    let waiting = OrderTicket(.buy, lots: 1, limit: 98)
    let report = ReplayRun.run(
      Self.book + [ReplayEvent(time: 50, kind: .firstNotice), Self.level(90, .buy, 99, 80)], .levels,
      strategy: Planned(plan: [
        (10, Self.buyFive), (11, waiting), (12, waiting), (60, OrderTicket(.sell, lots: 3, kind: .market)),
        (61, OrderTicket(.sell, lots: 2, kind: .market)),
      ]), settings: settings)
    // First notice closes the long; then three lots short are beyond the spot month's two.
    #expect(report.endings["position_limit"] == 2)
    #expect(report.fills.map { [$0.side.sign * $0.lots, Int($0.time)] } == [[5, 10], [-5, 50], [-2, 61]])
  }

  @Test func expirySettlesWhatIsHeld() {
    let report = ReplayRun.run(
      Self.book + [Self.settle(20, 104), ReplayEvent(time: 30, kind: .expiry), Self.level(90, .buy, 99, 80)], .levels,
      strategy: Planned(plan: [(10, Self.buyFive), (11, OrderTicket(.buy, lots: 1, limit: 98)), (40, Self.buyFive)]),
      settings: ReplayRunSettings())
    #expect(report.expiry?.time == 30 && report.expiry?.price == 104 && report.expiry?.lots == 5)
    #expect(report.account.position == 0 && report.account.realised == 15 && report.account.flow == 15)
    #expect(report.endings == ["tif": 1, "phase": 1])
  }

  @Test func picturesHaveBookAndQueues() {
    var settings = ReplayRunSettings()
    settings.traceInterval = 10
    let report = ReplayRun.run(
      Self.book + [Self.level(25, .buy, 99, 60), Self.level(45, .buy, 99, 50)], .levels,
      strategy: Planned(plan: [(5, OrderTicket(.buy, lots: 1, limit: 99))]), settings: settings)
    #expect(report.trace.places.map { Int($0.time) } == [10, 20, 30, 40])
    #expect(report.trace.places.map(\.ahead) == [100, 100, 60, 60])
    #expect(report.trace.levels.filter { $0.time == 30 }.map(\.lots) == [60, 100])
  }

  @Test func everyKindOfOrderActsOnBars() {
    let bars = [(100, 104, 98, 101), (102, 108, 101, 107), (107, 107, 90, 91), (91, 95, 89, 94), (94, 96, 93, 95)]
      .enumerated().map { index, bar in
        ReplayBar(
          time: Int64(index) * 60, open: Int32(bar.0), high: Int32(bar.1), low: Int32(bar.2), close: Int32(bar.3),
          lots: 100)
      }
    func fills(_ ticket: OrderTicket) -> [[Int]] {
      var settings = ReplayRunSettings()
      settings.halfSpreadTicks = 0.5
      return ReplayRun.run(bars, strategy: Planned(plan: [(60, ticket)]), settings: settings).fills.map {
        [Int($0.time), $0.price, $0.lots]
      }
    }
    // Decided at the open of the second bar, which is when the first one is known.
    #expect(fills(OrderTicket(.buy, lots: 2, kind: .market)) == [[60, 103, 2]])
    #expect(fills(OrderTicket(.sell, lots: 2, kind: .stop, stop: 95)) == [[120, 94, 2]])
    #expect(fills(OrderTicket(.sell, lots: 2, kind: .stopLimit, limit: 94, stop: 95)) == [[180, 94, 2]])
    #expect(fills(OrderTicket(.buy, lots: 2, limit: 102, timeInForce: .immediate)).isEmpty)
    #expect(fills(OrderTicket(.buy, lots: 2, limit: 103, timeInForce: .fillOrKill)) == [[60, 103, 2]])
    #expect(fills(OrderTicket(.buy, lots: 20, limit: 95)) == [[120, 95, 10], [180, 95, 10]])
    #expect(fills(OrderTicket(.buy, lots: 2, kind: .marketProtected, protection: 0)) == [[120, 102, 2]])
  }
}
