import HydraMarket
import HydraNumerics
import Testing

@Suite struct TradingPortfolioTests {
  static let month = ContractMonth(year: 2012, month: 12)
  static let date = CivilDate(year: 2012, month: 6, day: 1)

  static func fill(
    _ lots: Int, at price: Double, fee: Double = 0, contract: ContractMonth = month, date: CivilDate = date,
    symbol: String = "ZO"
  ) -> Fill {
    Fill(
      order: 1, symbol: symbol, contract: contract, side: lots > 0 ? .buy : .sell, lots: abs(lots), price: price,
      fee: fee, time: date.timestamp(hour: 23), date: date, evidence: .bar, decisionPrice: price, marketPrice: price)
  }

  @Test func `accounts agree with the golden rows`() throws {
    for row in try CostVectors.cases("account") {
      let input = row.input
      var instrument = RandomWalkMarket.oats
      instrument.pointValue = input.point_value!
      var portfolio = Portfolio(cash: input.cash!, instruments: [instrument])
      var last = Self.month
      for (event, expected) in zip(input.events!, row.expected.rows!) {
        if event.type == "fill" {
          try portfolio.apply(Self.fill(event.qty!, at: event.price, fee: input.fee! * Double(abs(event.qty!))))
        } else {
          try portfolio.settle("ZO", Self.month, price: event.price, date: Self.date)
        }
        last = Self.month
        let position = portfolio.position("ZO", last)
        #expect(portfolio.lots("ZO") == expected.position)
        #expect(abs(position!.average - expected.average) <= row.tol)
        #expect(abs(portfolio.realised - expected.realised) <= row.tol)
        #expect(abs(portfolio.openProfit - expected.open) <= row.tol)
        #expect(abs(portfolio.fees - expected.fees) <= row.tol)
        #expect(abs(portfolio.cash - expected.cash) <= row.tol)
        #expect(abs(portfolio.marginExcess(maintenance: input.maintenance!) - expected.margin_excess) <= row.tol)
      }
    }
  }

  @Test func `cash identity holds over twenty thousand random events`() throws {
    var random = CounterRandom(seed: 3, stream: "portfolio")
    var portfolio = Portfolio(cash: 100_000, instruments: [RandomWalkMarket.oats, RandomWalkMarket.corn])
    var price = 350.0
    for step in 0..<20_000 {
      price = max(50, price + 4 * random.normal())
      let date = Self.date.adding(days: step / 8)
      let contract = ContractMonth(year: 2012 + step / 1800, month: 1 + step / 140 % 12)
      let symbol = random.below(2) == 0 ? "ZO" : "ZC"
      if random.below(3) == 0 {
        try portfolio.settle(symbol, contract, price: price, date: date)
      } else {
        let lots = (random.below(2) == 0 ? 1 : -1) * (1 + random.below(9))
        try portfolio.apply(
          Self.fill(lots, at: price, fee: 1.5 * Double(abs(lots)), contract: contract, date: date, symbol: symbol))
      }
    }
    #expect(portfolio.positions.allSatisfy { $0.lots != 0 })
  }

  @Test func `a roll is two fills and leaves profit as it was`() throws {
    var portfolio = Portfolio(cash: 10_000, instruments: [RandomWalkMarket.oats])
    let next = ContractMonth(year: 2013, month: 3)
    try portfolio.apply(Self.fill(2, at: 300))
    try portfolio.settle("ZO", Self.month, price: 310, date: Self.date)
    try portfolio.apply(Self.fill(-2, at: 310))
    try portfolio.apply(Self.fill(2, at: 325, contract: next))
    #expect(portfolio.cash == 11_000 && portfolio.realised == 1_000 && portfolio.openProfit == 0)
    #expect(portfolio.lots("ZO", Self.month) == 0 && portfolio.lots("ZO", next) == 2 && portfolio.lots("ZO") == 2)
  }

  @Test func `day loss and drawdown count from yesterday and from the highest`() throws {
    var portfolio = Portfolio(cash: 10_000, instruments: [RandomWalkMarket.oats])
    try portfolio.apply(Self.fill(1, at: 300))
    try portfolio.settle("ZO", Self.month, price: 310, date: Self.date)
    try portfolio.settle("ZO", Self.month, price: 306, date: Self.date.adding(days: 1))
    #expect(portfolio.highWaterMark == 10_500 && portfolio.drawdown == 200 && portfolio.dailyLoss == 200)
    try portfolio.settle("ZO", Self.month, price: 304, date: Self.date.adding(days: 2))
    #expect(portfolio.drawdown == 300 && portfolio.dailyLoss == 100)
  }

  @Test func `a margin call says how many lots to close`() throws {
    var portfolio = Portfolio(cash: 5_000, instruments: [RandomWalkMarket.oats])
    try portfolio.apply(Self.fill(4, at: 300))
    #expect(portfolio.marginExcess(maintenance: 900) == 1_400 && portfolio.lotsToClose(maintenance: 900) == 0)
    try portfolio.settle("ZO", Self.month, price: 288, date: Self.date)
    #expect(portfolio.marginExcess(maintenance: 900) == -1_000 && portfolio.lotsToClose(maintenance: 900) == 2)
    #expect(portfolio.lotsToClose(maintenance: 90_000) == 4)
  }

  @Test func `events that cannot be booked are refused`() throws {
    var portfolio = Portfolio(cash: 5_000, instruments: [RandomWalkMarket.oats])
    #expect(throws: AccountingError.unknownSymbol("ZC")) { try portfolio.apply(Self.fill(1, at: 300, symbol: "ZC")) }
    #expect(throws: AccountingError.self) { try portfolio.apply(Self.fill(1, at: .nan)) }
    #expect(throws: AccountingError.self) {
      try portfolio.settle("ZO", Self.month, price: .infinity, date: Self.date)
    }
    #expect(portfolio == Portfolio(cash: 5_000, instruments: [RandomWalkMarket.oats]))
  }
}
