import HydraNumerics
import Testing

@Suite struct NormalTests {
  @Test func quantilesAgreeWithTheReferences() {
    let rows = ElementaryReferences.shared.normalQuantile
    let worst = worstError(rows, rows.map { Normal.quantile($0[0]) })
    #expect(worst.ulps <= 1.4, "\(worst.ulps) ulp off at \(worst.at)")
  }

  @Test func distributionFunctionAgreesWithTheReferences() {
    let rows = ElementaryReferences.shared.normalCDF
    #expect(worstError(rows, rows.map { Normal.cdf($0[0]) }).ulps <= 0.53)
  }

  @Test func quantileUndoesTheDistributionFunction() {
    var random = CounterRandom(seed: 5, stream: "quantile")
    for _ in 0..<2000 {
      let z = -abs(random.normal()) * 8
      // Φ carries a relative error of half an ulp; its derivative turns it into one of z.
      let tolerance = 0x1p-52 * (abs(z) + Normal.cdf(z) / Normal.density(z))
      #expect(abs(Normal.quantile(Normal.cdf(z)) - z) <= tolerance)
    }
    #expect(Normal.quantile(0) == -.infinity && Normal.quantile(1) == .infinity && Normal.quantile(0.5) == 0)
    #expect(Normal.quantile(-0.1).isNaN && Normal.quantile(1.1).isNaN && Normal.quantile(.nan).isNaN)
  }

  @Test func densityAndMillsRatioHaveTheirLimits() {
    #expect(Normal.density(0) == 0.3989422804014327)
    #expect(Normal.density(.infinity) == 0 && Normal.density(-50) == 0 && Normal.density(.nan).isNaN)
    #expect(abs(Normal.millsRatio(1e9) * 1e9 - 1) < 1e-15)
    #expect(abs(Normal.millsRatio(99.999999) / Normal.millsRatio(100.000001) - 1.00000002) < 1e-11)
    #expect(Normal.millsRatio(0) == 1.2533141373155003)
  }
}
