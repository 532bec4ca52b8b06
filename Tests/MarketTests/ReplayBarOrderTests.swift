import HydraMarket
import HydraNumerics
import Testing

/// Flags of orders on bars: post-only at arrival, a display without a queue; margins at the ends of days.
@Suite struct ReplayBarOrderTests {
  /// Sends tickets at the close of the first bar, and changes after the second.
  struct Sender: ReplayStrategy {
    var tickets: [OrderTicket]
    var change: Exchange.Change?
    var bars = 0

    mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
      guard case .bar = signal else { return }
      bars += 1
      if bars == 1 { for ticket in tickets { _ = desk.submit(ticket) } }
      if bars == 2, let change { desk.modify(0, change) }
    }
  }

  static func bar(_ minute: Int64, _ open: Int32, _ high: Int32, _ low: Int32, _ close: Int32) -> ReplayBar {
    ReplayBar(time: minute * 60_000_000_000, open: open, high: high, low: low, close: close, lots: 100)
  }

  static let bars = [
    bar(0, 1400, 1402, 1398, 1400), bar(1, 1400, 1403, 1397, 1401), bar(2, 1401, 1403, 1390, 1392),
    bar(3, 1392, 1410, 1391, 1408),
  ]

  static func run(_ tickets: [OrderTicket], change: Exchange.Change? = nil, half: Double = 2) -> ReplayReport {
    var settings = ReplayRunSettings()
    settings.halfSpreadTicks = half
    return ReplayRun.run(bars, strategy: Sender(tickets: tickets, change: change), settings: settings)
  }

  @Test func aPostOnlyOrderThatWouldMeetTheOtherSideAtArrivalIsRejected() {
    // The first bar after arrival opens at 1400: with half a spread of 2 the offer stands at 1402, the bid at 1398.
    for (side, limit, isTaken) in [
      (Side.buy, 1401, true), (.buy, 1402, false), (.sell, 1399, true), (.sell, 1398, false),
    ] {
      let report = Self.run([OrderTicket(side, lots: 1, limit: limit, postOnly: true)])
      #expect(report.endings == (isTaken ? [:] : ["post_only": 1]), "\(side) \(limit)")
      #expect(report.fills.count == (isTaken ? 1 : 0), "\(side) \(limit)")
      #expect(report.fills.allSatisfy { $0.isMaker && $0.price == limit })
      // Without the flag it is taken.
      #expect(Self.run([OrderTicket(side, lots: 1, limit: limit)]).endings.isEmpty)
    }
    // Half a tick of spread is a whole one: prices are on ticks.
    #expect(Self.run([OrderTicket(.buy, lots: 1, limit: 1400, postOnly: true)], half: 0.5).endings.isEmpty)
    #expect(
      Self.run([OrderTicket(.buy, lots: 1, limit: 1401, postOnly: true)], half: 0.5).endings == ["post_only": 1])
  }

  @Test func aChangeThatWouldMeetTheOtherSideIsRefused() {
    // The last close at the change is 1401; an offer stands at 1403.
    let waiting = OrderTicket(.buy, lots: 1, limit: 1380, postOnly: true)
    let refused = Self.run([waiting], change: Exchange.Change(price: 1403))
    #expect(refused.changesRejected == 1 && refused.fills.isEmpty)
    let taken = Self.run([waiting], change: Exchange.Change(price: 1402))
    #expect(taken.changesRejected == 0 && taken.fills.map(\.price) == [1402])
  }

  @Test func aDisplayChangesNoFillAndIsReported() {
    let plain = Self.run([OrderTicket(.buy, lots: 30, limit: 1395)])
    let shown = Self.run([OrderTicket(.buy, lots: 30, limit: 1395, display: 2)])
    #expect(plain.fills == shown.fills && !plain.fills.isEmpty)
    #expect(plain.displaysUnused == 0 && shown.displaysUnused == 1)
    let settings = ReplayRunSettings()
    #expect(shown.summary(settings)["displays_unused"]?.int == 1 && plain.summary(settings)["displays_unused"] == nil)
  }

  /// A margin that rises on a date: what was covered the day before is called then, closed or blocked.
  @Test(arguments: [ReplayRisk.MarginCall.close, .block])
  func aDatedMarginIsCalledFromItsDateOn(action: ReplayRisk.MarginCall) {
    let day = { (number: Int64) in Self.bar(number * 1440, 1400, 1400, 1400, 1400) }
    var settings = ReplayRunSettings()
    settings.risk.capital = 1000
    settings.risk.marginCall = action
    settings.risk.margins = [
      MarginRate(from: CivilDate(dayNumber: 0), initial: 100, maintenance: 90),
      MarginRate(from: CivilDate(dayNumber: 3), initial: 300, maintenance: 250),
    ]
    let report = ReplayRun.run(
      (0..<7).map(day), strategy: Sender(tickets: [OrderTicket(.buy, lots: 8, kind: .market)]), settings: settings)
    #expect(report.fills.first?.time == day(1).time && report.fills.first?.lots == 8)
    // 1000 cover eight times 90 on days 1 and 2, but only four times 250 from day 3 on.
    if action == .close {
      #expect(report.fills.map(\.time) == [day(1).time, day(4).time] && report.account.position == 4)
      #expect(report.marginCalls == 1)
    } else {
      #expect(report.fills.count == 1 && report.marginCalls == 3)
    }
  }
}
