import HydraNumerics
import HydraOptions
import Testing

@Suite struct Black76Tests {
  @Test func aTextbookPriceIsRightToAQuarterOfAUnit() {
    // mpmath: 7.96556745540579674…; a unit is 2^-53 (V + F |∂V/∂F| + K |∂V/∂K| + 3/2 σ ∂V/∂σ) = 1.4e-14.
    let price = Black76.price(.call, forward: 100, strike: 100, years: 1, volatility: 0.2)
    #expect(abs(price - 7.965567455405797) <= 3.5e-15)
    let market = FuturesOptionMarket(forward: 100, rate: 0, years: 1)
    #expect(Black76.price(.put, strike: 100, volatility: 0.2, in: market) == price)
  }

  @Test func priceIsWithinOneUnitAndGreeksWithinTwoOnEveryGoldenCase() {
    let vectors = PriceVectors.black76
    var worst: [String: (units: Double, index: Int)] = [:]
    for (index, (option, golden)) in zip(vectors.cases, vectors.caseValues).enumerated() {
      let greeks = option.greeks
      #expect(golden.expected.count == 16)
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

  @Test func limitsAreRoundedOnce() {
    // mpmath: 10 exp(-0.02) = 9.8019867330675530…
    #expect(Black76.price(.call, forward: 100, strike: 90, years: 0.5, volatility: 0, rate: 0.04) == 9.801986733067553)
  }

  @Test func limitsWithoutTimeOrVolatilityAreExact() {
    let vectors = PriceVectors.black76
    for (option, golden) in zip(vectors.limits, vectors.limitValues) {
      for (name, expected) in golden.expected {
        let value = option.greeks.named(name)
        // One unit of the rounding of the inputs: the file's discounted payoffs are differences of rounded products.
        let unit = name == "price" ? 0x1p-53 * 2 * (option.forward.value + option.strike.value) : 0
        #expect(
          isSame(value, expected.value) || abs(value - expected.value) <= unit,
          "\(name) of \(option): \(value), not \(expected.value)")
      }
    }
  }

  @Test func impossibleInputsGiveNaNAndAStatusAndLeaveOtherLanesAlone() {
    let vectors = PriceVectors.black76
    let healthy = vectors.cases[0]
    for (option, answer) in zip(vectors.invalid, vectors.answers) {
      let (columns, volatilities) = PriceVectors.columns([healthy, option, healthy])
      let batch = Black76.greeks(columns, volatilities: volatilities)
      let single = option.greeks
      #expect(isSame(batch.prices[1], single.price))
      #expect(batch.prices[0] == healthy.greeks.price && batch.prices[2] == healthy.greeks.price)
      #expect(batch.statuses[0] == .ok && batch.statuses[2] == .ok)
      let discount = FuturesOptionMarket(forward: 1, rate: option.rate.value, years: option.expiryYears.value).discount
      switch answer.expected {
      case "nan": #expect(single.price.isNaN && batch.statuses[1] == .nanInput)
      case "invalid": #expect(single.price.isNaN && batch.statuses[1] == .invalid)
      default:
        #expect(batch.statuses[1] == .ok)
        switch option.name {
        case "infinite_vol":
          #expect(abs(single.price - 100 * discount) <= single.price.ulp && single.vega == 0)
          let put = Black76.price(.put, forward: 100, strike: 95, years: 0.5, volatility: .infinity, rate: 0.03)
          #expect(abs(put - 95 * discount) <= put.ulp)
        case "zero_strike":
          #expect(abs(single.price - 100 * discount) <= single.price.ulp)
          #expect(Black76.price(.put, forward: 100, strike: 0, years: 0.5, volatility: 0.3, rate: 0.03) == 0)
        case "infinite_forward":
          #expect(single.price == .infinity)
          #expect(Black76.price(.put, forward: .infinity, strike: 95, years: 0.5, volatility: 0.3, rate: 0.03) == 0)
        default: Issue.record("unknown case \(option.name ?? "")")
        }
      }
    }
  }

  @Test func batchAndSingleCallsAgreeBitForBit() {
    let vectors = PriceVectors.black76
    let all = vectors.cases + vectors.limits + vectors.invalid
    let (columns, volatilities) = PriceVectors.columns(all)
    for threads in [1, 3] {
      let greeks = Black76.greeks(columns, volatilities: volatilities, threads: threads)
      let prices = Black76.price(columns, volatilities: volatilities, threads: threads)
      for (index, option) in all.enumerated() {
        let single = option.greeks
        #expect(isSame(greeks.prices[index], single.price) && isSame(prices.prices[index], single.price))
        for name in Greeks.Name.allCases { #expect(isSame(greeks[name][index], single[name])) }
        #expect(greeks.statuses[index] == prices.statuses[index])
      }
    }
  }

  /// C - P = D (F - K), to the rounding of the larger price.
  @Test func putCallParityHoldsOnRandomOptions() {
    var random = CounterRandom(seed: 7, stream: "parity")
    for _ in 0..<2000 {
      let forward = 100 * Portable.exp(random.normal())
      let strike = forward * Portable.exp(0.5 * random.normal())
      let (years, volatility) = (3 * random.uniform() + 1e-4, random.uniform() + 1e-3)
      let call = Black76.price(.call, forward: forward, strike: strike, years: years, volatility: volatility)
      let put = Black76.price(.put, forward: forward, strike: strike, years: years, volatility: volatility)
      #expect(abs(call - put - (forward - strike)) <= 2 * max(call, put).ulp)
      let mirrored = Black76.price(.put, forward: strike, strike: forward, years: years, volatility: volatility)
      #expect(call == mirrored, "a call is a put with forward and strike exchanged")
    }
  }

  @Test func pricesGrowWithVolatilityAndStayWithinTheirBounds() {
    var random = CounterRandom(seed: 8, stream: "bounds")
    for _ in 0..<500 {
      let (forward, strike) = (100.0, 100 * Portable.exp(random.normal()))
      for kind in OptionKind.allCases {
        var last = kind.payoff(forward: forward, strike: strike)
        for volatility in stride(from: 0.01, through: 12, by: 0.37) {
          let price = Black76.price(kind, forward: forward, strike: strike, years: 1, volatility: volatility)
          #expect(price >= last && price <= (kind == .call ? forward : strike))
          last = price
        }
      }
    }
  }

  @Test func greeksAreTheDerivativesOfEachOther() {
    expectDerivatives(at: (362.25, 350, 0.21, 0.31, 0.043), step: 1e-2) {
      Black76.greeks(.put, forward: $0, strike: $1, years: $2, volatility: $3, rate: $4)
    }
  }

  @Test func extremeInputsNeverGiveNaN() {
    let sizes = [
      Double.leastNonzeroMagnitude, 0x1p-1030, 1e-300, 1e-150, 1e-12, 1, 1e12, 1e150, 1e300,
      Double.greatestFiniteMagnitude,
    ]
    for forward in sizes {
      for strike in sizes {
        for years in [0, Double.leastNonzeroMagnitude, 1e-300, 1e-9, 1, 1e9, 1e300] {
          for volatility in [0, Double.leastNonzeroMagnitude, 1e-300, 1e-9, 1, 1e9, 1e300] {
            for kind in OptionKind.allCases {
              let price = Black76.price(
                kind, forward: forward, strike: strike, years: years, volatility: volatility)
              let payoff = kind.payoff(forward: forward, strike: strike)
              #expect(
                price >= payoff && price <= (kind == .call ? forward : strike),
                "\(kind) \(forward) \(strike) \(years) \(volatility): \(price)")
            }
          }
        }
      }
    }
  }
}
