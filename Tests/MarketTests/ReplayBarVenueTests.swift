import HydraMarket
import HydraNumerics
import Testing

@Suite struct ReplayBarVenueTests {
  static let held = ContractMonth(year: 2012, month: 12)
  static let next = ContractMonth(year: 2013, month: 3)
  static let first = CivilDate(year: 2012, month: 6, day: 4)

  static func date(_ day: Int) -> CivilDate { first.adding(days: day) }

  static func bar(_ day: Int, _ close: Double, _ contract: ContractMonth = held) -> MarketEvent {
    .bar(RandomWalkMarket.bar("ZO", date(day), contract, close))
  }

  static func daily(_ day: Int, volume: Double?) -> MarketEvent {
    .daily(RandomWalkMarket.daily("ZO", date(day), settle: 350, volume: volume))
  }

  /// A venue that has seen bars of days 0 and 1 at 350.
  static func venue(participation: Double = 0.1, lifeInBars: Int = 1, own volume: Double? = nil) -> BarVenue {
    var settings = BarVenue.Settings()
    settings.participation = participation
    settings.lifeInBars = lifeInBars
    var instrument = RandomWalkMarket.oats
    instrument.averageDailyVolume = volume
    var venue = BarVenue(instrument: instrument, settings: settings)
    for day in 0...1 { #expect(venue.handle(bar(day, 350)).isEmpty) }
    return venue
  }

  static func approved(_ lots: Int, id: Int = 1, day: Int = 1, contract: ContractMonth = held) -> ApprovedOrder {
    let known = date(day).timestamp(hour: 23)
    let order = Order(
      id: id, symbol: "ZO", contract: contract, side: lots > 0 ? .buy : .sell, lots: abs(lots), decided: known,
      referencePrice: 350)
    let market = MarketState(
      symbol: "ZO", now: known, contract: contract, date: date(day), priceKnown: known, price: 350,
      averageDailyVolume: 1e6, pointValue: 50)
    let review = RiskLimits(maximumPosition: 1_000).review(
      order, portfolio: Portfolio(cash: 1e6, instruments: [RandomWalkMarket.oats]), market: market)
    guard case .approved(let approved) = review else { preconditionFailure("a test order was refused: \(review)") }
    return approved
  }

  @Test func `an order fills at the next close, never at the one it saw`() throws {
    var venue = Self.venue()
    #expect(venue.submit(Self.approved(3)).map(\.change) == [.accepted])
    // The same bar again, and an older one: nothing happens.
    #expect(venue.handle(Self.bar(1, 340)).isEmpty)
    _ = venue.handle(Self.daily(2, volume: 100))
    let updates = venue.handle(Self.bar(2, 352))
    let fill = try #require(updates.first?.fill)
    #expect(updates.count == 1 && updates[0].isFinal)
    #expect(fill.lots == 3 && fill.marketPrice == 352 && fill.decisionPrice == 350 && fill.date == Self.date(2))
    #expect(fill.price == 352 + fill.halfSpread + fill.impact && fill.halfSpread >= 0.98 && fill.impact > 0)
    #expect((4 * fill.price).rounded() == 4 * fill.price && fill.price < 352 + 0.98 + fill.impact + 0.25)
    #expect(fill.fee == 4.5 && fill.evidence == .bar)
  }

  @Test func `a sale receives the close less the cost`() throws {
    var venue = Self.venue(own: 400)
    _ = venue.submit(Self.approved(-4))
    let fill = try #require(venue.handle(Self.bar(2, 352)).first?.fill)
    // No volatility yet: 2 % of the price stands for it.
    let impact = 0.8 * 0.02 * 352 * (4.0 / 400).squareRoot()
    #expect(abs(fill.impact - impact) < 1e-12)
    #expect(fill.price == (4 * (352 - 0.98 - impact)).rounded(.down) / 4)
  }

  @Test func `participation caps all orders of a day together and the rest expires`() {
    var venue = Self.venue()
    _ = venue.submit(Self.approved(5, id: 1))
    _ = venue.submit(Self.approved(-5, id: 2))
    #expect(venue.workingLots(.buy) == 5 && venue.workingLots(.sell) == 5)
    _ = venue.handle(Self.daily(2, volume: 79))
    let updates = venue.handle(Self.bar(2, 352))
    #expect(updates.compactMap(\.fill).map(\.lots) == [5, 2])
    #expect(updates.last?.change == .expired(leaves: 3))
    #expect(venue.workingLots(.buy) == 0 && venue.workingLots(.sell) == 0)
  }

  @Test func `slicing an order saves no impact`() {
    var venue = Self.venue(own: 400)
    for id in 1...4 { _ = venue.submit(Self.approved(1, id: id)) }
    let fills = venue.handle(Self.bar(2, 352)).compactMap(\.fill)
    var whole = Self.venue(own: 400)
    _ = whole.submit(Self.approved(4))
    let one = whole.handle(Self.bar(2, 352)).first?.fill
    let paid = fills.reduce(0) { $0 + $1.price } / 4
    #expect(fills.count == 4 && paid >= (one?.price ?? .infinity) - 0.25)
    #expect(zip(fills, fills.dropFirst()).allSatisfy { $0.impact < $1.impact })
    #expect(fills.reduce(0) { $0 + $1.impact } > 4 * (one?.impact ?? .infinity))
  }

  @Test func `a close between two ticks is rounded once, with its cost, against us`() throws {
    for (close, lots) in [(352.1, 1), (352.1, -1), (352.2, 1), (352.2, -1)] {
      var venue = Self.venue(own: 400)
      _ = venue.submit(Self.approved(lots))
      let fill = try #require(venue.handle(Self.bar(2, close)).first?.fill)
      let exact = 4 * (close + Double(lots) * (0.98 + fill.impact))
      #expect(fill.price == (lots > 0 ? exact.rounded(.up) : exact.rounded(.down)) / 4, "\(close) \(lots)")
      #expect(fill.marketPrice == close)
      #expect(abs(fill.price - close - Double(lots) * (fill.halfSpread + fill.impact)) < 1e-9)
    }
  }

  @Test func `an earlier order of ours still pushes the price`() throws {
    func second(after first: Int?) throws -> Fill {
      var venue = Self.venue(lifeInBars: 1, own: 400)
      if let first { _ = venue.submit(Self.approved(first, id: 7)) }
      _ = venue.handle(Self.bar(2, 352))
      _ = venue.submit(Self.approved(2, id: 8, day: 2))
      return try #require(venue.handle(Self.bar(3, 352)).first?.fill)
    }
    let (alone, pushed, other) = (try second(after: nil), try second(after: 20), try second(after: -20))
    #expect(pushed.impact > alone.impact && other.impact == alone.impact)
    #expect(pushed.impact < 1.5 * alone.impact)
  }

  @Test func `a longer life keeps the remainder working`() {
    var venue = Self.venue(lifeInBars: 2)
    _ = venue.submit(Self.approved(5))
    _ = venue.handle(Self.daily(2, volume: 20))
    #expect(venue.handle(Self.bar(2, 352)).map(\.fill?.lots) == [2])
    #expect(venue.workingLots(.buy) == 3)
    _ = venue.handle(Self.daily(3, volume: 10))
    let updates = venue.handle(Self.bar(3, 352))
    #expect(updates.first?.fill?.lots == 1 && updates.last?.change == .expired(leaves: 2))
  }

  @Test func `no volume means no fill`() {
    var venue = Self.venue()
    _ = venue.submit(Self.approved(1))
    #expect(venue.handle(Self.bar(2, 352)).map(\.change) == [.expired(leaves: 1)])
    _ = venue.submit(Self.approved(1, day: 2))
    _ = venue.handle(Self.daily(3, volume: 0))
    #expect(venue.handle(Self.bar(3, 352)).map(\.change) == [.expired(leaves: 1)])
  }

  @Test func `nothing fills in the direction of a locked limit`() {
    for (close, lots, fills) in [(370.0, 1, 0), (370.0, -1, 1), (330.0, -1, 0), (330.0, 1, 1), (369.75, 1, 1)] {
      var venue = Self.venue(own: 400)
      _ = venue.submit(Self.approved(lots))
      #expect(venue.handle(Self.bar(2, close)).compactMap(\.fill).count == fills, "\(close) \(lots)")
    }
  }

  @Test func `a roll cancels what works and fills its two legs at its own prices`() throws {
    var venue = Self.venue(own: 400)
    _ = venue.submit(Self.approved(1))
    let roll = Roll(
      symbol: "ZO", date: Self.date(1), from: Self.held, to: Self.next, fromPrice: 350, toPrice: 362,
      times: RandomWalkMarket.times(Self.date(1)))
    #expect(venue.handle(.roll(roll)).map(\.change) == [.cancelled(.contractRolled, leaves: 1)])
    #expect(venue.openRoll == roll)

    var portfolio = Portfolio(cash: 1e5, instruments: [RandomWalkMarket.oats])
    try portfolio.apply(TradingPortfolioTests.fill(3, at: 350, contract: Self.held, date: Self.date(1)))
    let known = Self.date(1).timestamp(hour: 23)
    let market = MarketState(
      symbol: "ZO", now: known, contract: Self.held, date: Self.date(1), priceKnown: known, price: 350,
      averageDailyVolume: 400, pointValue: 50)
    let legs = RiskLimits(maximumPosition: 5).review(
      rollLegs: Order.legs(of: roll, position: 3, firstID: 10, decided: known), portfolio: portfolio, market: market)
    let fills = legs.approved.flatMap { venue.submit($0) }.compactMap(\.fill)
    #expect(fills.map(\.signedLots) == [-3, 3] && fills.map(\.contract) == [Self.held, Self.next])
    #expect(fills[0].price < 350 - 0.98 && fills[1].price > 362 + 0.98)
    for fill in fills { try portfolio.apply(fill) }
    #expect(portfolio.lots("ZO", Self.next) == 3 && portfolio.lots("ZO", Self.held) == 0)

    // The next bar of the new contract is measured from the roll's price, and there is nothing to roll any more.
    _ = venue.submit(Self.approved(1, id: 12, contract: Self.next))
    #expect(venue.handle(Self.bar(2, 380, Self.next)).compactMap(\.fill).count == 1)
    #expect(venue.openRoll == nil)
    #expect(legs.approved.flatMap { venue.submit($0) }.allSatisfy { $0.change == .rejected(.noRoll) })
  }

  @Test func `a change of contract without an event can still be rolled`() {
    var venue = Self.venue(own: 400)
    _ = venue.submit(Self.approved(1))
    #expect(venue.handle(Self.bar(2, 365, Self.next)).map(\.change) == [.cancelled(.contractRolled, leaves: 1)])
    #expect(venue.openRoll?.from == Self.held && venue.openRoll?.fromPrice == 350 && venue.openRoll?.toPrice == 365)
    _ = venue.handle(Self.bar(3, 366, Self.next))
    #expect(venue.openRoll == nil)
  }

  @Test func `cancel all takes back everything`() {
    var venue = Self.venue()
    _ = venue.submit(Self.approved(2, id: 1))
    _ = venue.submit(Self.approved(-1, id: 2))
    let time = Self.date(1).timestamp(hour: 23, minute: 30)
    #expect(
      venue.cancelAll(at: time) == [
        OrderUpdate(order: 1, time: time, change: .cancelled(.user, leaves: 2)),
        OrderUpdate(order: 2, time: time, change: .cancelled(.user, leaves: 1)),
      ])
    #expect(venue.workingLots(.buy) == 0)
  }

