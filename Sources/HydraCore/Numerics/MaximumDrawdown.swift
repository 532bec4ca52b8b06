/// The largest fall of the sum of a series of returns (or profits) from an earlier height, the start (0) included.
///
///     maximumDrawdown(of: [1, -2, 0.5, -1])   // 2.5
public func maximumDrawdown(of returns: [Double]) -> Double {
  var (sum, peak, worst) = (0.0, 0.0, 0.0)
  for value in returns {
    sum += value
    peak = max(peak, sum)
    worst = max(worst, peak - sum)
  }
  return worst
}
