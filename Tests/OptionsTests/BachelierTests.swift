import Foundation
import HydraNumerics
import HydraOptions
import TestSupport
import Testing

/// Golden prices, Greeks and inversions of the normal model.
private struct NormalVectors: Decodable {
  struct Case: Decodable {
    var type: OptionKind
    var forward, strike, years, rate, volatility: Double
    var expected, attainable: [String: Double]

    enum CodingKeys: String, CodingKey {
      case type, forward, strike, rate, expected
      case years = "expiry_years"
      case volatility = "normal_vol"
      case attainable = "attainable_abs"
    }

    var greeks: Greeks {
      Bachelier.greeks(type, forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
    }
  }

  struct Inversion: Decodable {
    var type: OptionKind
    var forward, strike, years, price: Double
    var volatility, attainable: Double?
    var status: ImpliedVolatilityStatus?

    enum CodingKeys: String, CodingKey {
      case type, forward, strike, price
      case years = "expiry_years"
      case volatility = "expected_normal_vol"
      case attainable = "attainable_rel"
      case status = "expected_status"
    }
  }

  var cases: [Case]
  var inversions, bounds: [Inversion]

  enum CodingKeys: String, CodingKey {
    case cases, bounds
    case inversions = "implied_vol"
  }

  static let shared = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("options/bachelier.json")))

  static func columns(_ rows: [Inversion]) -> OptionColumns {
    OptionColumns(
      kinds: rows.map(\.type), forwards: rows.map(\.forward), strikes: rows.map(\.strike), years: rows.map(\.years))
  }
}

@Suite struct BachelierTests {
  @Test func aPriceAtTheMoneyIsRightToTheLastDigit() throws {
    // 20 / √(2π).
    #expect(Bachelier.price(.call, forward: 100, strike: 100, years: 1, volatility: 20) == 7.978845608028654)
    let market = FuturesOptionMarket(forward: 100, rate: 0, years: 1)
    #expect(Bachelier.price(.put, strike: 100, volatility: 20, in: market) == 7.978845608028654)
    #expect(try Bachelier.impliedVolatility(of: 7.978845608028654, .call, strike: 100, in: market) == 20)
  }

  @Test func priceAndGreeksAreWithinOneUnitOnEveryGoldenCase() {
    var worst: [String: (units: Double, index: Int)] = [:]
    for (index, option) in NormalVectors.shared.cases.enumerated() {
      let greeks = option.greeks
      #expect(option.expected.count == 8)
      for (name, expected) in option.expected {
        let error = abs(greeks.named(name) - expected) / option.attainable[name]!
        if !(error <= worst[name]?.units ?? 0) { worst[name] = (error, index) }
      }
    }
    for (name, error) in worst.sorted(by: { $0.key < $1.key }) {
      #expect(error.units <= 1, "\(name) is \(error.units) units off in case \(error.index)")
      if VerboseTests.isOn { print(name, error.units) }
    }
  }

  @Test func impliedVolatilitiesAreWithinOneUnitOnEveryGoldenCase() throws {
    var worst = (units: 0.0, index: 0)
    let rows = NormalVectors.shared.inversions
    let batch = Bachelier.impliedVolatility(of: rows.map(\.price), NormalVectors.columns(rows), threads: 2)
    for (index, row) in rows.enumerated() {
      let value = try Bachelier.impliedVolatility(
        of: row.price, row.type, forward: row.forward, strike: row.strike, years: row.years)
      #expect(value == batch.volatilities[index] && batch.statuses[index] == .ok)
      let units = abs(value / row.volatility! - 1) / row.attainable!
      if !(units <= worst.units) { worst = (units, index) }
    }
    #expect(worst.units <= 1, "\(worst.units) units off in case \(worst.index)")
    if VerboseTests.isOn { print("implied", worst) }
  }

  @Test func pricesBeyondTheBoundsHaveTheirStatus() {
    let bounds = NormalVectors.shared.bounds
    let batch = Bachelier.impliedVolatility(of: bounds.map(\.price), NormalVectors.columns(bounds))
    for (index, bound) in bounds.enumerated() {
      #expect(batch.statuses[index] == bound.status)
      #expect(isSame(batch.volatilities[index], bound.volatility ?? .nan))
    }
    func status(_ price: Double, _ forward: Double, _ years: Double) -> ImpliedVolatilityStatus {
      let option = OptionColumns(kinds: [.call], forwards: [forward], strikes: [100], years: [years])
      return Bachelier.impliedVolatility(of: [price], option).statuses[0]
    }
    #expect(status(5, 100, 0) == .invalid)
    #expect(status(5, 100, -1) == .invalid)
    #expect(status(.infinity, 100, 1) == .atMaximum)
    #expect(status(.nan, 100, 1) == .nanInput)
    #expect(status(5, .infinity, 1) == .invalid)
    #expect(status(5, -1e300, 1) == .ok)
  }

