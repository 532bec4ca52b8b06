import HydraMarket
import HydraNumerics
import Testing

/// The self-test of strategies: honest ones pass, those that look ahead are found.
@Suite struct ReplaySelfTestTests {
  static func bars(_ count: Int) -> [ReplayBar] {
    var random = CounterRandom(seed: 4, stream: "bars")
    var close: Int32 = 4000
    return (0..<count).map { index in
      let open = close + Int32(random.below(3)) - 1
      close = open + Int32(random.below(9)) - 4
      return ReplayBar(
        time: Int64(index) * 3_600_000_000_000, open: open, high: max(open, close) + 1, low: min(open, close) - 1,
        close: close, lots: Int64(20 + random.below(50)))
    }
  }

  /// Knows the next bar's close.
  struct Cheat: ReplayStrategy {
    let data: [ReplayBar]
    var place = 0
    mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
      guard case .bar(let bar) = signal else { return }
      place += 1
      guard place < data.count, desk.position == 0, data[place].close > bar.close + 2 else { return }
      _ = desk.submit(OrderTicket(.buy, lots: 1, kind: .market))
      _ = desk.submit(OrderTicket(.sell, lots: 1, limit: Int(bar.close) + 3))
    }
  }

  /// Quotes by the mean of all prices there will ever be.
  struct Fitted: ReplayStrategy {
    let mean: Int
    mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
      if case .start = signal { desk.wake(at: desk.now + 60_000_000_000) }
      guard case .timer = signal else { return }
      desk.wake(at: desk.now + 60_000_000_000)
      if let bid = desk.bid, bid.price < mean { _ = desk.submit(OrderTicket(.buy, lots: 1, limit: bid.price)) }
    }
  }

  @Test func honestStrategiesPassOnEventsAndBars() {
    for contents in [ReplayFile.Contents.levels, .orders] {
      let events = contents == .levels ? ReplayRunTests.levels(6000) : ReplayRunTests.orders(6000)
      let test = ReplaySelfTest(moments: ReplaySelfTest.moments(of: events.map(\.time), count: 4))
      let leaks = test.leaks(in: events, contents, settings: ReplayRunTests.settings()) { _ in TwoSidedQuoter() }
      #expect(test.moments.count == 4 && leaks.isEmpty, "\(leaks)")
    }
    let bars = Self.bars(800)
    let test = ReplaySelfTest(moments: ReplaySelfTest.moments(of: bars.map(\.time), count: 5))
    #expect(test.leaks(in: bars, settings: ReplayRunSettings()) { _ in MovingAverageCross() }.isEmpty)
  }

  @Test func strategiesThatLookAheadAreFound() throws {
    let bars = Self.bars(800)
    let test = ReplaySelfTest(moments: ReplaySelfTest.moments(of: bars.map(\.time), count: 60))
    let leaks = test.leaks(in: bars, settings: ReplayRunSettings()) { Cheat(data: $0) }
    #expect(Set(leaks.map(\.future)) == [.removed, .shuffled])
    #expect(leaks.allSatisfy { ($0.withFuture?.time ?? 0) <= $0.moment && $0.withFuture != $0.without })
    let events = ReplayRunTests.levels(20_000)
    let moments = ReplaySelfTest.moments(of: events.map(\.time), count: 3)
    let fitted = ReplaySelfTest(moments: moments).leaks(
      in: events, .levels, settings: ReplayRunTests.settings()
    ) { data in Fitted(mean: data.reduce(0) { $0 + Int($1.price) } / max(1, data.count)) }
    #expect(fitted.contains { $0.future == .removed })
  }
}
