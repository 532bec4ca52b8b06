import Foundation
import HydraNumerics
import HydraOptions
import TestSupport
import Testing

/// Golden prices and Greeks on spot assets.
private struct SpotVectors: Decodable {
  struct Case: Decodable {
    var name, regime: String?
    var type: OptionKind
    var spot, strike, years, rate, vol: VectorNumber
    var yield: VectorNumber?

    enum CodingKeys: String, CodingKey {
      case name, regime, type, spot, strike, rate, vol
      case years = "expiry_years"
      case yield = "dividend_yield"
    }

    var greeks: SpotGreeks {
      BlackScholes.greeks(
        type, spot: spot.value, strike: strike.value, years: years.value, volatility: vol.value, rate: rate.value,
        dividendYield: yield?.value ?? 0)
    }
  }

  var cases, limits, invalid: [Case]
  var caseValues, limitValues: [PriceVectors.Expectation]
  var answers: [PriceVectors.Answer]

  enum CodingKeys: String, CodingKey {
    case cases
    case limits = "exact_limits"
    case invalid = "invalid_inputs"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    cases = try container.decode([Case].self, forKey: .cases)
    caseValues = try container.decode([PriceVectors.Expectation].self, forKey: .cases)
    limits = try container.decode([Case].self, forKey: .limits)
    limitValues = try container.decode([PriceVectors.Expectation].self, forKey: .limits)
    invalid = try container.decode([Case].self, forKey: .invalid)
    answers = try container.decode([PriceVectors.Answer].self, forKey: .invalid)
  }

  static let shared = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("options/bsm_price_greeks.json")))

  static func columns(_ cases: [Case]) -> (SpotOptionColumns, [Double]) {
    let options = SpotOptionColumns(
      kinds: cases.map(\.type), spots: cases.map(\.spot.value), strikes: cases.map(\.strike.value),
      years: cases.map(\.years.value), rates: cases.map(\.rate.value),
      dividendYields: cases.map { $0.yield?.value ?? 0 })
    return (options, cases.map(\.vol.value))
  }
}

extension SpotGreeks {
  fileprivate func named(_ name: String) -> Double { name == "psi" ? psi : greeks.named(name) }
}

@Suite struct BlackScholesTests {
  @Test func aTextbookPriceIsRightToTheLastDigit() {
    // mpmath: 10.45058357218556734…
    let price = BlackScholes.price(.call, spot: 100, strike: 100, years: 1, volatility: 0.2, rate: 0.05)
    #expect(price == 10.450583572185568)
    let market = SpotOptionMarket(spot: 100, rate: 0.05, dividendYield: 0, years: 1)
    #expect(BlackScholes.price(.call, strike: 100, volatility: 0.2, in: market) == price)
    #expect(abs(market.forward - 105.12710963760242) < 1e-13)
  }

  @Test func priceIsWithinOneUnitAndGreeksWithinTwoOnEveryGoldenCase() {
    let vectors = SpotVectors.shared
    var worst: [String: (units: Double, index: Int)] = [:]
    for (index, (option, golden)) in zip(vectors.cases, vectors.caseValues).enumerated() {
      let greeks = option.greeks
      #expect(golden.expected.count == 17)
      for (name, expected) in golden.expected {
        let error = abs(greeks.named(name) - expected.value) / golden.attainable![name]!
        if !(error <= worst[name]?.units ?? 0) { worst[name] = (error, index) }
      }
    }
    for (name, error) in worst.sorted(by: { $0.key < $1.key }) {
      let bound = name == "price" ? 1.0 : 2.0
      #expect(error.units <= bound, "\(name) is \(error.units) units off in case \(error.index)")
      if VerboseTests.isOn { print(name, error.units, vectors.cases[error.index].regime ?? "") }
    }
  }