  @Test func batchAndSingleCallsAgreeBitForBit() {
    let cases = NormalVectors.shared.cases
    let extremes = [0, 0x1p-1030, 1e300, -1e300, .infinity, .nan]
    let forwards = cases.map(\.forward) + extremes
    let options = OptionColumns(
      kinds: forwards.indices.map { $0 % 2 == 0 ? .call : .put }, forwards: forwards,
      strikes: cases.map(\.strike) + extremes.reversed(), years: cases.map(\.years) + [0, 1, 1e-300, 1, -1, 1],
      rates: cases.map(\.rate) + extremes.map { _ in 0.03 })
    let volatilities = cases.map(\.volatility) + [20, 0x1p-1030, 1e200, 1e300, 20, 20]
    for threads in [1, 3] {
      let greeks = Bachelier.greeks(options, volatilities: volatilities, threads: threads)
      let prices = Bachelier.price(options, volatilities: volatilities, threads: threads)
      for index in forwards.indices {
        let single = Bachelier.greeks(
          options.kinds[index], forward: forwards[index], strike: options.strikes[index], years: options.years[index],
          volatility: volatilities[index], rate: options.rates[index])
        #expect(isSame(greeks.prices[index], single.price) && isSame(prices.prices[index], single.price))
        for name in Greeks.Name.allCases { #expect(isSame(greeks[name][index], single[name])) }
        #expect(greeks.statuses[index] == prices.statuses[index])
      }
    }
  }

  @Test func greeksAreTheDerivativesOfEachOther() {
    expectDerivatives(at: (3.6, 3.3, 0.21, 1.1, 0.043), step: 1e-4) {
      Bachelier.greeks(.put, forward: $0, strike: $1, years: $2, volatility: $3, rate: $4)
    }
  }

  @Test func limitsAreThePayoffAndInfinity() {
    for kind in OptionKind.allCases {
      for (years, volatility) in [(0.0, 20.0), (1, 0)] {
        let greeks = Bachelier.greeks(kind, forward: -3, strike: 5, years: years, volatility: volatility)
        #expect(greeks.price == kind.payoff(forward: -3, strike: 5))
        #expect(greeks.delta == (kind == .call ? 0 : -1) && greeks.gamma == 0)
      }
      let wide = Bachelier.greeks(kind, forward: -3, strike: 5, years: 1, volatility: .infinity)
      #expect(wide.price == .infinity && wide.delta == 0.5 * kind.sign)
    }
    #expect(Bachelier.greeks(.call, forward: 5, strike: 5, years: 0, volatility: 20).delta.isNaN)
    #expect(Bachelier.price(.call, forward: 5, strike: 5, years: -1, volatility: 20).isNaN)
    // A unit far from 1 changes nothing but the unit.
    let near = Bachelier.greeks(.put, forward: 5, strike: 6, years: 1, volatility: 2)
    for power in [0x1p-1000, 0x1p900] {
      let far = Bachelier.greeks(.put, forward: 5 * power, strike: 6 * power, years: 1, volatility: 2 * power)
      #expect(far.price == near.price * power && far.delta == near.delta && far.vega == near.vega)
    }
  }

  @Test func inversionUndoesPricingFromTheLeastPricesOn() throws {
    var random = CounterRandom(seed: 9, stream: "normal-inversion")
    for _ in 0..<3000 {
      let forward = 100 * random.normal()
      let volatility = 20 * Portable.exp(2 * random.normal())
      let years = 2 * random.uniform() + 1e-3
      let z = 12 * random.normal()
      let strike = forward + z * volatility * years.squareRoot()
      let rate = 0.05 * random.normal()
      for kind in OptionKind.allCases {
        let greeks = Bachelier.greeks(
          kind, forward: forward, strike: strike, years: years, volatility: volatility, rate: rate)
        guard greeks.price > 1e-300, greeks.vega > 1e-14 * greeks.price else { continue }
        let back = try Bachelier.impliedVolatility(
          of: greeks.price, kind, forward: forward, strike: strike, years: years, rate: rate)
        let scale =
          greeks.price * (1 + abs(rate * years)) + abs(forward * greeks.delta) + abs(strike * greeks.dualDelta)
        #expect(abs(back - volatility) <= 2 * 0x1p-53 * (2 * volatility + scale / greeks.vega), "\(z) \(kind)")
      }
    }
  }
}
