import HydraNumerics
import Testing

@testable import HydraMarket

/// Own orders in the opening auction of a recorded market.
@Suite struct ReplayAuctionTests {
  private static func add(_ time: Int64, _ id: Int, _ side: Side, _ price: Int32, _ lots: Int32) -> ReplayEvent {
    ReplayEvent(time: time, kind: .add, id: id, side: side, price: price, lots: lots)
  }

  private static func executed(_ id: Int, _ lots: Int32) -> ReplayEvent {
    ReplayEvent(time: 100, kind: .execute, id: id, lots: lots)
  }

  /// Bids of 4 at 102 and 3 at 100, offers of 5 at 98, 4 at 100 and 9 at 103: 7 lots trade at 100, and 2 offers stay.
  private static let gathering: [ReplayEvent] = [
    .phase(.preOpen, time: 1), ReplayEvent(time: 1, kind: .settle, price: 99), add(2, 1, .buy, 102, 4),
    add(20, 2, .buy, 100, 3), add(3, 3, .sell, 98, 5), add(4, 4, .sell, 100, 4), add(5, 5, .sell, 103, 9),
  ].sorted { $0.time < $1.time }

  private static let opening: [ReplayEvent] = [
    .phase(.open, time: 100), ReplayEvent(time: 100, kind: .trade, price: 100, lots: 7), executed(1, 4),
    executed(2, 3), executed(3, 5), executed(4, 2),
  ]

  /// Plays the gathering with own orders at times, then the opening.
  private static func play(_ own: [(time: Int64, ticket: OrderTicket)]) -> OrderReplay {
    var replay = OrderReplay()
    var own = own
    for event in gathering + opening {
      while let next = own.first, next.time < event.time {
        _ = replay.submit(next.ticket, owner: 1, time: next.time)
        own.removeFirst()
      }
      replay.apply(event)
    }
    replay.apply(add(101, 6, .buy, 90, 1))
    return replay
  }

  private static func fills(_ replay: consuming OrderReplay) -> [[Int]] {
    replay.takeExecutions().map { [Int($0.time), $0.order, $0.price, $0.lots] }
  }

  @Test func aBetterPriceTradesAtTheAuctionsPrice() {
    // Nine lots are offered at 100 or below; six of ours at 101 leave none of the last two to others.
    let replay = Self.play([(10, OrderTicket(.buy, lots: 6, limit: 101))])
    #expect(replay.history.unused(.sell, through: 100, enough: 100) == 0)
    #expect(Self.fills(replay) == [[100, 0, 100, 5]])
  }

  @Test func atThePriceTimeDecides() {
    // Ahead of the recorded bid at the price there are five lots for ours, behind it two.
    #expect(Self.fills(Self.play([(10, OrderTicket(.buy, lots: 6, limit: 100))])) == [[100, 0, 100, 5]])
    #expect(Self.fills(Self.play([(30, OrderTicket(.buy, lots: 6, limit: 100))])) == [[100, 0, 100, 2]])
    #expect(Self.fills(Self.play([(10, OrderTicket(.buy, lots: 6, limit: 99))])) == [])
    // Seven lots are bid; behind the offers at the price there is nothing left for ours, before them two.
    #expect(Self.fills(Self.play([(30, OrderTicket(.sell, lots: 6, limit: 100))])) == [])
    #expect(Self.fills(Self.play([(2, OrderTicket(.sell, lots: 6, limit: 99))])) == [[100, 0, 100, 2]])
  }

  @Test func ordersOfOursShareWhatThereIs() {
    let replay = Self.play([
      (30, OrderTicket(.buy, lots: 1, limit: 100)), (31, OrderTicket(.buy, lots: 6, limit: 100)),
    ])
    #expect(Self.fills(replay) == [[100, 0, 100, 1], [100, 1, 100, 1]])
  }

