import Foundation
import HydraNumerics
import HydraOptions
import Testing
import TestSupport

@Suite struct ImpliedMomentsTests {
  struct Flat: VolatilitySmile {
    var forward, years, level: Double
    func volatility(atStrike strike: Double) -> Double { level }
  }

  @Test func aFlatSmileHasLognormalMoments() throws {
    for (years, level) in [(0.02, 0.2), (0.25, 0.35), (1.5, 0.6)] {
      let moments = try ImpliedMoments(of: Flat(forward: 350, years: years, level: level))
      #expect(abs(moments.variance / (level * level * years) - 1) <= 1e-9)
      #expect(abs(moments.varianceSwapRate / (level * level) - 1) <= 1e-9)
      #expect(abs(moments.skewness) <= 1e-6)
      #expect(abs(moments.kurtosis - 3) <= 1e-6)
    }
  }

  @Test func stripsAgreeWithTheTruthOfTheVectors() throws {
    var errors: [String: [Double]] = [:]
    for item in DensityVectors.all.cases {
      let truth = DensityVectors.truth(item)
      let moments = try ImpliedMoments(of: item.optionQuotes, in: item.market)
      errors[item.noise, default: []].append(abs(moments.varianceSwapRate / truth.varianceSwapRate! - 1))
      #expect(moments.quotedShare > 0.7 && moments.quotedShare <= 1, "\(item.id): \(moments.quotedShare)")
    }
    for (noise, bound) in [("none", 0.005), ("tick", 0.02), ("wide", 0.04)] {
      let mean: Double = errors[noise]!.reduce(0, +) / 30
      #expect(mean <= bound, "\(noise): \(mean)")
    }
  }

  @Test func momentsOfADensityAndOfItsSmileAgree() throws {
    let smile = SABR(forward: 350, years: 0.2, alpha: 0.35, beta: 1, rho: -0.2, nu: 0.5)
    let density = ImpliedMoments(of: try RiskNeutralDensity(smile))
    let strip = try ImpliedMoments(of: smile)
    #expect(abs(density.variance / strip.variance - 1) <= 1e-4)
    #expect(abs(density.skewness - strip.skewness) <= 2e-3)
    #expect(abs(density.kurtosis - strip.kurtosis) <= 2e-2)
  }

  @Test func constantMaturityInterpolatesCumulants() throws {
    let near = try ImpliedMoments(of: Flat(forward: 350, years: 0.1, level: 0.4))
    let far = try ImpliedMoments(of: Flat(forward: 350, years: 0.3, level: 0.3))
    let between = try ImpliedMoments.interpolated([far, near], years: 0.2)
    #expect(abs(between.variance - (0.016 + 0.027) / 2) <= 1e-9)
    let before = try ImpliedMoments.interpolated([far, near], years: 0.05)
    #expect(abs(before.varianceSwapRate - 0.16) <= 1e-9)
    let after = try ImpliedMoments.interpolated([far, near], years: 0.6)
    #expect(abs(after.varianceSwapRate - 0.09) <= 1e-9)
    #expect(throws: DensityError.noQuotes) { try ImpliedMoments.interpolated([], years: 0.2) }
  }

  @Test func americanQuotesGiveTheMomentsOfEuropeanOnes() throws {
    let market = FuturesOptionMarket(forward: 362.25, rate: 0.06, years: 0.4)
    var (american, european) = (OptionQuotes(), OptionQuotes())
    for strike in stride(from: 280.0, through: 460, by: 20) {
      for kind in OptionKind.allCases {
        let k: Double = log(strike / 362.25)
        let volatility: Double = 0.3 + 0.1 * k * k
        let price = American.price(kind, strike: strike, volatility: volatility, in: market)
        american.append(OptionQuote(kind, strike: strike, statedMid: price))
        european.append(
          OptionQuote(
            kind, strike: strike, statedMid: Black76.price(kind, strike: strike, volatility: volatility, in: market)))
      }
    }
    let exact = try ImpliedMoments(of: european, in: market)
    let converted = try ImpliedMoments(of: american.european(in: market), in: market)
    let naive = try ImpliedMoments(of: american, in: market)
    #expect(abs(converted.variance / exact.variance - 1) <= 1e-6)
    #expect(naive.variance / exact.variance - 1 > 1e-4)
  }

