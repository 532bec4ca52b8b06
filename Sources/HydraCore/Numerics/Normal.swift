/// The standard normal distribution.
///
/// Largest errors found against 50-digit references: density 0.51 ulp, distribution function 0.51 ulp into the lower
/// tail (it underflows at -38.5), quantile 1.4 ulp from the least positive number on.
///
///     Normal.cdf(-10)          // 7.619853024160527e-24
///     Normal.quantile(1e-300)  // -37.0471…
public enum Normal {
  /// φ(z) = exp(-z²/2) / √(2π).
  public static func density(_ z: Double) -> Double {
    guard abs(z) < 40 else { return z.isNaN ? z : 0 }
    return ElementaryTables.shared.normalDensity(LanePair(z)).rounded
  }

  /// Φ(z), the probability of a value below z. For the upper tail use Φ(-z).
  public static func cdf(_ z: Double) -> Double { ElementaryTables.shared.normalCDF(z) }

  /// R(z) = Φ(-z)/φ(z), the Mills ratio, for z ≥ 0: it neither underflows nor cancels.
  ///
  /// - Precondition: z is not negative.
  public static func millsRatio(_ z: Double) -> Double {
    precondition(z >= 0, "the Mills ratio of \(z)")
    let x = z * 0.7071067811865476
    return z < 100
      ? ElementaryTables.shared.millsRatio(LanePair(z)).rounded
      : ElementaryTables.shared.erfcx(x) * 1.2533141373155003
  }

  /// z with Φ(z) = p; ∓∞ at 0 and 1, NaN outside.
  ///
  /// A rational first value, right to 4.5·10⁻⁴ (Abramowitz and Stegun 26.2.23; near 1/2 two terms of the series), then
  /// two steps of Halley's method, the last one on a residual held as a pair of doubles. Upper tails should be asked
  /// for by symmetry, as `-quantile(q)` with q = 1 - p known exactly.
  public static func quantile(_ p: Double) -> Double {
    guard p > 0 && p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    let centred = p - 0.5  // exact for p in [1/4, 1]
    if abs(centred) < 0.1 { return centralQuantile(centred) }
    return p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p)
  }

  /// Φ(z) = 1/2 + q for |q| < 0.1, where 1/2 + q itself would lose the digits of q.
  private static func centralQuantile(_ q: Double) -> Double {
    guard q != 0 else { return 0 }
    let tables = ElementaryTables.shared
    var z = q * (2.5066282746310007 + q * q * 2.6249479)
    for _ in 0..<2 {
      let residual = 0.5 * tables.erf(z * 0.7071067811865476) - q
      let newton = -residual / density(z)
      z += newton / (1 - 0.5 * z * newton)
    }
    return z
  }

  /// Φ(-z) = p for p ≤ 0.4.
  private static func upperQuantile(_ p: Double) -> Double {
    let tables = ElementaryTables.shared
    let logP: Double = tables.log(p)
    let t = (-2 * logP).squareRoot()
    let numerator = 2.515517 + t * (0.802853 + t * 0.010328)
    var z = t - numerator / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    for isLast in [false, true] {
      let mills = tables.millsRatio(LanePair(z))
      // g = ln p - ln Φ(-z), g' = 1/R, g'' = (1 - zR)/R².
      let g: Double
      if isLast && p > 1e-290 {
        let density = tables.normalDensity(LanePair(z))
        let miss = (density * mills - LanePair(p)).rounded / p
        g = miss * (0.5 * miss - 1)
      } else {
        g = logP + 0.5 * z * z + 0.9189385332046727 - tables.log(mills.high)
      }
      let newton = -g * mills.high
      z += newton / (1 + 0.5 * (1 - z * mills.high) / mills.high * newton)
    }
    return z
  }
}
