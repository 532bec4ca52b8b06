import HydraNumerics

/// First values for the boundary: the critical price of the quadratic approximation at every node.
///
/// With h = 1 - e^{-rτ} and λ the negative root of λ² + (N - 1) λ - M/h = 0 (M = 2r/σ², N = 2(r - q)/σ²), the
/// approximation's B solves 1 - e^{-qτ} Φ(-d+) + λ (1 - B - p(B))/B = 0, p the European put. With the call c in the
/// place of p this is
///
///     B e^{-qτ} Φ(d+) - λ c  =  -λ h - (1 - λ) B (1 - e^{-qτ}).
///
/// Both sides are positive; the left falls like a density, the right is nearly straight. Newton's method on the
/// difference of their logarithms, from a value left of the root, needs three steps where the plain equation needs ten.
///
/// Source: G. Barone-Adesi, R. E. Whaley, "Efficient analytic approximation of American option values", J. Finance 42
/// (1987) 301–320.
struct BoundaryGuess {
  typealias V = OctetLanes

  private let terms: ExerciseBoundary.Terms

  init(_ terms: ExerciseBoundary.Terms) { self.terms = terms }

  /// ln B at eight nodes given by σ√τ.
  func logarithm(_ s: V) -> V {
    let tables = ElementaryTables.shared
    let (r, q, sigma) = (terms.rate, terms.yield, terms.volatility)
    let start = terms.start
    let tau = s * s * V(all: 1 / (sigma * sigma))
    let rt = tau * V(all: r)
    let growth = CollocationNormal.exp(-rt)
    let decay = CollocationNormal.exp(-(tau * V(all: q)))
    let h = Self.complement(rt, growth)
    let k = Self.complement(tau * V(all: q), decay)
    let n = 2 * (r - q) / (sigma * sigma) - 1
    // M/h = (2/σ²τ) rτ/h, which has a limit at r = 0.
    let ratio = r == 0 ? V(all: 1) : rt / h
    let root = Self.root(V(all: n * n) + V(all: 8) * ratio / (s * s))
    // The negative root, written so that nothing cancels.
    let lambda = n < 0 ? V(all: -4) * ratio / (s * s) / (root - V(all: n)) : (V(all: -n) - root) * V(all: 0.5)

    // Left of the root: the asymptote for r ≥ q, and 0.64 standard deviations below B(0+).
    let small = V.select(V.less(rt, V(all: 0.1)), rt, V(all: 0.1))
    let logarithm: V = tables.log(V.select(V.less(V(all: 1e-12), small), small, V(all: 1e-12)) * V(all: 3.5))
    let asymptote = -(s * Self.root(logarithm * V(all: -2)))
    var top = V(all: start)
    if q > 0 {
      // Where the right side vanishes.
      let limit: V = tables.log(-(lambda * h) / ((V(all: 1) - lambda) * k))
      top = V.select(V.less(limit, top), limit, top)
    }
    let fromStart = V(all: start) - s * V(all: 0.638)
    let fromTop = top - s * V(all: 0.05)
    var x = V.select(V.less(asymptote, fromStart), asymptote, fromStart)
    x = V.select(V.less(x, fromTop), x, fromTop)
    // Eight deviations below the strike the left side has vanished: the root is where the right side does.
    let isFar = V.less(x, s * V(all: -8))
    x = V.select(isFar, s * V(all: -2), x)

    let drift = V(all: r - q) * tau
    for _ in 0..<3 {
      let b = CollocationNormal.exp(x)
      let upper = CollocationNormal.distribution((x + drift) / s + s * V(all: 0.5))
      let lower = CollocationNormal.distribution((x + drift) / s - s * V(all: 0.5))
      let paid = b * decay * upper.cdf
      let call = paid - growth * lower.cdf
      let least = V(all: 1e-300)
      let rawLeft = paid - lambda * call
      let left = V.select(V.less(least, rawLeft), rawLeft, least)
      let fall = (V(all: 1) - lambda) * b * k
      let rawRight = -(lambda * h) - fall
      let right = V.select(V.less(least, rawRight), rawRight, least)
      let leftSlope = paid + b * decay * upper.density / s - lambda * paid
      let difference: V = tables.log(left / right)
      let next = x - difference / (leftSlope / left + fall / right)
      x = V.select(V.less(next, top), next, (x + top) * V(all: 0.5))
    }
    return V.select(isFar, top, x)
  }

  private static func root(_ value: V) -> V { value * CollocationNormal.reciprocalSquareRoot(value) }

  /// 1 - e^{-y} without cancellation for small y.
  private static func complement(_ y: V, _ exponential: V) -> V {
    let series = y * (V(all: 1) - y * (V(all: 0.5) - y * (V(all: 1.0 / 6) - y * V(all: 1.0 / 24))))
    return V.select(V.less(y.absolute, V(all: 1e-3)), series, V(all: 1) - exponential)
  }
}
