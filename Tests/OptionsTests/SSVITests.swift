import HydraNumerics
import HydraOptions
import Testing

@Suite struct SSVITests {
  @Test func slicesMeetTheGoldenValues() {
    for c in SVIVectors.shared.ssvi {
      #expect(c.surface.isButterflyFree == c.sufficient_all_maturities)
      for expected in c.slices {
        let slice = c.surface.slice(forward: 1, years: 1, theta: expected.theta)
        #expect(abs(slice.phi / expected.phi - 1) <= 1e-13)
        #expect(abs(slice.firstCondition / expected.cond1_theta_phi - 1) <= 1e-13)
        #expect(abs(slice.secondCondition / expected.cond2_theta_phi2 - 1) <= 2e-13)
        #expect(slice.isButterflyFree == expected.butterfly_sufficient)
        for point in expected.points {
          let w = slice.totalVariance(atLogMoneyness: point.k)
          #expect(abs(w.value / point.total_variance - 1) <= 1e-13)
          #expect(abs(w.butterfly(atLogMoneyness: point.k) - point.g) <= 1e-13 * max(1, abs(point.g)))
          let raw = slice.raw.totalVariance(atLogMoneyness: point.k)
          #expect(abs(raw.value / w.value - 1) < 1e-13)
          #expect(abs(raw.curvature - w.curvature) < 1e-12)
        }
      }
    }
  }

  @Test func aSliceIsFoundAgain() throws {
    var random = CounterRandom(seed: 5, stream: "ssvi")
    for _ in 0..<100 {
      let truth = SSVISlice(
        forward: 350, years: 0.4, theta: 0.01 + 0.1 * random.uniform(), rho: 1.8 * random.uniform() - 0.9,
        phi: 0.5 + 5 * random.uniform())
      let strikes = (0..<11).map { 350 * Portable.exp(0.06 * Double($0 - 5)) }
      let fitted = try SSVISlice.calibrated(
        forward: 350, years: 0.4, strikes: strikes, volatilities: truth.volatilities(atStrikes: strikes),
        withoutArbitrage: truth.isButterflyFree)
      #expect(abs(fitted.smile.theta / truth.theta - 1) < 1e-8, "\(fitted) for \(truth)")
      #expect(abs(fitted.smile.rho - truth.rho) < 1e-7)
      #expect(abs(fitted.smile.phi / truth.phi - 1) < 1e-7)
    }
  }

  @Test func slicesKeepTheirConditions() throws {
    var random = CounterRandom(seed: 6, stream: "ssvi")
    for _ in 0..<50 {
      var near: SSVISlice?
      for expiry in 1...5 {
        let years = 0.1 * Double(expiry)
        let strikes = (0..<7).map { 350 * Portable.exp(0.1 * Double($0 - 3)) }
        let volatilities = strikes.map { _ in 0.1 + 0.4 * random.uniform() }
        let slice = try SSVISlice.calibrated(
          forward: 350, years: years, strikes: strikes, volatilities: volatilities, withoutArbitrage: true,
          after: near
        ).smile
        #expect(slice.isButterflyFree, "\(slice)")
        #expect(slice.raw.butterflyEverywhere().leastValue >= -1e-9)
        if let near {
          #expect(slice.isCalendarFree(after: near), "\(slice) after \(near)")
          #expect(CalendarCheck(near: near, far: slice, over: -8...8).leastDifference > -1e-12)
        }
        near = slice
      }
    }
  }
}
