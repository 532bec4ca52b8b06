import HydraNumerics
import HydraOptions
import Testing

/// Against the golden vectors (a reference of two other equations and QuantLib; see the file's `meta`).
struct AmericanTests {
  private let vectors = AmericanVectors.golden
  /// A debug build works its vectors lane by lane, a thousand times slower: there, every so manieth case of what takes
  /// several solutions a case; `swift test -c release` takes all. Prices are all looked at in both.
  #if DEBUG
  private let share = 6
  #else
  private let share = 1
  #endif

  /// The largest of some errors, with the place where it is.
  private func worst(_ errors: [Double]) -> (error: Double, index: Int) {
    var result = (error: -1.0, index: 0)
    for (index, error) in errors.enumerated() where !(error <= result.error) { result = (error, index) }
    return result
  }

  @Test func fastPricesAreWithinAMillionthOfTheStrike() {
    let errors = vectors.cases.map { abs($0.price(.fast) - $0.expected["price"]!) / $0.strike }
    let (error, index) = worst(errors)
    #expect(error <= 1e-6, "\(error) of the strike in \(vectors.cases[index])")
    let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
    #expect(rms <= 8e-8, "rms \(rms)")
  }

  @Test func accuratePricesAreWithinABillionthOfTheStrike() {
    let errors = parallelMap(vectors.cases.count, threads: 2) { index in
      let row = vectors.cases[index]
      return abs(row.price(.accurate) - row.expected["price"]!) / row.strike
    }
    let (error, index) = worst(errors)
    #expect(error <= 1e-9, "\(error) of the strike in \(vectors.cases[index])")
    let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
    #expect(rms <= 4e-10, "rms \(rms)")
  }

  /// The reference differences its prices over five points (0.02 standard deviations, a hundredth of the volatility) and
  /// calls itself good to about 1e-7: its truncation is what is left here, as `sensitivitiesAreSlopesOfThePrice` shows.
  @Test func sensitivitiesAreThoseOfTheReference() {
    let all = vectors.cases.filter { $0.expected["delta"] != nil }
    let rows = stride(from: 0, to: all.count, by: share).map { all[$0] }
    let errors = parallelMap(rows.count, threads: 2) { index -> (delta: Double, vega: Double, gamma: Double) in
      let row = rows[index]
      let greeks = row.greeks(.accurate)
      let root = row.expiryYears.squareRoot()
      return (
        abs(greeks.delta - row.expected["delta"]!), abs(greeks.vega - row.expected["vega"]!) / (0.4 * row.spot * root),
        abs(greeks.gamma - row.expected["gamma"]!) * row.spot * row.vol * root / 0.4
      )
    }
    #expect(all.count > 200)
    #expect(errors.filter { $0.delta > 1e-7 }.count <= 1 && errors.allSatisfy { $0.delta <= 2e-7 })
    #expect(errors.filter { $0.vega > 1e-7 }.count <= 1 && errors.allSatisfy { $0.vega <= 4e-7 })
    #expect(errors.allSatisfy { $0.gamma <= 1e-5 })
  }

  /// The cases with the largest truncation among them: halved steps take it away.
  @Test func sensitivitiesAreSlopesOfThePrice() {
    let spreads = vectors.cases.map { $0.expiryYears * $0.vol * $0.vol }
    let long = vectors.cases.indices.sorted { spreads[$0] > spreads[$1] }.prefix(2)
    for index in long + [3, 140] {
      let row = vectors.cases[index]
      guard row.expected["delta"] != nil else { continue }
      let greeks = row.greeks(.accurate)
      func price(spot: Double, vol: Double) -> Double {
        American.price(
          row.type, spot: spot, strike: row.strike, years: row.expiryYears, volatility: vol, rate: row.rate,
          dividendYield: row.dividendYield)
      }
      let h = 0.005 * row.spot * row.vol * row.expiryYears.squareRoot()
      let k = 0.005 * row.vol
      let near = (price(spot: row.spot + h, vol: row.vol) - price(spot: row.spot - h, vol: row.vol)) / (2 * h)
      let far = (price(spot: row.spot + 2 * h, vol: row.vol) - price(spot: row.spot - 2 * h, vol: row.vol)) / (4 * h)
      #expect(abs(greeks.delta - (4 * near - far) / 3) <= 1e-8)
      let close = (price(spot: row.spot, vol: row.vol + k) - price(spot: row.spot, vol: row.vol - k)) / (2 * k)
      let wide = (price(spot: row.spot, vol: row.vol + 2 * k) - price(spot: row.spot, vol: row.vol - 2 * k)) / (4 * k)
      #expect(abs(greeks.vega - (4 * close - wide) / 3) <= 1e-8 * row.spot)
    }
  }

  @Test func theQuadraticApproximationIsSolvedToTheLastDigits() {
    let errors = vectors.cases.map { abs($0.formula(.baw) / $0.formulas["baw1987"]! - 1) }
    let (error, index) = worst(errors)
    #expect(error <= 1e-12, "\(error) in \(vectors.cases[index])")
  }

  /// Values far below a millionth of the strike are differences of terms as large as the strike, in any order of them.
  @Test(arguments: [(AmericanMethod.bjs1993, "bjerksund_stensland_1993"), (.bjs2002, "bjerksund_stensland_2002")])
  func theFlatAndTheSteppedBoundaryAreThoseOfTheReference(method: AmericanMethod, name: String) {
    let errors = vectors.cases.map { abs($0.formula(method) - $0.formulas[name]!) / max($0.strike, $0.spot) }
    let (error, index) = worst(errors)
    #expect(error <= 1e-12, "\(method): \(error) in \(vectors.cases[index])")
  }

  @Test func approximationsDoNotLieBelowWhatTheHolderHas() {
    for row in vectors.cases {
      let european = row.expected["european_price"]!
      for method in [AmericanMethod.baw, .bjs1993, .bjs2002] {
        #expect(row.price(method) >= european - 1e-13 * row.strike)
        #expect(row.price(method) >= row.type.payoff(forward: row.spot, strike: row.strike))
      }
    }
  }

  @Test func volatilitiesComeBackFromPrices() {
    let rows = stride(from: 0, to: vectors.inversions.count, by: share).map { vectors.inversions[$0] }
    let options = SpotOptionColumns(
      kinds: rows.map(\.type), spots: rows.map(\.spot), strikes: rows.map(\.strike), years: rows.map(\.expiryYears),
      rates: rows.map(\.rate), dividendYields: rows.map(\.dividendYield))
    let found = American.impliedVolatility(of: rows.map(\.price), options, threads: 2)
    for (index, row) in rows.enumerated() {
      #expect(found.statuses[index] == .ok)
      let volatility = found.volatilities[index]
      #expect(abs(volatility - row.expectedVol) <= 1e-8, "\(volatility) in place of \(row.expectedVol) in \(row)")
    }
  }

  @Test func optionsWithoutExpiryHaveAClosedForm() {
    for row in vectors.perpetual {
      let option = PerpetualAmerican(
        row.type, strike: row.strike, volatility: row.vol, rate: row.rate, dividendYield: row.dividendYield)
      #expect(abs(option.boundary / row.expectedBoundary - 1) <= 1e-12)
      #expect(abs(option.price(spot: row.spot) / row.expectedPrice - 1) <= 1e-12)
    }
    #expect(vectors.perpetual.count == 12)
  }
}
