import Foundation
import HydraOptions
import TestSupport

/// Golden American prices, Greeks, approximations and implied volatilities.
struct AmericanVectors: Decodable {
  struct Case: Decodable {
    var regime: String
    var type: OptionKind
    var spot, strike, expiryYears, rate, dividendYield, vol: Double
    var expected: [String: Double]
    var formulas: [String: Double]

    enum CodingKeys: String, CodingKey {
      case regime, type, spot, strike, rate, vol, expected, formulas
      case expiryYears = "expiry_years"
      case dividendYield = "dividend_yield"
    }

    func price(_ method: AmericanMethod) -> Double {
      American.price(
        type, spot: spot, strike: strike, years: expiryYears, volatility: vol, rate: rate, dividendYield: dividendYield,
        method: method)
    }

    func formula(_ method: AmericanMethod) -> Double {
      American.approximation(
        type, spot: spot, strike: strike, years: expiryYears, volatility: vol, rate: rate, dividendYield: dividendYield,
        method: method)
    }

    func greeks(_ method: AmericanMethod) -> AmericanGreeks {
      American.greeks(
        type, spot: spot, strike: strike, years: expiryYears, volatility: vol, rate: rate, dividendYield: dividendYield,
        method: method)
    }
  }

  struct Inversion: Decodable {
    var type: OptionKind
    var spot, strike, expiryYears, rate, dividendYield, price, expectedVol: Double

    enum CodingKeys: String, CodingKey {
      case type, spot, strike, rate, price
      case expiryYears = "expiry_years"
      case dividendYield = "dividend_yield"
      case expectedVol = "expected_vol"
    }
  }

  struct Perpetual: Decodable {
    var type: OptionKind
    var spot, strike, rate, dividendYield, vol, expectedPrice, expectedBoundary: Double

    enum CodingKeys: String, CodingKey {
      case type, spot, strike, rate, vol
      case dividendYield = "dividend_yield"
      case expectedPrice = "expected_price"
      case expectedBoundary = "expected_boundary"
    }
  }

  var cases: [Case]
  var inversions: [Inversion]
  var perpetual: [Perpetual]

  enum CodingKeys: String, CodingKey {
    case cases, perpetual
    case inversions = "implied_vol"
  }

  static let golden = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("options/american.json")))
}
