import Foundation
import HydraNumerics
import HydraOptions
import TestSupport
import Testing

/// Golden inversions.
private struct InversionVectors: Decodable {
  struct Case: Decodable {
    var regime: String
    var type: OptionKind
    var forward, strike, years, price, volatility, attainable, attainableByPrice: Double

    enum CodingKeys: String, CodingKey {
      case regime, type, forward, strike, price
      case years = "expiry_years"
      case volatility = "expected_vol"
      case attainable = "attainable_rel"
      case attainableByPrice = "jaeckel_attainable_rel"
    }

    /// The error of a volatility in units of what the rounding of the inputs costs.
    func units(_ value: Double) -> Double {
      abs(value / volatility - 1) / max(attainable, attainableByPrice)
    }
  }

  struct Bound: Decodable {
    var type: OptionKind
    var forward, strike, years, price, volatility: VectorNumber
    var status: ImpliedVolatilityStatus

    enum CodingKeys: String, CodingKey {
      case type, forward, strike, price
      case years = "expiry_years"
      case volatility = "expected_vol"
      case status = "expected_status"
    }
  }

  var cases: [Case]
  var bounds: [Bound]

  static let black76 = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("options/black76_implied_vol.json")))
}

@Suite struct ImpliedVolatilityTests {
  @Test func everyGoldenVolatilityIsWithinTwoUnits() throws {
    var worst: [String: (units: Double, index: Int)] = [:]
    var all: [Double] = []
    for (index, option) in InversionVectors.black76.cases.enumerated() {
      let value = try Black76.impliedVolatility(
        of: option.price, option.type, forward: option.forward, strike: option.strike, years: option.years)
      let units = option.units(value)
      all.append(units)
      if !(units <= worst[option.regime]?.units ?? 0) { worst[option.regime] = (units, index) }
    }
    for (regime, error) in worst.sorted(by: { $0.key < $1.key }) {
      #expect(error.units <= 2, "\(regime): \(error.units) units off in case \(error.index)")
      if VerboseTests.isOn { print(regime, error.units, error.index) }
    }
    let median = all.sorted()[all.count / 2]
    if VerboseTests.isOn { print("median", median) }
    #expect(median <= 0.15)
  }

  @Test func pricesOnAndBeyondTheBoundsHaveTheirStatus() throws {
    let bounds = InversionVectors.black76.bounds
    let options = OptionColumns(
      kinds: bounds.map(\.type), forwards: bounds.map(\.forward.value), strikes: bounds.map(\.strike.value),
      years: bounds.map(\.years.value))
    let batch = Black76.impliedVolatility(of: bounds.map(\.price.value), options)
    for (index, bound) in bounds.enumerated() {
      #expect(batch.statuses[index] == bound.status)
      #expect(isSame(batch.volatilities[index], bound.volatility.value))
      let single = Result { () throws(ImpliedVolatilityError) in
        try Black76.impliedVolatility(
          of: bound.price.value, bound.type, forward: bound.forward.value, strike: bound.strike.value,
          years: bound.years.value)
      }
      switch (bound.status, single) {
      case (.okZeroVolatility, .success(0)), (.atMaximum, .success(.infinity)), (.nanInput, .failure(.notANumber)):
        break
      case (.belowIntrinsic, .failure(.belowIntrinsic(let gap))):
        let payoff = bound.type.payoff(forward: bound.forward.value, strike: bound.strike.value)
        #expect(gap == payoff - bound.price.value)
      case (.aboveMaximum, .failure(.aboveUpperBound(let gap))): #expect(gap > 0)
      default: Issue.record("\(bound): \(single)")
      }
    }
  }

  @Test func impossibleInputsAreInvalid() {
    func status(_ price: Double, _ forward: Double, _ strike: Double, _ years: Double, _ rate: Double = 0)
      -> ImpliedVolatilityStatus
    {
      let option = OptionColumns(kinds: [.call], forwards: [forward], strikes: [strike], years: [years], rates: [rate])
      return Black76.impliedVolatility(of: [price], option).statuses[0]
    }
    #expect(status(5, -100, 100, 1) == .invalid)
    #expect(status(5, 100, -100, 1) == .invalid)
    #expect(status(5, 100, 100, -1) == .invalid)
    #expect(status(5, 100, 100, 0) == .invalid)
    #expect(status(0, 100, 100, 0) == .okZeroVolatility)
    #expect(status(5, .infinity, 100, 1) == .invalid)
    #expect(status(.infinity, 100, 100, 1) == .aboveMaximum)
    #expect(status(5, 100, 100, 1, .nan) == .nanInput)
    #expect(status(5, 100, 0, 1) == .belowIntrinsic)
    #expect(status(100, 100, 0, 1) == .okZeroVolatility)
    #expect(status(0, 0, 100, 1) == .okZeroVolatility)
  }

  /// Price and inversion with discounting, over the plane of moneyness and spread.
  @Test func inversionUndoesPricing() throws {
    var random = CounterRandom(seed: 3, stream: "inversion")
    for _ in 0..<3000 {
      let market = FuturesOptionMarket(
        forward: 100 * Portable.exp(random.normal()), rate: 0.1 * random.normal(), years: 2 * random.uniform() + 1e-3)
      let strike = market.forward * Portable.exp(random.normal() * 0.7)
      let volatility = Portable.exp(random.normal() - 1.5)
      for kind in OptionKind.allCases {
        let greeks = Black76.greeks(kind, strike: strike, volatility: volatility, in: market)
        guard greeks.vega > 1e-6, greeks.price > 1e-12 else { continue }
        let back = try Black76.impliedVolatility(of: greeks.price, kind, strike: strike, in: market)
        // Rounding of price, forward and strike, carried to the volatility.
        let scale = greeks.price + abs(market.forward * greeks.delta) + abs(strike * greeks.dualDelta)
        let attainable = 0x1p-53 * (2 * volatility + scale * (1 + abs(market.rate * market.years)) / greeks.vega)
        #expect(abs(back - volatility) <= 2 * attainable)
      }
    }
  }

  @Test func theLeastPricesAndLongestOddsAreInverted() throws {
    for strike in [100.0, 101, 1e3, 1e6, 1e100, 1e300] {
      for price in [Double.leastNonzeroMagnitude, 0x1p-1030, 1e-300, 1e-200, 1e-20, 1, 99.999, 100.0.nextDown] {
        let value = try Black76.impliedVolatility(of: price, .call, forward: 100, strike: strike, years: 1)
        #expect(value >= 0 && value < 100, "\(price) at \(strike): \(value)")
        let greeks = Black76.greeks(.call, forward: 100, strike: strike, years: 1, volatility: value)
        guard price > 1e-290 else { continue }
        #expect(abs(greeks.price - price) <= 4e-16 * (price + greeks.vega * value * 3 + 100 * greeks.delta))
      }
    }
  }

  @Test func batchAndSingleCallsAgreeBitForBit() throws {
    let cases = InversionVectors.black76.cases
    let options = OptionColumns(
      kinds: cases.map(\.type), forwards: cases.map(\.forward), strikes: cases.map(\.strike), years: cases.map(\.years))
    let one = Black76.impliedVolatility(of: cases.map(\.price), options)
    let many = Black76.impliedVolatility(of: cases.map(\.price), options, threads: 3)
    #expect(one == many)
    for (index, option) in cases.enumerated() {
      let single = try Black76.impliedVolatility(
        of: option.price, option.type, forward: option.forward, strike: option.strike, years: option.years)
      #expect(single == one.volatilities[index] && one.statuses[index] == .ok)
    }
  }
}
