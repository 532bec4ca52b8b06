import HydraNumerics

extension SABR {
  /// A fitted smile and how well its parameters are known.
  public struct Calibration: Hashable, Codable, Sendable {
    public var smile: SABR
    public var fit: SmileFit
  }

  /// The α, ρ and ν that minimise Σ w (σ(K) - σ_K)² over Hagan's Black volatilities, for a given β.
  ///
  /// Starts from the parabola through the quotes, whose level, slope and curvature give α, ρ and ν to first order
  /// (F. Le Floc'h, G. Kennedy, "Explicit SABR calibration through simple expansions", 2014). Where that ends more than
  /// 1 % from the quotes or near |ρ| = 1, two more corners are tried, since wide or sparse quotes can leave a second
  /// minimum; the best end counts. Levenberg-Marquardt with exact derivatives. Bounds: α > 0, |ρ| ≤ 1 - 1e-15, ν ≥ 0.
  ///
  ///     let fitted = try SABR.calibrated(forward: 254.12, years: 34.0 / 365, strikes: k, volatilities: v, beta: 0.5)
  ///     fitted.smile.nu, fitted.fit.rootMeanSquareError   // 1.4771…, 0.00028…
  ///
  /// - Parameters:
  ///   - volatilities: Black volatilities of the shifted prices.
  ///   - weights: of the squares; all 1 by default. A quote of weight 0 is left out.
  /// - Throws: `.tooFewQuotes` below one quote; with one or two the parameters that they leave open stay near the start.
  /// - Complexity: about 0.2 µs a step and eight strikes.
  public static func calibrated(
    forward: Double, years: Double, strikes: [Double], volatilities: [Double], weights: [Double]? = nil,
    beta: Double = 0.5, shift: Double = 0
  ) throws(SmileFitError) -> Calibration {
    try SmileInput.check(
      forward: forward, years: years, shift: shift, strikes: strikes, volatilities: volatilities, weights: weights,
      needed: 1)
    guard beta >= 0, beta <= 1 else { throw .impossibleMarket(name: "beta", value: beta) }
    let prepared = SABRStrikes(
      forward: forward, years: years, beta: beta, shift: shift, strikes: strikes, volatilities: volatilities,
      weights: weights)
    let parabola = SmileParabola(
      forward: forward + shift, strikes: strikes, shift: shift, volatilities: volatilities, weights: weights)
    let start = SABRStart(parabola, forward: forward + shift, beta: beta)
    let best = fit(prepared, start)
    let p = best.parameters
    let smile = SABR(
      forward: forward, years: years, alpha: p[0], beta: beta, rho: Portable.tanh(p[1]), nu: p[2], shift: shift)
    let count = weights.map { $0.count { $0 > 0 } } ?? strikes.count
    return Calibration(smile: smile, fit: summary(best, count: count))
  }

  /// The greatest artanh |ρ| of a calibration: 1 - |ρ| is five units in the last place there.
  static let correlationBound = 17.6

  static let names = ["alpha", "rho", "nu"]

  /// The best end of the starts.
  static func fit(_ strikes: borrowing SABRStrikes, _ start: SABRStart) -> ThreeParameterFit {
    let size = strikes.size
    let floor = 1e-29 * size
    var best = minimum(strikes, from: start.first, floor: floor)
    // Within 1 % of the quotes and away from the bounds there is no other valley to look for.
    if best.equations.sum <= 1e-4 * size && abs(best.parameters[1]) < 2 && best.isSettled { return best }
    for other in start.others {
      let candidate = minimum(strikes, from: other, floor: floor)
      if candidate.equations.sum < best.equations.sum { best = candidate }
    }
    return best
  }

  @inline(never)
  private static func minimum(
    _ strikes: borrowing SABRStrikes, from start: SIMD3<Double>, floor: Double
  ) -> ThreeParameterFit {
    ThreeParameterFit(
      from: start, lower: SIMD3(start[0] * 1e-3, -correlationBound, 0),
      upper: SIMD3(start[0] * 1e3, correlationBound, 1e3), floor: floor
    ) { strikes.equations($0) }
  }

