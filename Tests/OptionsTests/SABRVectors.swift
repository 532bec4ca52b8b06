import Foundation
import HydraOptions
import TestSupport

/// The golden file of SABR.
struct SABRVectors: Decodable {
  struct Point: Decodable {
    var strike, hagan_lognormal_vol, hagan_normal_vol, obloj_lognormal_vol: Double
  }

  struct Case: Decodable {
    var forward, expiry_years, alpha, beta, rho, nu, shift: Double
    var points: [Point]

    var smile: SABR {
      SABR(forward: forward, years: expiry_years, alpha: alpha, beta: beta, rho: rho, nu: nu, shift: shift)
    }
  }

  struct Quotes: Decodable {
    struct Expected: Decodable { var alpha, rho, nu, sse, rmse: Double }
    struct Generator: Decodable { var alpha, rho, nu: Double }

    var kind: String?
    var forward, expiry_years, beta: Double
    var strikes, vols: [Double]
    var weights: [Double]?
    var expected: Expected
    var generator: Generator?

    /// Σ w r² of the reference's parameters.
    var sumAtExpectedParameters: Double {
      let smile = SABR(
        forward: forward, years: expiry_years, alpha: expected.alpha, beta: beta, rho: expected.rho, nu: expected.nu)
      return strikes.indices.reduce(0) { sum, index in
        let residual = smile.volatility(atStrike: strikes[index]) - vols[index]
        return residual.isFinite ? sum + (weights?[index] ?? 1) * residual * residual : 0
      }
    }
  }

  struct Known: Decodable {
    var forward, expiry_years, alpha, beta, rho, nu: Double
    var strikes, vols: [Double]
  }

  var cases: [Case]
  var calibration, calibration_published: [Quotes]
  var known_values: [Known]

  static let shared = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("options/sabr.json")))
}
