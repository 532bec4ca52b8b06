import Foundation
import HydraOptions
import TestSupport

/// The golden file of SVI and SSVI.
struct SVIVectors: Decodable {
  struct Raw: Decodable {
    var a, b, rho, m, sigma: Double

    func smile(forward: Double = 1, years: Double) -> SVI {
      SVI(forward: forward, years: years, a: a, b: b, rho: rho, m: m, sigma: sigma)
    }
  }

  struct JumpWings: Decodable { var v, psi, p, c, v_min: Double }
  struct Point: Decodable { var k, total_variance, dw, d2w, g: Double }

  struct Case: Decodable {
    var name: String
    var raw: Raw
    var expiry_years: Double
    var jump_wings: JumpWings
    var points: [Point]
    var min_g, argmin_k: Double
    var search_range_k: [Double]
    var butterfly_arbitrage: Bool
  }

  struct Vogt: Decodable {
    struct Fixed: Decodable { var c, v_min: Double }
    struct Refit: Decodable {
      var log_moneyness, total_variance: [Double]
      var raw: Raw
      var sse: Double
    }

    var raw: Raw
    var fixed_paper, optimal_paper: Fixed
    var arbitrage_free_refit: Refit
  }

  struct Surface: Decodable {
    struct Point: Decodable { var k, total_variance, g: Double }
    struct Slice: Decodable {
      var theta, phi, cond1_theta_phi, cond2_theta_phi2: Double
      var butterfly_sufficient: Bool
      var points: [Point]
    }

    var phi_kind: String
    var rho: Double
    var lambda, eta, gamma: Double?
    var slices: [Slice]
    var sufficient_all_maturities: Bool

    var surface: SSVI {
      SSVI(
        rho: rho,
        curvature: phi_kind == "heston" ? .heston(lambda: lambda!) : .powerLaw(eta: eta!, gamma: gamma!))
    }
  }

  struct Quotes: Decodable {
    struct Expected: Decodable {
      var raw: Raw
      var sse: Double
      var min_g: Double?
    }

    var forward, expiry_years: Double
    var strikes, vols: [Double]
    var expected_unconstrained, expected_arbitrage_free: Expected
  }

  var cases: [Case]
  var vogt: Vogt
  var ssvi: [Surface]
  var calibration: [Quotes]

  static let shared = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("options/svi_ssvi.json")))
}
