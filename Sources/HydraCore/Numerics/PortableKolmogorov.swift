extension Portable {
  /// The limit distribution of √n times the Kolmogorov–Smirnov distance: the probability of a value of at most x.
  ///
  /// ```
  /// K(x) = √(2π)/x Σ exp(-(2k - 1)² π²/(8x²)) = 1 - 2 Σ (-1)^(k-1) exp(-2k²x²),   k = 1, 2, …
  /// ```
  /// The first form is used below 1, the second above; error ≤ 6 ulp. 0 for x ≤ 0.
  ///
  /// Source: N. Smirnov, "Table for estimating the goodness of fit of empirical distributions", Ann. Math. Statist. 19
  /// (1948).
  public static func kolmogorovCDF(_ x: Double) -> Double {
    guard x > 0 else { return x.isNaN ? .nan : 0 }
    return x < 1 ? kolmogorovBelow(x) : 1 - kolmogorovAbove(x)
  }

  /// The probability that the limit variable exceeds x: the asymptotic p-value of a Kolmogorov–Smirnov test.
  public static func kolmogorovSurvival(_ x: Double) -> Double {
    guard x > 0 else { return x.isNaN ? .nan : 1 }
    return x < 1 ? 1 - kolmogorovBelow(x) : kolmogorovAbove(x)
  }
}

/// K(x) by the series that converges fast for small x; four terms leave less than 2⁻⁸⁰ at x = 1.
private func kolmogorovBelow(_ x: Double) -> Double {
  // Below this the first term is zero in doubles.
  guard x > 0.04 else { return 0 }
  // π²/(8x²) as a pair: where x is small the exponent is large and its rounding would show.
  let square = x * x
  let rate = -1.2337005501361697 / square
  let product = rate * square
  let rest =
    ((-1.2337005501361697 - product) - productError(rate, square, product) - rate * productError(x, x, square)
      - 7.831619385924640e-17) / square
  var sum = 0.0
  for odd in [7.0, 5, 3, 1] { sum += exponential(rate * odd * odd, rest) }
  return 2.5066282746310007 / x * sum
}

/// 1 - K(x) by the series that converges fast for large x; five terms leave less than 2⁻⁹⁰ at x = 1.
private func kolmogorovAbove(_ x: Double) -> Double {
  let square = x * x
  guard square < 400 else { return 0 }
  let rest = productError(x, x, square)
  var sum = 0.0
  for k in [5.0, 4, 3, 2, 1] {
    let rate = -2 * k * k
    sum = 2 * exponential(rate * square, rate * rest) - sum
  }
  return sum
}