  @Test func thinAndBadChainsAreTypedErrors() {
    let market = FuturesOptionMarket(forward: 350, years: 0.2)
    #expect(throws: DensityError.noQuotes) { try ImpliedMoments(of: [], in: market) }
    #expect(throws: DensityError.tooFewQuotes(usable: 1)) {
      try ImpliedMoments(of: [OptionQuote(.call, strike: 350, bid: 17, ask: 18)], in: market)
    }
    #expect(throws: DensityError.crossedQuote(strike: 350, bid: 19, ask: 18)) {
      try ImpliedMoments(of: [OptionQuote(.call, strike: 350, bid: 19, ask: 18)], in: market)
    }
    #expect(throws: DensityError.tooFewQuotes(usable: 0)) {
      try ImpliedMoments(of: [OptionQuote(.call, strike: .nan, bid: .nan, ask: 18)], in: market)
    }
  }

  @Test func premiumIsImpliedLessRealised() throws {
    let premium = try #require(VarianceRiskPremium(implied: 0.09, prices: [100, 102, 101, 103], periodsPerYear: 252))
    let returns: [Double] = [log(102.0 / 100), log(101.0 / 102), log(103.0 / 101)]
    let squares: [Double] = returns.map { $0 * $0 }
    let realised: Double = squares.reduce(0, +) / 3 * 252
    #expect(abs(premium.realised - realised) <= 1e-15)
    #expect(premium.difference == 0.09 - premium.realised)
    #expect(VarianceRiskPremium(implied: 0.09, prices: [100], periodsPerYear: 252) == nil)
    #expect(VarianceRiskPremium(implied: 0.09, prices: [100, 0], periodsPerYear: 252) == nil)
  }
}

@Suite struct SplineSmileTests {
  let strikes = Array(stride(from: 260.0, through: 480, by: 20))

  @Test func naturalSplinesGoThroughTheirValuesAndBendSmoothly() throws {
    let values = strikes.map { strike -> Double in
      let k: Double = log(strike / 350)
      return 0.3 + 0.2 * k * k
    }
    let smile = try SplineSmile(strikes: strikes, volatilities: values, forward: 350, years: 0.2)
    for (strike, value) in zip(strikes, values) {
      #expect(abs(smile.volatility(atStrike: strike) - value) <= 1e-15)
      // The curvature is the same on both sides of a knot.
      let k = log(strike / 350)
      guard strike > 260, strike < 480 else { continue }
      let (left, right) = (smile.totalVariance(atLogMoneyness: k - 1e-9), smile.totalVariance(atLogMoneyness: k + 1e-9))
      #expect(abs(left.curvature - right.curvature) <= 1e-6)
    }
    #expect(smile.volatility(atStrike: 100) == values[0])
    #expect(smile.volatility(atStrike: 1000) == values[values.count - 1])
  }

  @Test func monotoneJoinsStayBetweenTheirValues() throws {
    let values = strikes.indices.map { $0 % 3 == 0 ? 0.35 : 0.3 }
    let smile = try SplineSmile(strikes: strikes, volatilities: values, forward: 350, years: 0.2, join: .monotone)
    for strike in stride(from: 250.0, through: 490, by: 1) {
      let value = smile.volatility(atStrike: strike)
      #expect(value >= 0.3 - 1e-15 && value <= 0.35 + 1e-15)
    }
  }

  @Test func densitiesOfManyPricesAreThoseOfTheSmile() throws {
    let values = strikes.map { strike -> Double in
      let k: Double = log(strike / 350)
      return 0.3 + 0.2 * k * k - 0.05 * k
    }
    let smile = try SplineSmile(strikes: strikes, volatilities: values, forward: 350, years: 0.2)
    var prices = Array(stride(from: 150.0, through: 700, by: 3.7))
    prices += [0, -1, .nan, .infinity, 333]
    let densities = smile.densities(atStrikes: prices)
    for (price, density) in zip(prices, densities) {
      guard price > 0, price < .infinity else {
        #expect(price.isNaN ? density.isNaN : density == 0)
        continue
      }
      let k = log(price / 350)
      let variance = smile.totalVariance(atLogMoneyness: k)
      let root: Double = variance.value.squareRoot()
      let d2: Double = -k / root - root / 2
      let height: Double = Portable.normalDensity(d2) / root / price
      let expected: Double = variance.butterfly(atLogMoneyness: k) * height
      #expect(abs(density - expected) <= 1e-12 * 0.01, "\(price)")
    }
  }
}