  @Test func limitsWithoutTimeOrVolatilityAreExact() {
    let vectors = SpotVectors.shared
    for (option, golden) in zip(vectors.limits, vectors.limitValues) {
      for (name, expected) in golden.expected {
        let value = option.greeks.named(name)
        let unit = name == "price" ? 0x1p-53 * 2 * (option.spot.value + option.strike.value) : 0
        #expect(
          isSame(value, expected.value) || abs(value - expected.value) <= unit,
          "\(name) of \(option): \(value), not \(expected.value)")
      }
    }
  }

  @Test func impossibleInputsGiveNaNAndAStatusAndLeaveOtherLanesAlone() {
    let vectors = SpotVectors.shared
    let healthy = vectors.cases[0]
    for (option, answer) in zip(vectors.invalid, vectors.answers) {
      let (columns, volatilities) = SpotVectors.columns([healthy, option, healthy])
      let batch = BlackScholes.greeks(columns, volatilities: volatilities)
      let single = option.greeks
      #expect(isSame(batch.prices[1], single.price))
      #expect(batch.prices[0] == healthy.greeks.price && batch.prices[2] == healthy.greeks.price)
      #expect(batch.statuses[0] == .ok && batch.statuses[2] == .ok)
      switch answer.expected {
      case "nan": #expect(single.price.isNaN && single.psi.isNaN && batch.statuses[1] == .nanInput)
      case "invalid": #expect(single.price.isNaN && batch.statuses[1] == .invalid)
      default:
        #expect(batch.statuses[1] == .ok)
        switch option.name {
        // A call on these is worth the asset, here without yield.
        case "infinite_vol", "zero_strike": #expect(single.price == 100)
        case "infinite_forward": #expect(single.price == .infinity)
        default: Issue.record("unknown case \(option.name ?? "")")
        }
      }
    }
  }

  @Test func batchAndSingleCallsAgreeBitForBit() {
    let vectors = SpotVectors.shared
    let all = vectors.cases + vectors.limits + vectors.invalid
    let (columns, volatilities) = SpotVectors.columns(all)
    for threads in [1, 3] {
      let greeks = BlackScholes.greeks(columns, volatilities: volatilities, threads: threads)
      let prices = BlackScholes.price(columns, volatilities: volatilities, threads: threads)
      for (index, option) in all.enumerated() {
        let single = option.greeks
        #expect(isSame(greeks.prices[index], single.price) && isSame(prices.prices[index], single.price))
        for name in Greeks.Name.allCases { #expect(isSame(greeks[name][index], single[name])) }
        #expect(isSame(greeks.psis[index], single.psi))
        #expect(greeks.statuses[index] == prices.statuses[index])
      }
    }
  }

  /// Every sensitivity against a central difference of the one below it.
  @Test func greeksAreTheDerivativesOfEachOther() {
    func g(_ s: Double, _ k: Double, _ t: Double, _ v: Double, _ r: Double, _ q: Double) -> SpotGreeks {
      BlackScholes.greeks(.put, spot: s, strike: k, years: t, volatility: v, rate: r, dividendYield: q)
    }
    let (s, k, t, v, r, q) = (362.25, 350.0, 0.21, 0.31, 0.043, 0.017)
    let at = g(s, k, t, v, r, q)
    func check(_ value: Double, _ up: Double, _ down: Double, _ step: Double) {
      let difference = (up - down) / (2 * step)
      #expect(abs(value - difference) <= 1e-6 * max(abs(value), 1e-9), "\(value) is not \(difference)")
    }
    let (su, sd) = (g(s + 1e-2, k, t, v, r, q), g(s - 1e-2, k, t, v, r, q))
    check(at.delta, su.price, sd.price, 1e-2)
    check(at.gamma, su.delta, sd.delta, 1e-2)
    check(at.speed, su.gamma, sd.gamma, 1e-2)
    let (vu, vd) = (g(s, k, t, v + 1e-5, r, q), g(s, k, t, v - 1e-5, r, q))
    check(at.vega, vu.price, vd.price, 1e-5)
    check(at.vanna, vu.delta, vd.delta, 1e-5)
    check(at.volga, vu.vega, vd.vega, 1e-5)
    check(at.zomma, vu.gamma, vd.gamma, 1e-5)
    check(at.ultima, vu.volga, vd.volga, 1e-5)
    let (tu, td) = (g(s, k, t + 1e-5, v, r, q), g(s, k, t - 1e-5, v, r, q))
    check(-at.theta, tu.price, td.price, 1e-5)
    check(-at.charm, tu.delta, td.delta, 1e-5)
    check(-at.veta, tu.vega, td.vega, 1e-5)
    check(-at.color, tu.gamma, td.gamma, 1e-5)
    let (ru, rd) = (g(s, k, t, v, r + 1e-5, q), g(s, k, t, v, r - 1e-5, q))
    check(at.rho, ru.price, rd.price, 1e-5)
    let (qu, qd) = (g(s, k, t, v, r, q + 1e-5), g(s, k, t, v, r, q - 1e-5))
    check(at.psi, qu.price, qd.price, 1e-5)
    let (ku, kd) = (g(s, k + 1e-2, t, v, r, q), g(s, k - 1e-2, t, v, r, q))
    check(at.dualDelta, ku.price, kd.price, 1e-2)
    check(at.dualGamma, ku.dualDelta, kd.dualDelta, 1e-2)
  }

  private func exactDelta(
    _ kind: OptionKind, _ spot: Double, _ strike: Double, _ years: Double, _ volatility: Double
  ) -> Double {
    BlackScholes.greeks(kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: 0).delta
  }

  /// Without carry it is Black's formula; scaling by a power of two changes nothing but the unit.
  @Test func itAgreesWithBlackAndIsHomogeneous() {
    var random = CounterRandom(seed: 4, stream: "black-scholes")
    for _ in 0..<1000 {
      let spot = 100 * Portable.exp(random.normal())
      let strike = spot * Portable.exp(0.5 * random.normal())
      let (years, volatility, rate) = (3 * random.uniform() + 1e-4, random.uniform() + 1e-3, 0.1 * random.uniform())
      for kind in OptionKind.allCases {
        let price = BlackScholes.price(
          kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, dividendYield: rate)
        let black = Black76.price(
          kind, forward: spot, strike: strike, years: years, volatility: volatility, rate: rate)
        let both = spot * abs(exactDelta(kind, spot, strike, years, volatility)) + strike
        #expect(abs(price - black) <= 0x1p-53 * (2 * price + both) * (1 + rate * years))
        let large = BlackScholes.price(
          kind, spot: spot * 0x1p600, strike: strike * 0x1p600, years: years, volatility: volatility, rate: rate,
          dividendYield: rate)
        #expect(abs(large * 0x1p-600 - black) <= 1e-12 * (spot + strike))
      }
    }
  }

  @Test func extremeInputsNeverGiveNaN() {
    let sizes = [Double.leastNonzeroMagnitude, 1e-300, 1e-12, 1, 1e12, 1e300, Double.greatestFiniteMagnitude]
    for spot in sizes {
      for strike in sizes {
        for years in [0, Double.leastNonzeroMagnitude, 1e-9, 1, 1e9, 1e300] {
          for volatility in [0, Double.leastNonzeroMagnitude, 1e-9, 1, 1e9, 1e300] {
            for rate in [-1e300, -0.05, 0, 0.05, 1e300] {
              for kind in OptionKind.allCases {
                let price = BlackScholes.price(
                  kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate,
                  dividendYield: 0.02)
                #expect(price >= 0, "\(kind) \(spot) \(strike) \(years) \(volatility) \(rate): \(price)")
              }
            }
          }
        }
      }
    }
  }

  @Test func inversionUndoesPricing() throws {
    var random = CounterRandom(seed: 6, stream: "spot-inversion")
    for _ in 0..<2000 {
      let market = SpotOptionMarket(
        spot: 100 * Portable.exp(random.normal()), rate: 0.1 * random.normal(), dividendYield: 0.05 * random.normal(),
        years: 2 * random.uniform() + 1e-3)
      let strike = market.spot * Portable.exp(random.normal() * 0.7)
      let volatility = Portable.exp(random.normal() - 1.5)
      for kind in OptionKind.allCases {
        let greeks = BlackScholes.greeks(kind, strike: strike, volatility: volatility, in: market)
        guard greeks.vega > 1e-6, greeks.price > 1e-12 else { continue }
        let back = try BlackScholes.impliedVolatility(of: greeks.price, kind, strike: strike, in: market)
        let scale = greeks.price + abs(market.spot * greeks.delta) + abs(strike * greeks.dualDelta)
        let carry = 1 + abs(market.rate * market.years) + abs(market.dividendYield * market.years)
        #expect(abs(back - volatility) <= 2 * 0x1p-53 * (2 * volatility + scale * carry / greeks.vega))
      }
    }
  }

  @Test func inversionsHaveTheirStatus() {
    func status(_ price: Double, _ spot: Double, _ strike: Double, _ years: Double, _ yield: Double = 0)
      -> ImpliedVolatilityStatus
    {
      let option = SpotOptionColumns(
        kinds: [.call], spots: [spot], strikes: [strike], years: [years], rates: [0], dividendYields: [yield])
      return BlackScholes.impliedVolatility(of: [price], option).statuses[0]
    }
    #expect(status(5, 100, 100, 1) == .ok)
    #expect(status(10, 110, 100, 1) == .okZeroVolatility)
    #expect(status(9, 110, 100, 1) == .belowIntrinsic)
    #expect(status(110, 110, 100, 1) == .atMaximum)
    #expect(status(111, 110, 100, 1) == .aboveMaximum)
    #expect(status(5, -100, 100, 1) == .invalid)
    #expect(status(5, 100, 100, 0) == .invalid)
    #expect(status(5, 100, 100, 1, .infinity) == .invalid)
    #expect(status(5, 100, 100, 1, .nan) == .nanInput)
    #expect(status(5, 100, .nan, 1) == .nanInput)
  }
}
