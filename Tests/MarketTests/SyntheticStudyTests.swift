import HydraMarket
import HydraNumerics
import Testing

@Suite struct SyntheticStudyTests {
  @Test func momentsOfSmallSamplesAreThoseByHand() {
    let x = [1.0, 2, 3, 4, 10]
    #expect(StylizedFacts.mean(x) == 4)
    #expect(StylizedFacts.standardDeviation(x) == 10.0.squareRoot())
    // Central moments: 10, 36, 278.8.
    #expect(abs(StylizedFacts.skewness(x) - 36 / (10 * 10.0.squareRoot())) < 1e-14)
    #expect(abs(StylizedFacts.excessKurtosis(x) - (278.8 / 100 - 3)) < 1e-14)
    #expect(abs(StylizedFacts.autocorrelation(x, lag: 1) - (6 + 2 + 0 + 0) / 50) < 1e-14)
    #expect(StylizedFacts.quantile(x, 0.5) == 3 && StylizedFacts.quantile(x, 0.125) == 1.5)
    #expect(abs(StylizedFacts.correlation(x, x.map { 5 - 2 * $0 }) + 1) < 1e-14)
  }

  @Test(arguments: [3.0, 5, 12])
  func degreesOfFreedomAreFoundAgain(degrees: Double) {
    var random = CounterRandom(seed: 9, stream: "t")
    let sample = (0..<20_000).map { _ in 0.3 + 2 * random.studentT(degrees) }
    // 1/ν is what tails determine: near the normal, large changes of ν mean little.
    #expect(abs(1 / StylizedFacts.studentDegrees(sample) - 1 / degrees) < 0.01)
  }

  @Test func garchParametersAreFoundAgain() {
    var random = CounterRandom(seed: 4, stream: "garch")
    let (alpha, gamma, beta, degrees) = (0.05, 0.06, 0.89, 6.0)
    var (variance, last) = (1.0, 0.0)
    let returns = (0..<20_000).map { _ in
      variance = 0.03 + (alpha + (last < 0 ? gamma : 0)) * last * last + beta * variance
      last = variance.squareRoot() * random.studentT(degrees) * ((degrees - 2) / degrees).squareRoot()
      return last * 0.01
    }
    let fit = GARCHFit(returns)
    #expect(abs(fit.persistence - 0.97) < 0.008)
    #expect(abs(fit.alpha - alpha) < 0.015 && abs(fit.gamma - gamma) < 0.02 && abs(fit.beta - beta) < 0.02)
    #expect(abs(fit.degrees - degrees) < 0.6)
    #expect(abs(fit.omega / (0.03 * 0.0001) - 1) < 0.3)
  }

  @Test func figuresDoNotDependOnThreads() throws {
    let settings = SyntheticWorld.Settings(years: 2)
    let one = try SyntheticStudy.run(settings: settings, seeds: 1...3, threads: 1)
    var shares: [Double] = []
    let three = try SyntheticStudy.run(settings: settings, seeds: 1...3, threads: 2) { shares.append($0.share) }
    #expect(one == three)
    #expect(shares == [2.0 / 3, 1])
    #expect(one.count == SyntheticTarget.daily().count)
  }

  /// A few worlds are no study, but what hardly varies between them must be right.
  @Test func worldsLookLikeOats() throws {
    let rows = try SyntheticStudy.run(settings: .init(years: 6), seeds: 1...6, threads: 2)
    let steady = [
      "volatility, median", "autocorrelation of |return|, lag 1", "volume, median", "prices on whole",
      "correlation with", "volume before delivery", "IC of positions", "GARCH persistence",
    ]
    for row in rows where steady.contains(where: row.target.name.hasPrefix) {
      #expect(row.isMet == true, "\(row.target.name): \(row.mean) ± \(row.standardError)")
    }
  }
}
