import HydraMarket
import HydraNumerics
import Testing

@Suite struct TradingRiskLimitsTests {
  static let held = ContractMonth(year: 2012, month: 12)
  static let date = CivilDate(year: 2012, month: 6, day: 1)

  static func market(volume: Double? = 400, ageSeconds: Int64 = 0, price: Double = 350) -> MarketState {
    let known = date.timestamp(hour: 23)
    return MarketState(
      symbol: "ZO", now: known.adding(seconds: ageSeconds), contract: held, date: date, priceKnown: known, price: price,
      previousPrice: 348, averageDailyVolume: volume, dailyVolatility: 7, pointValue: 50)
  }

  static func order(
    _ lots: Int, contract: ContractMonth = held, reference: Double = 350, symbol: String = "ZO"
  ) -> Order {
    Order(
      id: 1, symbol: symbol, contract: contract, side: lots < 0 ? .sell : .buy, lots: abs(lots),
      decided: date.timestamp(hour: 23), referencePrice: reference)
  }

  static func portfolio(lots: Int = 0, cash: Double = 100_000) throws -> Portfolio {
    var portfolio = Portfolio(cash: cash, instruments: [RandomWalkMarket.oats])
    if lots != 0 { try portfolio.apply(TradingPortfolioTests.fill(lots, at: 350)) }
    return portfolio
  }

  static func code(_ review: RiskReview) -> String {
    switch review {
    case .approved(let approved): "approved \(approved.order.lots) closes \(approved.closes)"
    case .refused(let refusal): refusal.code
    }
  }

  @Test func `each limit refuses with its own code`() throws {
    var limits = RiskLimits(maximumPosition: 10, maximumOrder: 8, maximumParticipation: 0.1)
    let flat = try Self.portfolio()
    func review(_ order: Order, _ market: MarketState = Self.market(), _ portfolio: Portfolio? = nil) -> String {
      Self.code(limits.review(order, portfolio: portfolio ?? flat, market: market))
    }
    #expect(review(Self.order(8)) == "approved 8 closes 0")
    #expect(review(Self.order(0)) == "invalid_lots")
    #expect(review(Self.order(1, symbol: "ZC")) == "wrong_market")
    #expect(review(Self.order(1, contract: ContractMonth(year: 2013, month: 3))) == "wrong_contract")
    #expect(review(Self.order(1, reference: .nan)) == "invalid_price")
    #expect(review(Self.order(1), Self.market(ageSeconds: 5 * 86_400)) == "stale_data")
    #expect(review(Self.order(1), Self.market(ageSeconds: -60)) == "stale_data")
    #expect(review(Self.order(1, reference: 450)) == "price_collar")
    #expect(review(Self.order(1, reference: 3500), Self.market(price: 3500)) == "price_collar")
    #expect(review(Self.order(9)) == "maximum_order")
    #expect(review(Self.order(5), Self.market(), try Self.portfolio(lots: 6)) == "maximum_position")
    #expect(review(Self.order(1), Self.market(volume: nil)) == "unknown_volume")
    #expect(review(Self.order(5), Self.market(volume: 40)) == "participation")
    limits.maximumNotional = 50_000
    #expect(review(Self.order(2)) == "approved 2 closes 0")
    #expect(review(Self.order(3)) == "notional")
    limits.maximumNotional = nil
    var priced = Self.market()
    priced.initialMargin = 40_000
    #expect(review(Self.order(3), priced) == "margin")
    var inDelivery = Self.market()
    inDelivery.contract = ContractMonth(year: 2012, month: 6)
    #expect(review(Self.order(1, contract: inDelivery.contract), inDelivery) == "delivery_month_position")
  }

  @Test func `loss stops let an order reduce and nothing else`() throws {
    var limits = RiskLimits(maximumPosition: 10, dailyLossStop: 1_000)
    var portfolio = try Self.portfolio(lots: 5)
    try portfolio.settle("ZO", Self.held, price: 345, date: Self.date)
    #expect(portfolio.dailyLoss == 1_250)
    func review(_ lots: Int, working: Int = 0) -> String {
      Self.code(limits.review(Self.order(lots), portfolio: portfolio, market: Self.market(), workingLots: working))
    }
    #expect(review(1) == "daily_loss_stop")
    #expect(review(-5) == "approved 5 closes 5")
    #expect(review(-6) == "daily_loss_stop")
    // Two lots are already on their way out: three are left to close.
    #expect(review(-3, working: 2) == "approved 3 closes 3")
    #expect(review(-4, working: 2) == "daily_loss_stop")
    limits.dailyLossStop = nil
    limits.totalLossStop = 1_250
    #expect(review(1) == "total_loss_stop")
    #expect(review(-5) == "approved 5 closes 5")
    // Neither stale data nor unknown volume holds back a reduction, a lot at a time at least.
    let stale = Self.market(volume: nil, ageSeconds: 30 * 86_400)
    #expect(Self.code(limits.review(Self.order(-1), portfolio: portfolio, market: stale)) == "approved 1 closes 1")
    #expect(Self.code(limits.review(Self.order(-2), portfolio: portfolio, market: stale)) == "participation")
  }

