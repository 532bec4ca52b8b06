import HydraNumerics

/// What of a stream may change, and the score that has mean 0 and variance 1 as long as it does not.
///
/// With u the rank of a value among those before it, as a share (uniform while nothing changes), P_k the orthonormal
/// Legendre polynomials on (0, 1) and Φ⁻¹ the normal quantile:
/// ```
/// level Φ⁻¹(u)     spread Φ⁻¹(|2u - 1|)     skewness P₃(u)     tails P₄(u)     dependence P₁(u) P₁(u before)
/// ```
/// Source: J. Neyman, "Smooth test for goodness of fit", Skandinavisk Aktuarietidskrift 20 (1937) for the polynomials.
public enum DriftAspect: String, Hashable, Codable, Sendable, CaseIterable {
  case level, spread, skewness, tails, dependence

  /// By how much longer than with independent scores of the same distribution the way of a sum must be. Neighbouring
  /// products share a factor: uncorrelated, but large ones come together. As ranks have one distribution for all streams,
  /// so has this: 1.18 by simulation (five times as many alarms as asked for without it, of 120,000 values).
  var stretch: Double { self == .dependence ? 1.18 : 1 }

  /// The score of a rank share in (0, 1) that follows another.
  func score(_ u: Double, after previous: Double) -> Double {
    switch self {
    case .level: Portable.normalQuantile(u)
    case .spread: Portable.normalQuantile(max(1e-4, min(1 - 1e-9, abs(2 * u - 1))))
    case .skewness: 7.0.squareRoot() * (((20 * u - 30) * u + 12) * u - 1)
    case .tails: 3 * ((((70 * u - 140) * u + 90) * u - 20) * u + 1)
    case .dependence: 3 * (2 * u - 1) * (2 * previous - 1)
    }
  }
}
