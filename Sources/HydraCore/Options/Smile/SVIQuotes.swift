import HydraNumerics

/// The quotes of one expiry prepared for SVI's calibration: total variances by log-moneyness, eight to a vector, the last
/// one padded with weight 0.
struct SVIQuotes: ~Copyable {
  typealias Lanes = SIMD8<Double>

  let places, variances, weights: UnsafeMutablePointer<Lanes>
  let vectors, count: Int
  /// Least and greatest log-moneyness, and Σ w W².
  let low, high, size: Double

  /// - Precondition: positive strikes.
  init(forward: Double, years: Double, strikes: [Double], volatilities: [Double], weights given: [Double]?) {
    count = strikes.count
    vectors = (count + 7) / 8
    places = .allocate(capacity: 3 * vectors)
    variances = places + vectors
    weights = variances + vectors
    var (low, high, size) = (Double.infinity, -Double.infinity, 0.0)
    for block in 0..<vectors {
      var (k, v, w) = (Lanes(all: forward), Lanes.zero, Lanes.zero)
      for lane in 0..<min(8, count - 8 * block) {
        let index = 8 * block + lane
        k[lane] = strikes[index]
        v[lane] = volatilities[index] * volatilities[index] * years
        w[lane] = given?[index] ?? 1
      }
      let place: Lanes = ElementaryTables.shared.logRatio(k, Lanes(all: forward)).rounded
      for lane in 0..<8 where w[lane] > 0 {
        (low, high) = (min(low, place[lane]), max(high, place[lane]))
        size += w[lane] * v[lane] * v[lane]
      }
      (places + block).initialize(to: place)
      (variances + block).initialize(to: v)
      (weights + block).initialize(to: w)
    }
    (self.low, self.high, self.size) = (low, high, size)
  }

  deinit { places.deallocate() }

  /// Σ w (w(k) - W)² of a smile.
  func sum(of smile: SVI) -> Double {
    var sum = Lanes.zero
    for block in 0..<vectors {
      let distance: Lanes = places[block] - Lanes(all: smile.m)
      let root: Lanes = (distance * distance + Lanes(all: smile.sigma * smile.sigma)).squareRoot()
      let value: Lanes = Lanes(all: smile.a) + Lanes(all: smile.b) * (Lanes(all: smile.rho) * distance + root)
      let residual: Lanes = value - variances[block]
      sum += weights[block] * residual * residual
    }
    return sum.sum()
  }
}

/// SVI with its vertex held at (m, σ): what is left is linear.
///
/// ```
/// w = a + p (√(y² + 1) + y) + q (√(y² + 1) - y),   y = (k - m)/σ,   b = (p + q)/σ,   ρ = (p - q)/(p + q)
/// ```
/// |ρ| ≤ 1 and b ≥ 0 are p, q ≥ 0: a least-squares problem of two variables with signs, solved in closed form.
///
/// Source: Zeliade Systems, "Quasi-explicit calibration of Gatheral's SVI model" (2009).
struct SVIVertex {
  typealias Lanes = SIMD8<Double>

  var m, logSigma: Double
  var a = 0.0
  var p = 0.0
  var q = 0.0
  /// Σ w r².
  var sum = 0.0

  init(_ quotes: borrowing SVIQuotes, m: Double, logSigma: Double) {
    (self.m, self.logSigma) = (m, logSigma)
    solve(quotes)
  }

  var sigma: Double { Portable.exp(logSigma) }

  /// √(y²+1) ± y without cancellation, and √(y²+1).
  @inline(__always)
  static func basis(_ y: Lanes) -> (rise: Lanes, fall: Lanes, root: Lanes) {
    let root: Lanes = (y * y + Lanes(all: 1)).squareRoot()
    let large: Lanes = root + y.absolute
    let small: Lanes = Lanes(all: 1) / large
    let isNegative = Lanes.less(y, Lanes.zero)
    return (Lanes.select(isNegative, small, large), Lanes.select(isNegative, large, small), root)
  }

  /// The best a, p and q for this vertex.
  @inline(__always)
  private mutating func solve(_ quotes: borrowing SVIQuotes) {
    let scale = Lanes(all: 1 / sigma)
    var (s, sRise, sFall, sTarget) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    for block in 0..<quotes.vectors {
      let (rise, fall, _) = Self.basis((quotes.places[block] - Lanes(all: m)) * scale)
      let w = quotes.weights[block]
      s += w
      sRise += w * rise
      sFall += w * fall
      sTarget += w * quotes.variances[block]
    }
    let total = s.sum()
    let (meanRise, meanFall, meanTarget) = (sRise.sum() / total, sFall.sum() / total, sTarget.sum() / total)
    // Sums of centred products: the constant is eliminated without losing digits.
    var (rr, rf, ff) = (Lanes.zero, Lanes.zero, Lanes.zero)
    var (rt, ft, tt) = (Lanes.zero, Lanes.zero, Lanes.zero)
    for block in 0..<quotes.vectors {
      let (plainRise, plainFall, _) = Self.basis((quotes.places[block] - Lanes(all: m)) * scale)
      let rise: Lanes = plainRise - Lanes(all: meanRise)
      let fall: Lanes = plainFall - Lanes(all: meanFall)
      let target: Lanes = quotes.variances[block] - Lanes(all: meanTarget)
      let (wRise, wFall): (Lanes, Lanes) = (quotes.weights[block] * rise, quotes.weights[block] * fall)
      rr += wRise * rise
      rf += wRise * fall
      ff += wFall * fall
      rt += wRise * target
      ft += wFall * target
      tt += quotes.weights[block] * target * target
    }
    let (crr, crf, cff, crt, cft) = (rr.sum(), rf.sum(), ff.sum(), rt.sum(), ft.sum())
    let determinant = crr * cff - crf * crf
    (p, q) = ((crt * cff - cft * crf) / determinant, (cft * crr - crt * crf) / determinant)
    if !(determinant > 1e-15 * crr * cff) || p < 0 || q < 0 {
      let alone = (crr > 0 ? max(crt / crr, 0) : 0, cff > 0 ? max(cft / cff, 0) : 0)
      let isRising = alone.0 * crt >= alone.1 * cft
      (p, q) = isRising ? (alone.0, 0) : (0, alone.1)
    }
    a = meanTarget - p * meanRise - q * meanFall
    // The residuals themselves, not a difference of sums: an exact fit must show as such.
    var squares = Lanes.zero
    for block in 0..<quotes.vectors {
      let (rise, fall, _) = Self.basis((quotes.places[block] - Lanes(all: m)) * scale)
      let residual: Lanes = Lanes(all: a) + Lanes(all: p) * rise + Lanes(all: q) * fall - quotes.variances[block]
      squares += quotes.weights[block] * residual * residual
    }
    sum = squares.sum()
  }

  /// The raw parameters of this vertex.
  func smile(forward: Double, years: Double) -> SVI {
    let total = p + q
    return SVI(
      forward: forward, years: years, a: a, b: total / sigma, rho: total > 0 ? (p - q) / total : 0, m: m, sigma: sigma)
  }
}
