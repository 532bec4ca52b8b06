import HydraMarket
import HydraNumerics
import Testing

@Suite struct TradingSizingTests {
  static let fees = FeeModel(broker: 1.5)

  static func decide(
    _ forecast: Double, current: Int = 0, horizon: Int = 20, halfSpread: Double = 0.98,
    change: (inout Sizing) -> Void = { _ in }
  ) -> Sizing.Decision {
    var sizing = Sizing()
    change(&sizing)
    let signal = Signal(
      symbol: "ZO", time: TradingRiskLimitsTests.date.timestamp(), forecast: forecast, horizonDays: horizon)
    return sizing.decide(
      signal, currentLots: current, capital: 1_000_000, market: TradingRiskLimitsTests.market(volume: 4_000),
      cost: CostModel(halfSpread: halfSpread), fees: fees)
  }

  @Test func `the unit position has the target volatility`() {
    let lots = Sizing.unitLots(capital: 100_000, targetVolatility: 0.15, dailyVolatility: 7, pointValue: 50)
    #expect(abs(lots * 7 * 252.0.squareRoot() * 50 - 15_000) < 1e-9)
    #expect(abs(lots - 2.6998) < 1e-4)
    #expect(Sizing.unitLots(capital: -5, targetVolatility: 0.15, dailyVolatility: 7, pointValue: 50) == 0)
  }

  @Test func `the position follows the forecast to its cap`() {
    let unit = Sizing.unitLots(capital: 1_000_000, targetVolatility: 0.15, dailyVolatility: 7, pointValue: 50)
    let full = Self.decide(5) { $0.noTradeBand = 0 }
    #expect(full.idealLots == 2 * unit && full.targetLots == Int((2 * unit).rounded()) && full.reason == .trade)
    #expect(Self.decide(-5) { $0.noTradeBand = 0 }.targetLots == -full.targetLots)
    #expect(
      Self.decide(0.5) {
        $0.forecastScale = 2; $0.noTradeBand = 0
      }.targetLots == Int(unit.rounded()))
  }

  @Test func `inside the band nothing is traded and outside it only to the edge`() {
    // Unit 27.0 lots, band 2.7.
    #expect(Self.decide(1, current: 25).reason == .insideBand)
    #expect(Self.decide(1, current: 20).targetLots == 24)
    #expect(Self.decide(1, current: 34).targetLots == 30)
  }

  @Test func `new risk is taken only as far as it pays for the round trip`() {
    // A day's forecast of 0.3 σ is 2.1 cents; a round trip costs 2.02 and its impact.
    let dear = Self.decide(0.3, horizon: 1)
    #expect(dear.targetLots == 0 && dear.reason == .belowCost)
    #expect(dear.expectedGain! < dear.roundTripCost!)
    #expect(Self.decide(0.3, horizon: 20).reason == .trade)
    // Between the two the impact of a larger trade eats the gain: fewer lots.
    let some = Self.decide(0.32, horizon: 1)
    let all = Self.decide(0.32, horizon: 20)
    #expect(some.targetLots > 0 && some.targetLots < all.targetLots)
    #expect(some.expectedGain! > some.roundTripCost!)
  }

  @Test func `a position against the forecast is closed when staying costs more than leaving`() {
    #expect(Self.decide(-0.01, current: 5, horizon: 1).targetLots == 5)
    #expect(Self.decide(-0.2, current: 5, horizon: 1).targetLots == 0)
    #expect(Self.decide(-2, current: 5, horizon: 20).targetLots < 0)
    // Along with the forecast nothing is added below cost, and what is too much is given up.
    #expect(Self.decide(0.1, current: 1, horizon: 1).targetLots == 1)
    #expect(Self.decide(0.1, current: 20, horizon: 1).targetLots == 5)
  }

  @Test func `a missing forecast or volatility trades nothing`() {
    #expect(Self.decide(.nan, current: 3).reason == .missingInput)
    #expect(Self.decide(.nan, current: 3).targetLots == 3)
  }

  @Test func `the order is never larger than risk allows`() throws {
    let signal = Signal(
      symbol: "ZO", time: TradingRiskLimitsTests.date.timestamp(), forecast: 3, horizonDays: 20)
    let limits = RiskLimits(maximumPosition: 5, maximumOrder: 3)
    let market = TradingRiskLimitsTests.market(volume: 4_000)
    for lots in -5...5 {
      let portfolio = try TradingRiskLimitsTests.portfolio(lots: lots, cash: 1_000_000)
      let (order, decision) = Sizing().order(
        signal, id: 1, portfolio: portfolio, market: market, limits: limits, cost: CostModel(RandomWalkMarket.oats),
        fees: Self.fees)
      #expect(order?.lots ?? 0 == min(3, 5 - lots) && decision.change == order?.lots ?? 0)
      guard let order else { continue }
      guard case .approved = limits.review(order, portfolio: portfolio, market: market) else {
        Issue.record("an order cut to the limits was refused")
        continue
      }
    }
  }
}
