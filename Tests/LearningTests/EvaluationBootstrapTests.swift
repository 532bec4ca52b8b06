import HydraLearning
import HydraNumerics
import Testing

@Suite struct EvaluationBootstrapTests {
  private static func series(_ n: Int, seed: UInt64, persistence: Double = 0, mean: Double = 0) -> [Double] {
    var random = CounterRandom(seed: seed, stream: "returns")
    var state = 0.0
    return (0..<n).map { _ in
      state = persistence * state + random.normal()
      return state + mean
    }
  }

  @Test func blocksGrowWithPersistence() {
    let white = StationaryBootstrap.automaticBlock(for: Self.series(2000, seed: 1))
    let dependent = StationaryBootstrap.automaticBlock(for: Self.series(2000, seed: 1, persistence: 0.8))
    #expect(white < 6)
    #expect(dependent > 15 && dependent < 3 * 2000.0.squareRoot())
    #expect(StationaryBootstrap.automaticBlock(for: [Double](repeating: 1, count: 100)) == 1)
    #expect(StationaryBootstrap.automaticBlock(for: [1, 2, 3]) == 1)
  }

  @Test func blocksHaveTheMeanLengthAskedFor() {
    let bootstrap = StationaryBootstrap(meanBlock: 10, replications: 200, seed: 3)
    var starts = 0
    for replication in 0..<200 {
      let indices = bootstrap.indices(count: 500, replication: replication)
      starts += zip(indices, indices.dropFirst()).count { $1 != ($0 + 1) % 500 }
    }
    #expect(abs(Double(starts) / Double(200 * 499) - 0.1) < 0.004)
  }

  @Test func theSameSeedGivesTheSameInterval() throws {
    let returns = Self.series(300, seed: 4, mean: 0.05)
    let first = try #require(SharpeInterval.ratio(of: returns, replications: 300, seed: 9))
    #expect(first == SharpeInterval.ratio(of: returns, replications: 300, seed: 9))
    #expect(first != SharpeInterval.ratio(of: returns, replications: 300, seed: 10))
    #expect(first.lower < first.estimate && first.estimate < first.upper)
    let plain = try #require(SharpeRatio(returns: returns)?.annualised())
    #expect(abs(first.estimate - plain) < 1e-12)
  }

  @Test func ninetyFivePercentIntervalsMissTheTruthAboutOneTimeInTwenty() throws {
    let truth = 0.08 * 252.0.squareRoot()
    var misses = 0
    for seed in 0..<100 {
      let returns = Self.series(250, seed: UInt64(seed), mean: 0.08)
      let interval = try #require(SharpeInterval.ratio(of: returns, replications: 100, seed: 1))
      if truth < interval.lower || truth > interval.upper { misses += 1 }
    }
    #expect(misses >= 1 && misses <= 15, "\(misses) of 100")
  }

  @Test func aPairedDifferenceIsSharperThanTwoSingleIntervals() throws {
    let common = Self.series(500, seed: 5)
    let better = zip(common, Self.series(500, seed: 6)).map { $0 + 0.1 * $1 + 0.06 }
    let worse = zip(common, Self.series(500, seed: 7)).map { $0 + 0.1 * $1 }
    let paired = try #require(SharpeInterval.difference(of: better, worse, replications: 200))
    let single = try #require(SharpeInterval.ratio(of: better, replications: 200))
    #expect(paired.upper - paired.lower < 0.3 * (single.upper - single.lower))
    #expect(paired.lower > 0 && paired.pValue < 0.02)
    let same = try #require(SharpeInterval.difference(of: better, better, replications: 100))
    #expect(same.estimate == 0 && same.lower == 0 && same.upper == 0 && same.pValue == 1)
    let idle = [Double](repeating: 0, count: 500)
    #expect(SharpeInterval.difference(of: better, idle, replications: 100)?.estimate == single.estimate)
    #expect(SharpeInterval.difference(of: idle, idle) == nil)
  }

  @Test func theTestOfAMeanHasItsSizeOnDependentValues() {
    var (plain, robust) = (0, 0)
    for seed in 0..<300 {
      let values = Self.series(300, seed: UInt64(seed), persistence: 0.5)
      if let test = NeweyWest(values, lags: 0), test.pValue < 0.05 { plain += 1 }
      if let test = NeweyWest(values, lags: 15), test.pValue < 0.05 { robust += 1 }
    }
    // Independent values would give 15; the plain test of dependent ones rejects three to five times as often.
    #expect(plain > 45)
    #expect(robust < 35, "\(robust)")
  }
}