  @Test func `cost uses volume and volatility from before the bar of the fill`() throws {
    let history = RandomWalkMarket.history(RandomWalkMarket.oats, days: 120, seed: 11)
    let events = MarketHistory.events(primary: history)
    var venue = BarVenue(instrument: history.instrument)
    var tracker = MarketTracker(instrument: history.instrument)
    let last = history.bars[110]
    for event in events where event.date < last.date {
      _ = venue.handle(event)
      tracker.update(event)
    }
    let state = try #require(tracker.state(at: history.bars[109].times.available))
    let order = Order(
      id: 1, symbol: "ZO", contract: last.contract, side: .buy, lots: 2, decided: state.now,
      referencePrice: state.price)
    guard
      case .approved(let approved) = RiskLimits(maximumPosition: 5).review(
        order, portfolio: Portfolio(cash: 1e6, instruments: [history.instrument]), market: state)
    else { throw AccountingError.unknownSymbol("refused") }
    _ = venue.submit(approved)
    var daily = history.daily[110]
    daily.volume = 1e6
    _ = venue.handle(.daily(daily))
    let fill = try #require(venue.handle(.bar(last)).first?.fill)
    let expected = CostModel(history.instrument).expected(
      lots: 2, averageDailyVolume: state.averageDailyVolume!, dailyVolatility: state.dailyVolatility!)
    #expect(abs(fill.impact - expected.impact) < 1e-12)
  }
}
