import HydraNumerics
import HydraOptions
import Testing

@Suite struct SVITests {
  private func isNear(_ a: Double, _ b: Double, _ tolerance: Double = 1e-13, floor: Double = 0) -> Bool {
    abs(a - b) <= tolerance * max(abs(b), floor)
  }

  @Test func pointsMeetTheGoldenValues() {
    for c in SVIVectors.shared.cases {
      let smile = c.raw.smile(years: c.expiry_years)
      for p in c.points {
        let w = smile.totalVariance(atLogMoneyness: p.k)
        #expect(isNear(w.value, p.total_variance, floor: smile.b), "w at \(p.k) of \(smile)")
        #expect(isNear(w.slope, p.dw, floor: smile.b), "slope at \(p.k) of \(smile)")
        #expect(isNear(w.curvature, p.d2w), "curvature at \(p.k) of \(smile)")
        #expect(isNear(w.butterfly(atLogMoneyness: p.k), p.g, floor: 1), "g at \(p.k) of \(smile)")
        if p.total_variance > 0 {
          let volatility = smile.volatility(atStrike: Portable.exp(p.k))
          #expect(isNear(volatility, (p.total_variance / c.expiry_years).squareRoot(), 1e-12))
        }
      }
    }
  }

  @Test func jumpWingsGoThereAndBack() throws {
    for c in SVIVectors.shared.cases {
      let smile = c.raw.smile(years: c.expiry_years)
      let wings = smile.jumpWings
      #expect(isNear(wings.variance, c.jump_wings.v))
      #expect(isNear(wings.skew, c.jump_wings.psi, floor: 0.1))
      #expect(isNear(wings.putSlope, c.jump_wings.p))
      #expect(isNear(wings.callSlope, c.jump_wings.c))
      #expect(isNear(wings.leastVariance, c.jump_wings.v_min, floor: c.jump_wings.v))
      let back = try #require(SVI(forward: 1, years: c.expiry_years, jumpWings: wings))
      let size = 1e-12 * wings.variance / max(wings.variance - wings.leastVariance, 1e-9 * wings.variance)
      for (one, other) in [(back.b, smile.b), (back.rho, smile.rho), (back.m, smile.m), (back.sigma, smile.sigma)] {
        #expect(abs(one - other) <= 100 * size * max(abs(other), 1), "\(smile) became \(back)")
      }
      let natural = SVI(forward: 1, years: c.expiry_years, natural: smile.natural)
      for (one, other) in [
        (natural.a, smile.a), (natural.b, smile.b), (natural.m, smile.m), (natural.sigma, smile.sigma),
      ] {
        #expect(abs(one - other) <= 1e-13 * max(abs(other), 1))
      }
    }
  }

  @Test func butterfliesAreFound() {
    for c in SVIVectors.shared.cases {
      let smile = c.raw.smile(years: c.expiry_years)
      let check = smile.butterfly(over: c.search_range_k[0]...c.search_range_k[1])
      #expect(abs(check.leastValue - c.min_g) <= 1e-9 * max(1, abs(c.min_g)), "\(check) for \(c.name) \(c.min_g)")
      #expect(check.isFree != c.butterfly_arbitrage)
      #expect(smile.butterfly().isFree != c.butterfly_arbitrage)
    }
  }

  @Test func calibrationsReachTheReference() throws {
    var worst = 0.0
    for c in SVIVectors.shared.calibration {
      let fitted = try SVI.calibrated(
        forward: c.forward, years: c.expiry_years, strikes: c.strikes, volatilities: c.vols)
      let ratio = fitted.fit.sumOfSquares / c.expected_unconstrained.sse
      #expect(ratio <= 1.000001, "\(fitted) for \(c)")
      worst = max(worst, ratio)
    }
    if VerboseTests.isOn { print("SVI: worst sum of squares \(worst) of the reference's") }
  }

  @Test func calibrationsWithoutArbitrageReachTheReference() throws {
    var worst = 0.0
    for c in SVIVectors.shared.calibration {
      let fitted = try SVI.calibratedWithoutArbitrage(
        forward: c.forward, years: c.expiry_years, strikes: c.strikes, volatilities: c.vols)
      let ratio = fitted.fit.sumOfSquares / c.expected_arbitrage_free.sse
      #expect(ratio <= 1.05, "\(fitted) for \(c)")
      #expect(fitted.smile.butterflyEverywhere().leastValue >= -1e-9)
      #expect(fitted.smile.wingSlope <= 2)
      #expect(fitted.smile.forward == c.forward && fitted.smile.years == c.expiry_years)
      worst = max(worst, ratio)
    }
    if VerboseTests.isOn { print("SVI without arbitrage: worst sum of squares \(worst) of the reference's") }
  }

  @Test func vogtsSmileIsMended() throws {
    let vogt = SVIVectors.shared.vogt
    let smile = vogt.raw.smile(years: 1)
    #expect(!smile.isButterflyFree)
    let mended = try #require(smile.mendedToSSVI)
    #expect(abs(mended.jumpWings.callSlope - vogt.fixed_paper.c) < 5e-8)
    #expect(abs(mended.jumpWings.leastVariance - vogt.fixed_paper.v_min) < 5e-9)
    #expect(mended.isButterflyFree)
    // The paper's optimum keeps p, psi and v and moves c and v_min only.
    var wings = smile.jumpWings
    (wings.callSlope, wings.leastVariance) = (vogt.optimal_paper.c, vogt.optimal_paper.v_min)
    let optimal = try #require(SVI(forward: 1, years: 1, jumpWings: wings))
    #expect(optimal.butterfly(over: -3...3).leastValue > -1e-6)
    let refit = vogt.arbitrage_free_refit
    let fitted = try SVI.calibratedWithoutArbitrage(
      forward: 1, years: 1, strikes: refit.log_moneyness.map { Portable.exp($0) },
      volatilities: refit.total_variance.map { $0.squareRoot() })
    #expect(fitted.fit.sumOfSquares <= 1.05 * refit.sse, "\(fitted.fit.sumOfSquares / refit.sse)")
    #expect(fitted.smile.isButterflyFree)
    if VerboseTests.isOn { print("Vogt: \(fitted.fit.sumOfSquares / refit.sse)") }
  }
}