  private static func summary(_ fit: ThreeParameterFit, count: Int) -> SmileFit {
    let sum = fit.equations.sum
    var covariance: [[Double]]?
    if count > 3, fit.parameters[2] > 0 {
      let rho = Portable.tanh(fit.parameters[1])
      let stretch = [1, (1 - rho) * (1 + rho), 1]
      let scale = sum / Double(count - 3)
      covariance = fit.equations.inverse.map { rows in
        rows.indices.map { i in rows.indices.map { j in rows[i][j] * stretch[i] * stretch[j] * scale } }
      }
    }
    return SmileFit(
      sumOfSquares: sum, count: count, rootMeanSquareError: (sum / Double(count)).squareRoot(), parameters: names,
      covariance: covariance, iterations: fit.iterations)
  }
}

/// First parameters of a calibration: α, artanh ρ, ν.
struct SABRStart {
  var first: SIMD3<Double>
  var others: [SIMD3<Double>]

  /// ```
  /// σ(k) = σ₀ [1 - ½ (1 - β - ρλ) k + ((1-β)² + (2 - 3ρ²) λ²)/12 k²],   λ = ν/σ₀,   k = ln(K/F)
  /// ```
  init(_ parabola: SmileParabola, forward: Double, beta: Double) {
    let level = parabola.level
    let complement = 1 - beta
    let product = 2 * parabola.slope / level + complement
    let square = (12 * parabola.curvature / level - complement * complement + 3 * product * product) / 2
    let ratio = max(square, 1.05 * product * product, 0.01).squareRoot()
    let alpha = level * (beta == 1 ? 1 : Portable.pow(forward, complement))
    let rho = min(max(product / ratio, -0.97), 0.97)
    let turn = 0.5 * Portable.log1p(2 * rho / (1 - rho))
    first = SIMD3(alpha, turn, ratio * level)
    others = [SIMD3(alpha, turn > 0 ? -0.5 : 0.5, ratio * level), SIMD3(alpha, turn > 0 ? 5 : -5, ratio * level)]
  }
}

/// The weighted parabola σ = level + slope k + curvature k² through a smile.
struct SmileParabola {
  var level, slope, curvature: Double

  init(forward: Double, strikes: [Double], shift: Double, volatilities: [Double], weights: [Double]?) {
    var s = (0.0, 0.0, 0.0, 0.0, 0.0)
    var t = (0.0, 0.0, 0.0)
    for index in strikes.indices {
      let k = Portable.log((strikes[index] + shift) / forward)
      let w = weights?[index] ?? 1
      let v = volatilities[index]
      s.0 += w
      s.1 += w * k
      s.2 += w * k * k
      s.3 += w * k * k * k
      s.4 += w * k * k * k * k
      t.0 += w * v
      t.1 += w * k * v
      t.2 += w * k * k * v
    }
    let average = t.0 / s.0
    (level, slope, curvature) = (average, 0, 0)
    // Eliminates the constant, then the slope; a vanishing pivot means fewer different strikes than coefficients.
    let pivot = s.2 - s.1 * s.1 / s.0
    guard pivot > 1e-12 * s.0 else { return }
    let (cross, right) = (s.3 - s.1 * s.2 / s.0, t.1 - s.1 * average)
    let last = s.4 - s.2 * s.2 / s.0 - cross * cross / pivot
    if last > 1e-9 * s.4 { curvature = (t.2 - s.2 * average - cross / pivot * right) / last }
    slope = (right - cross * curvature) / pivot
    let at = average - (slope * s.1 + curvature * s.2) / s.0
    // Quotes on one side can extrapolate to nonsense at the forward.
    if at > 0.2 * average && at < 5 * average { level = at } else { (slope, curvature) = (0, 0) }
  }
}
