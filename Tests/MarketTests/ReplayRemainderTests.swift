import HydraNumerics
import Testing

@testable import HydraMarket

/// Orders that end with a part filled are told of, counted and forgotten.
@Suite struct ReplayRemainderTests {
  private static func level(_ time: Int64, _ side: Side, _ price: Int32, _ lots: Int32) -> ReplayEvent {
    ReplayEvent(time: time, kind: .depth, side: side, price: price, lots: lots)
  }

  /// Offers of three lots that are renewed every ten seconds.
  private static let thin: [ReplayEvent] = {
    var events = [level(0, .buy, 100, 9), level(0, .sell, 101, 3)]
    for second in 1..<60 as Range<Int64> {
      events.append(level(second * 1_000_000_000, .buy, 100, 9 + Int32(second % 2)))
      if second % 10 == 0 {
        events.append(level(second * 1_000_000_000, .sell, 101, 0))
        events.append(level(second * 1_000_000_000, .sell, 101, 3))
      }
    }
    return events
  }()

  @Test func anExecutorCrossesAgainAfterAPartOfItsLots() {
    var executor = PatientExecutor(.buy, lots: 8)
    (executor.interval, executor.patience, executor.protection) = (1_000_000_000, 0, 0)
    let report = ReplayRun.run(Self.thin, .levels, strategy: executor, settings: ReplayRunSettings())
    #expect(report.account.position == 8 && report.fills.count > 2)
    #expect(report.fills.allSatisfy { !$0.isMaker })
    #expect(report.endings["unfilled_remainder"] ?? 0 >= 2, "\(report.endings)")
  }

  @Test func whatIsLeftOfAnOrderIsAnOpportunityMissed() {
    struct Buyer: ReplayStrategy {
      func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
        if case .start = signal { desk.wake(at: 10) }
        if case .timer = signal { _ = desk.submit(OrderTicket(.buy, lots: 5, kind: .market)) }
      }
    }
    var settings = ReplayRunSettings()
    settings.latency.entry = 10
    // Decided at 100.5, ended at 102.5 with two lots of five.
    let report = ReplayRun.run(
      [
        Self.level(0, .buy, 100, 9), Self.level(0, .sell, 101, 2), Self.level(15, .buy, 102, 9),
        Self.level(15, .sell, 101, 0), Self.level(15, .sell, 103, 2), Self.level(16, .sell, 110, 0),
        Self.level(30, .buy, 90, 1),
      ], .levels, strategy: Buyer(), settings: settings)
    #expect(report.account.position == 2 && report.endings == ["unfilled_remainder": 1])
    // The two lots took the whole offer, which stays in history.
    #expect(report.shortfall.opportunity == 3 * 2 && report.shortfall.delay == 2 * 2)
  }

  /// A closed market takes nothing back; what was left there is taken back when it has opened.
  @Test func aQuoterForgetsNoQuote() {
    let second: Int64 = 1_000_000_000
    let events = [
      Self.level(0, .buy, 100, 9), Self.level(0, .sell, 101, 9), .phase(.closed, time: 90 * second),
      .phase(.preOpen, time: 200 * second), Self.level(400 * second, .buy, 100, 8),
    ]
    var engine = ReplayEngine(
      LevelReplay(), view: LevelReplay(), lags: false, settings: ReplayRunSettings(), strategy: TwoSidedQuoter())
    engine.start(at: 0)
    events.withUnsafeBufferPointer { engine.play($0) }
    #expect(engine.working.count == 2 && engine.report.cancelsRejected == 4 && engine.report.endings["phase"] == 4)
  }

  @Test func numbersOfEndedOrdersAreGivenAgain() {
    var replay = OrderReplay()
    replay.apply(ReplayEvent(time: 0, kind: .add, id: 1, side: .sell, price: 101, lots: 5))
    let first = replay.submit(OrderTicket(.buy, lots: 1, limit: 100), owner: 1, time: 1)
    let second = replay.submit(OrderTicket(.buy, lots: 1, limit: 99), owner: 1, time: 2)
    let isGone = replay.cancel(first)
    #expect(isGone)
    replay.forget(first)
    let third = replay.submit(OrderTicket(.sell, lots: 2, limit: 102), owner: 1, time: 3)
    #expect(third == first && replay.orders.count == 2)
    #expect(replay.state(third) == OrderState(leaves: 2) && replay.state(second).status == .new)
    replay.apply(ReplayEvent(time: 4, kind: .sessionEnd))
    #expect(replay.state(second).status == .expired && replay.state(third).status == .expired)
  }

  /// A quoter sends two orders a minute; the venue keeps those that work.
  @Test func memoryIsThatOfTheOrdersThatWork() {
    var events = [Self.level(0, .buy, 100, 9), Self.level(0, .sell, 101, 9)]
    for minute in 1..<2_000 as Range<Int64> {
      events.append(Self.level(minute * 60_000_000_000, .buy, 100, 9 + Int32(minute % 2)))
    }
    var engine = ReplayEngine(
      LevelReplay(), view: LevelReplay(), lags: false, settings: ReplayRunSettings(), strategy: TwoSidedQuoter())
    engine.start(at: 0)
    events.withUnsafeBufferPointer { engine.play($0) }
    #expect(engine.report.submitted > 3_900)
    #expect(engine.market.orders.count <= 4 && engine.atDesk.count <= 4 && engine.atVenue.count <= 4)
  }

  /// Draws belong to orders, not to the numbers that they are given.
  @Test func aNumberGivenAgainHasDrawsOfItsOwn() {
    func ahead(_ forgets: Bool) -> Double? {
      var replay = LevelReplay(ReplaySettings(), draw: QueueDraw(seed: 3, number: 1))
      replay.apply(Self.level(0, .buy, 100, 400))
      let first = replay.submit(OrderTicket(.buy, lots: 1, limit: 100), owner: 1, time: 1)
      replay.apply(Self.level(2, .buy, 100, 350))
      _ = replay.cancel(first)
      if forgets { replay.forget(first) }
      let second = replay.submit(OrderTicket(.buy, lots: 1, limit: 100), owner: 1, time: 3)
      replay.apply(Self.level(4, .buy, 100, 600))
      replay.apply(Self.level(5, .buy, 100, 300))
      return replay.ahead(second)
    }
    #expect(ahead(true) == ahead(false) && ahead(true) != nil)
  }
}