  @Test func `allowed lots are the largest that a review approves`() throws {
    var random = CounterRandom(seed: 5, stream: "limits")
    for _ in 0..<3_000 {
      var limits = RiskLimits(
        maximumPosition: random.below(12), maximumOrder: 1 + random.below(15),
        maximumParticipation: 0.01 + 0.1 * random.uniform())
      if random.below(3) == 0 { limits.maximumNotional = 200_000 * random.uniform() }
      if random.below(4) == 0 { limits.dailyLossStop = 1_000 * random.uniform() }
      var portfolio = try Self.portfolio(lots: random.below(13) - 6)
      try portfolio.settle("ZO", Self.held, price: 350 + 3 * random.normal(), date: Self.date)
      var market = Self.market(volume: random.below(10) == 0 ? nil : 300 * random.uniform())
      if random.below(3) == 0 { market.initialMargin = 20_000 * random.uniform() }
      let side: Side = random.below(2) == 0 ? .buy : .sell
      let working = random.below(4) == 0 ? random.below(3) : 0
      let allowed = limits.allowedLots(
        side, contract: Self.held, portfolio: portfolio, market: market, workingLots: working)
      for lots in 1...16 {
        let review = limits.review(
          Self.order(side.sign * lots), portfolio: portfolio, market: market, workingLots: working)
        switch review {
        case .approved(let approved):
          #expect(approved.order.lots == lots)
          #expect(lots <= allowed)
        case .refused: #expect(lots > allowed)
        }
      }
    }
  }

  @Test func `a roll closes always and opens only within the limits`() throws {
    let next = ContractMonth(year: 2013, month: 3)
    let roll = Roll(
      symbol: "ZO", date: Self.date, from: Self.held, to: next, fromPrice: 350, toPrice: 360,
      times: RandomWalkMarket.times(Self.date))
    var portfolio = try Self.portfolio(lots: -6)
    let legs = Order.legs(of: roll, position: -6, firstID: 7, decided: Self.date.timestamp(hour: 23))
    #expect(
      legs.map(\.signedLots) == [6, -6] && legs.map(\.id) == [7, 8] && legs.map(\.contract) == [Self.held, next])
    var limits = RiskLimits(maximumPosition: 6, maximumOrder: 2, maximumParticipation: 0.001, dailyLossStop: 1)
    try portfolio.settle("ZO", Self.held, price: 352, date: Self.date)
    #expect(limits.review(rollLegs: legs, portfolio: portfolio, market: Self.market()).approved.count == 2)
    limits.totalLossStop = 500
    let stopped = limits.review(rollLegs: legs, portfolio: portfolio, market: Self.market())
    #expect(stopped.approved.map(\.order.id) == [7] && stopped.refusal?.code == "total_loss_stop")
    limits.totalLossStop = nil
    limits.maximumPosition = 5
    #expect(limits.review(rollLegs: legs, portfolio: portfolio, market: Self.market()).approved.count == 1)
    let tooMany = Order.legs(of: roll, position: -7, firstID: 7, decided: Self.date.timestamp(hour: 23))
    #expect(limits.review(rollLegs: tooMany, portfolio: portfolio, market: Self.market()).approved.isEmpty)
  }

  @Test func `a proposal can only tighten`() {
    let operatorLimits = RiskLimits(maximumPosition: 5, dailyLossStop: 1_000)
    let proposal = RiskLimits(maximumPosition: 50, maximumOrder: 1, dailyLossStop: nil, totalLossStop: 3_000)
    let both = operatorLimits.tightened(by: proposal)
    #expect(both.maximumPosition == 5 && both.maximumOrder == 1)
    #expect(both.dailyLossStop == 1_000 && both.totalLossStop == 3_000)
    #expect(both == proposal.tightened(by: operatorLimits))
  }

  @Test func `an approved order cannot be decoded`() {
    #expect(!(ApprovedOrder.self is any Decodable.Type))
  }
}
