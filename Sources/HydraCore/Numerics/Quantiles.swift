extension Statistics {
  /// The quantile at a probability, interpolated between neighbours: position (n - 1)p in the sorted values, which is
  /// type 7 of Hyndman and Fan and what R and NumPy give by default.
  ///
  /// NaN for no values or with NaN among them.
  ///
  /// - Complexity: O(n log n); use `quantile(sorted:_:)` for many probabilities.
  ///
  /// Source: R. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996).
  public static func quantile(_ values: [Double], _ probability: Double) -> Double {
    guard !values.contains(where: \.isNaN) else { return .nan }
    return quantile(sorted: values.sorted(), probability)
  }

  /// The quantile of values that are sorted already, none of them NaN.
  public static func quantile(sorted values: [Double], _ probability: Double) -> Double {
    precondition(probability >= 0 && probability <= 1, "a probability outside 0...1: \(probability)")
    guard let last = values.last else { return .nan }
    let position = Double(values.count - 1) * probability
    let below = Int(position)
    guard below + 1 < values.count else { return last }
    let share = position - Double(below)
    let (low, high) = (values[below], values[below + 1])
    // Without the first case two equal infinities would give NaN.
    return low == high || share == 0 ? low : low + share * (high - low)
  }

  /// The middle value, or the mean of the two middle ones.
  public static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

  /// The median distance from the median; times 1.4826 it estimates the standard deviation of a normal sample.
  public static func medianAbsoluteDeviation(_ values: [Double]) -> Double {
    let center = median(values)
    return median(values.map { abs($0 - center) })
  }
}
