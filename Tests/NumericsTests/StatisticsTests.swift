import HydraNumerics
import Testing

@Suite struct StatisticsTests {
  private func near(_ a: Double, _ b: Double, _ tolerance: Double = 1e-14) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(b))
  }

  @Test func `Moments of a small sample`() {
    let x: [Double] = [2, 4, 4, 4, 5, 5, 7, 9]
    #expect(Statistics.mean(x) == 5)
    #expect(near(Statistics.variance(x), 32.0 / 7))
    #expect(near(Statistics.skewness(x), 42.0 / 8 / 8))
    #expect(near(Statistics.kurtosis(x), 356.0 / 8 / 16))
    #expect(Statistics.mean([1, 5], weights: [3, 1]) == 2)
  }

  @Test func `Sums keep what plain addition loses`() {
    #expect(Statistics.sum([1, 1e100, 1, -1e100]) == 2)
    #expect(Statistics.sum(Array(repeating: 0.1, count: 1_000_000)) == 100_000)
    #expect(Statistics.sum([.infinity, 1]) == .infinity)
    #expect(Statistics.sum([.infinity, -.infinity]).isNaN)
    // A large mean costs the variance nothing.
    let shifted = (0..<1000).map { 1e9 + Double($0 % 2) }
    #expect(near(Statistics.variance(shifted), 250.0 / 999))
  }

  @Test func `What the sample does not determine is NaN`() {
    #expect(Statistics.sum([]) == 0)
    for value in [
      Statistics.mean([]), Statistics.variance([1]), Statistics.standardDeviation([]), Statistics.skewness([1, 1]),
      Statistics.kurtosis([]), Statistics.median([]), Statistics.quantile([1, .nan], 0.5),
      Statistics.correlation([1, 2], [3, 3]),
      Statistics.covariance([1], [1]), Statistics.autocorrelation([1, 1], lag: 1),
      Statistics.autocorrelation([1, 2], lag: 2),
      Statistics.mean([1, .nan]), Statistics.rankCorrelation([], []), Statistics.medianAbsoluteDeviation([]),
      Statistics.mean([1], weights: [0]), Statistics.exponentialMeans([.nan], alpha: 0.5)[0],
    ] { #expect(value.isNaN) }
  }

  /// Values of `numpy.quantile` (1.26, default method).
  @Test func `Quantiles are of type 7`() {
    let x: [Double] = [7, 1, 3, 10]
    #expect(Statistics.quantile(x, 0) == 1 && Statistics.quantile(x, 1) == 10)
    #expect(Statistics.quantile(x, 0.25) == 2.5 && Statistics.median(x) == 5 && near(Statistics.quantile(x, 0.9), 9.1))
    #expect(Statistics.median([3]) == 3)
    #expect(Statistics.median([.infinity, .infinity]) == .infinity)
    #expect(Statistics.medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9]) == 1)
  }

  @Test func `Correlations`() {
    let x: [Double] = [1, 2, 3, 4, 5]
    #expect(near(Statistics.correlation(x, x.map { 3 - 2 * $0 }), -1))
    #expect(near(Statistics.correlation(x, [2, 1, 4, 3, 5]), 0.8))
    #expect(near(Statistics.rankCorrelation(x, x.map { $0 * $0 * $0 }), 1))
    #expect(Statistics.ranks([3, 1, 3, .nan, 2]).map { $0.isNaN ? -1 : $0 } == [3.5, 1, 3.5, -1, 2])
    #expect(near(Statistics.autocorrelation(x, lag: 1), 0.4))
    #expect(Statistics.autocorrelation(x, lag: 0) == 1)
  }

  @Test func `Running moments agree with those of the sample, in parts too`() {
    var random = CounterRandom(seed: 5, stream: "moments")
    let values = (0..<500).map { _ in 100 + random.exponential() }
    var (whole, left, right) = (RunningMoments(), RunningMoments(), RunningMoments())
    for (index, value) in values.enumerated() {
      whole.update(value)
      if index < 123 { left.update(value) } else { right.update(value) }
    }
    right.update(.nan)
    left.merge(right)
    left.merge(RunningMoments())
    for moments in [whole, left] {
      #expect(moments.count == 500)
      #expect(near(moments.mean!, Statistics.mean(values)))
      #expect(near(moments.variance!, Statistics.variance(values), 1e-11))
      #expect(near(moments.skewness!, Statistics.skewness(values), 1e-10))
      #expect(near(moments.kurtosis!, Statistics.kurtosis(values), 1e-10))
    }
    #expect(left.missing == 1)
    #expect(RunningMoments().mean == nil && RunningMoments().variance == nil)
  }

  /// Values of pandas' `ewm(alpha=0.5, adjust=True).mean()`.
  @Test func `Exponential means start without bias`() {
    #expect(Statistics.exponentialMeans([1, 2, 4], alpha: 0.5) == [1, 5.0 / 3, 3])
    var average = ExponentialAverage(halfLife: 2)
    #expect(near(average.alpha, 1 - 0.5.squareRoot()))
    #expect(average.mean == nil)
    average.update(3)
    average.update(.nan)
    #expect(average.mean == 3 && ExponentialAverage(span: 3).alpha == 0.5)
  }
}
