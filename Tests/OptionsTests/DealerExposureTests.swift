import Foundation
import HydraOptions
import TestSupport
import Testing

/// Against the golden vectors, computed with 80 digits.
struct DealerExposureTests {
  struct Example: Decodable {
    struct Row: Decodable {
      var type: OptionKind
      var strike, expiry_years, vol, open_interest: Double
    }
    struct Expected: Decodable {
      var total_gex_1pct_usd, total_gamma_contracts_per_point, total_vanna_1volpoint_usd, total_charm_1day_usd: Double
      var total_delta_contracts, gross_gex_1pct_usd, total_gex_if_dealer_short_all: Double
      var gex_by_strike: [String: Double]
      var gamma_flip_levels_in_85_115pct: [Double]
      var call_wall, put_wall, max_pain_18d: Double
    }
    var forward, rate, usd_per_point: Double
    var chain: [Row]
    var expected: Expected

    var positions: [DealerExposure.Position] {
      chain.map {
        .init(
          $0.type, strike: $0.strike, years: $0.expiry_years, volatility: $0.vol, openInterest: $0.open_interest,
          forward: forward, rate: rate)
      }
    }
  }

  struct File: Decodable { var examples: [Example] }

  private let examples = try! JSONDecoder().decode(
    File.self, from: Data(contentsOf: TestSupport.vectors("options/dealer_exposure.json"))
  ).examples

  @Test func sumsWallsAndFlipsAreThoseOfTheReference() throws {
    #expect(examples.count == 3)
    for example in examples {
      let expected = example.expected
      let exposure = try DealerExposure(example.positions, currencyPerPoint: example.usd_per_point)
      func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * abs(b) }
      #expect(isClose(exposure.gamma, expected.total_gex_1pct_usd))
      #expect(isClose(exposure.gammaContracts, expected.total_gamma_contracts_per_point))
      #expect(isClose(exposure.vanna, expected.total_vanna_1volpoint_usd))
      #expect(isClose(exposure.charm, expected.total_charm_1day_usd))
      #expect(isClose(exposure.delta, expected.total_delta_contracts))
      #expect(isClose(exposure.grossGamma, expected.gross_gex_1pct_usd))
      #expect(exposure.levels.count == expected.gex_by_strike.count)
      for level in exposure.levels { #expect(isClose(level.gamma, expected.gex_by_strike["\(level.strike)"]!)) }
      #expect(exposure.flipLevels.count == expected.gamma_flip_levels_in_85_115pct.count)
      for (found, level) in zip(exposure.flipLevels, expected.gamma_flip_levels_in_85_115pct) {
        #expect(abs(found - level) <= 1e-8)
      }
      #expect(exposure.callWall == expected.call_wall)
      #expect(exposure.putWall == expected.put_wall)
      #expect(exposure.maxPain == expected.max_pain_18d)

      let short = try DealerExposure(
        example.positions, currencyPerPoint: example.usd_per_point, convention: .dealersShortAll)
      #expect(isClose(short.gamma, expected.total_gex_if_dealer_short_all))
      #expect(short.flipLevels.isEmpty)
    }
  }

  @Test func quotesWithoutVolatilityGetTheOneInTheirAmericanPrice() throws {
    let market = FuturesOptionMarket(forward: 362, rate: 0.05, years: 0.3)
    func quotes(_ volatility: Double?) -> OptionQuotes {
      [(OptionKind.call, 350.0, 40.0), (.put, 350, 70), (.put, 400, 20)].map { kind, strike, interest in
        let price = American.price(kind, strike: strike, volatility: 0.3, in: market, method: .accurate)
        return OptionQuote(
          kind, strike: strike, bid: price - 0.5, ask: price + 0.5, openInterest: interest, volatility: volatility)
      }.reduce(into: OptionQuotes()) { $0.append($1) }
    }
    let stated = try DealerExposure(of: quotes(0.3), in: market)
    let implied = try DealerExposure(of: quotes(nil), in: market)
    #expect(stated.gamma != 0 && abs(implied.gamma / stated.gamma - 1) < 1e-6)
  }

  @Test func numbersOutsideTheModelAreRefusedByPlaceAndName() {
    let good = DealerExposure.Position(
      .call, strike: 100, years: 0.1, volatility: 0.2, openInterest: 3, forward: 100, rate: 0.01)
    var bad = good
    bad.volatility = .nan
    #expect { try DealerExposure([good, bad]) } throws: { "\($0)" == "position 1: volatility is nan" }
    var expired = good
    expired.years = 0
    expired.strike = 90
    #expect(throws: Never.self) { try DealerExposure([good, expired]) }
  }
}
