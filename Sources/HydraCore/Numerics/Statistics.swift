/// Descriptive statistics of samples, with sums in a fixed order and defined answers everywhere.
///
/// A statistic that the sample does not determine (the mean of nothing, the variance of one value, the correlation with
/// a constant) is NaN, and so is any statistic of a sample with NaN in it: leave missing values out first. Only
/// + - * / and square roots are used, in one order, so results have the same bits everywhere.
public enum Statistics {
  /// The sum, compensated: the error is an ulp of the result plus n 2⁻¹⁰⁶ of the sum of sizes. 0 for no values.
  ///
  /// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974).
  public static func sum(_ values: some Sequence<Double>) -> Double {
    var sum = 0.0
    var rest = 0.0
    for value in values {
      let next = sum + value
      rest += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
    }
    // With an infinity the rest is NaN where the plain sum is not.
    return sum.isFinite ? sum + rest : sum
  }

  /// The arithmetic mean.
  public static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : sum(values) / Double(values.count)
  }

  /// The mean of values with weights ≥ 0; NaN when the weights sum to zero.
  public static func mean(_ values: [Double], weights: [Double]) -> Double {
    precondition(values.count == weights.count, "\(values.count) values with \(weights.count) weights")
    let total = sum(weights)
    return total > 0 ? sum(zip(values, weights).lazy.map { $0 * $1 }) / total : .nan
  }

  /// The variance about the mean, with divisor n - 1.
  public static func variance(_ values: [Double]) -> Double {
    guard values.count > 1 else { return .nan }
    return centralSums(values).second / Double(values.count - 1)
  }

  /// The square root of `variance`.
  public static func standardDeviation(_ values: [Double]) -> Double { variance(values).squareRoot() }

  /// The skewness m₃/m₂^(3/2) of the moments with divisor n; NaN for fewer than two or for equal values.
  public static func skewness(_ values: [Double]) -> Double {
    let sums = centralSums(values)
    guard sums.second > 0 else { return .nan }
    let n = Double(values.count)
    let m2 = sums.second / n
    return sums.third / n / (m2 * m2.squareRoot())
  }

  /// The kurtosis m₄/m₂² of the moments with divisor n, 3 for a normal distribution; NaN for fewer than two or for
  /// equal values. Subtract 3 for the excess.
  public static func kurtosis(_ values: [Double]) -> Double {
    let sums = centralSums(values)
    guard sums.second > 0 else { return .nan }
    let n = Double(values.count)
    let m2 = sums.second / n
    return sums.fourth / n / (m2 * m2)
  }

  /// Sums of the second to fourth powers of the deviations from the mean.
  private static func centralSums(_ values: [Double]) -> (second: Double, third: Double, fourth: Double) {
    let center = mean(values)
    let deviations = values.map { $0 - center }
    let squares = deviations.map { $0 * $0 }
    // The mean is rounded; what that adds to the squares is taken off again.
    let drift = sum(deviations)
    let second = sum(squares) - (values.isEmpty ? 0 : drift * drift / Double(values.count))
    return (
      second, sum(zip(deviations, squares).lazy.map { $0 * $1 }), sum(squares.lazy.map { $0 * $0 })
    )
  }

  /// The covariance with divisor n - 1.
  public static func covariance(_ x: [Double], _ y: [Double]) -> Double {
    precondition(x.count == y.count, "\(x.count) and \(y.count) values")
    guard x.count > 1 else { return .nan }
    let (centerX, centerY) = (mean(x), mean(y))
    return sum(zip(x, y).lazy.map { ($0 - centerX) * ($1 - centerY) }) / Double(x.count - 1)
  }

  /// Pearson's correlation coefficient, in -1...1.
  public static func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let scale = (variance(x) * variance(y)).squareRoot()
    guard scale > 0 else { return .nan }
    let value = covariance(x, y) / scale
    return value.isNaN ? .nan : min(1, max(-1, value))
  }

  /// Spearman's rank correlation: the correlation of the ranks, equal values sharing their mean rank.
  public static func rankCorrelation(_ x: [Double], _ y: [Double]) -> Double { correlation(ranks(x), ranks(y)) }

  /// The rank of each value, from 1; equal values share their mean rank. NaN has the rank NaN and counts nowhere.
  public static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.filter { !values[$0].isNaN }.sorted { (values[$0], $0) < (values[$1], $1) }
    var result = [Double](repeating: .nan, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { result[order[place]] = Double(start + 1 + end) / 2 }
      start = end
    }
    return result
  }

  /// The correlation of a series with itself `lag` steps before, with the mean and variance of the whole series:
  /// Σ (xₜ - x̄)(xₜ₋ₗ - x̄)/Σ (xₜ - x̄)². NaN when the lag leaves nothing or the series is constant.
  public static func autocorrelation(_ values: [Double], lag: Int) -> Double {
    precondition(lag >= 0, "a negative lag: \(lag)")
    guard lag < values.count else { return .nan }
    let center = mean(values)
    let deviations = values.map { $0 - center }
    let total = sum(deviations.lazy.map { $0 * $0 })
    guard total > 0 else { return .nan }
    return sum(zip(deviations.dropFirst(lag), deviations).lazy.map { $0 * $1 }) / total
  }
}