  @Test func whatWasTakenInTheAuctionIsTakenOnce() {
    var replay = Self.play([(30, OrderTicket(.buy, lots: 1, limit: 100))])
    _ = replay.submit(OrderTicket(.buy, lots: 5, kind: .market), owner: 1, time: 102)
    #expect(Self.fills(replay) == [[100, 0, 100, 1], [102, 1, 100, 1], [102, 1, 103, 4]])
  }

  @Test func ordersForTheOpenEndWithIt() {
    let replay = Self.play([(30, OrderTicket(.buy, lots: 6, limit: 100, timeInForce: .atTheOpen))])
    #expect(replay.state(0).status == .expired && replay.state(0).filled == 2)
  }

  @Test func stopsWaitForTheEndOfTheAuction() {
    var settings = ReplaySettings()
    settings.last = 90
    var replay = OrderReplay(settings)
    let stop = replay.submit(OrderTicket(.buy, lots: 1, kind: .stop, stop: 99), owner: 1, time: 0)
    for event in Self.gathering + Self.opening { replay.apply(event) }
    #expect(replay.state(stop).status.isWorking)
    replay.apply(Self.add(101, 6, .buy, 90, 1))
    #expect(Self.fills(replay) == [[101, 0, 100, 1]])
  }

  @Test func aRecordedMarketThatDoesNotCrossMeetsOurs() {
    var replay = OrderReplay()
    for event: ReplayEvent in [.phase(.preOpen, time: 1), Self.add(2, 1, .sell, 100, 2), Self.add(3, 2, .sell, 101, 9)]
    {
      replay.apply(event)
    }
    _ = replay.submit(OrderTicket(.buy, lots: 4, limit: 102), owner: 1, time: 4)
    replay.apply(.phase(.open, time: 5))
    #expect(replay.history.unused(.sell, through: nil, enough: 100) == 7)
    #expect(Self.fills(replay) == [[5, 0, 101, 4]])
  }

  @Test func levelsHaveAnAuctionToo() {
    func level(_ time: Int64, _ side: Side, _ price: Int32, _ lots: Int32) -> ReplayEvent {
      ReplayEvent(time: time, kind: .depth, side: side, price: price, lots: lots)
    }
    var replay = LevelReplay()
    for event: ReplayEvent in [
      .phase(.preOpen, time: 1), level(2, .buy, 102, 4), level(3, .sell, 98, 5), level(4, .sell, 100, 4),
      level(5, .buy, 100, 3),
    ] {
      replay.apply(event)
    }
    _ = replay.submit(OrderTicket(.buy, lots: 6, limit: 100), owner: 1, time: 6)
    for event: ReplayEvent in [
      .phase(.open, time: 100), ReplayEvent(time: 100, kind: .trade, price: 100, lots: 7), level(100, .buy, 102, 0),
      level(100, .buy, 100, 0), level(100, .sell, 98, 0), level(100, .sell, 100, 2), level(101, .buy, 90, 1),
    ] {
      replay.apply(event)
    }
    #expect(replay.takeExecutions().map { [Int($0.time), $0.price, $0.lots] } == [[100, 100, 2]])
  }

  /// The run over a generated day: an order sent before the open trades in its auction.
  @Test func anOrderBeforeTheOpenOfAGeneratedDayTradesInItsAuction() throws {
    struct Early: ReplayStrategy {
      var limit: Int
      mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
        if case .start = signal {
          _ = desk.submit(OrderTicket(.buy, lots: 1, limit: limit, timeInForce: .goodTillCancelled))
        }
      }
    }
    let world = SyntheticSessionTests.world
    for day in world.sessions.bookDays {
      let events = world.sessions.book(day: day).events
      let auction = try #require(events.first { $0.kind == .trade && $0.side == nil })
      var settings = ReplayRunSettings()
      settings.tick = 0.25
      let report = ReplayRun.run(
        events, .orders, strategy: Early(limit: Int(auction.price) + 1), settings: settings)
      let first = try #require(report.fills.first)
      #expect(first.time == auction.time && first.price == Int(auction.price) && first.lots == 1 && first.isMaker)
      #expect(report.unknownOrders == 0)
    }
  }
}
