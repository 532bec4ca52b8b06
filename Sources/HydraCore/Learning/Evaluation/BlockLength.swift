import HydraNumerics

extension StationaryBootstrap {
  /// The mean block length that suits a series, from its autocorrelation.
  ///
  /// ```
  /// b = (2 G² / D)^⅓ n^⅓,   G = Σ λ(k/M) |k| R(k),   D = 2 g²,   g = Σ λ(k/M) R(k),   k = -M … M
  /// ```
  /// R are autocovariances, λ(t) = 1 up to ½, then 2 (1 - |t|), and M = 2m, where m is the smallest lag after which
  /// max(5, √log10 n) autocorrelations in a row are below 2 √(log10 n / n). Kept between 1 and min(3 √n, n/3).
  /// A series that does not vary gets 1.
  ///
  /// Source: D. N. Politis, H. White, "Automatic block-length selection for the dependent bootstrap", Econometric
  /// Reviews 23 (2004) 53–70, with the correction of D in A. Patton, D. N. Politis, H. White, ibid. 28 (2009) 372–375.
  public static func automaticBlock(for values: [Double]) -> Double {
    let n = values.count
    guard n > 8 else { return 1 }
    let logarithm = Portable.log10(Double(n))
    let quiet = max(5, Int(logarithm.squareRoot().rounded(.up)))
    let longest = min(n - 1, Int(Double(n).squareRoot().rounded(.up)) + quiet)
    let mean = values.reduce(0, +) / Double(n)
    let covariances = autocovariances(of: values, about: mean, lags: longest)
    guard covariances[0] > 0 else { return 1 }
    let bound = 2 * (logarithm / Double(n)).squareRoot()
    let m = lastSignificantLag(covariances, bound: bound, quiet: quiet)
    let reach = min(2 * max(m, 1), longest)
    var (g, weighted) = (covariances[0], 0.0)
    for lag in 1...reach {
      let t = Double(lag) / Double(reach)
      let weight = t <= 0.5 ? 1 : 2 * (1 - t)
      g += 2 * weight * covariances[lag]
      weighted += 2 * weight * Double(lag) * covariances[lag]
    }
    guard g != 0 else { return 1 }
    let block = Portable.pow(weighted * weighted / (g * g) * Double(n), 1.0 / 3)
    return max(1, min(block, 3 * Double(n).squareRoot(), Double(n) / 3))
  }

  /// The smallest m such that lags m + 1 … m + quiet are all insignificant; else the largest significant lag.
  private static func lastSignificantLag(_ covariances: [Double], bound: Double, quiet: Int) -> Int {
    var run = 0
    var last = 0
    for lag in 1..<covariances.count {
      if abs(covariances[lag] / covariances[0]) < bound {
        run += 1
        if run == quiet { return lag - quiet }
      } else {
        (run, last) = (0, lag)
      }
    }
    return last
  }
}
