import HydraNumerics

/// The value of exercising at a flat boundary (1993) or at one of two steps (2002).
///
/// Both are values of strategies that could be followed, hence lower bounds of the true price (with carry near zero they
/// may lie below the European price; `American.price` does not go below that, `American.approximation` shows the value of
/// the formula). Puts are calls by symmetry: P(S, K, r, b) = C(K, S, r - b, -b), b = r - q.
///
/// Sources: P. Bjerksund, G. Stensland, "Closed-form approximation of American options", Scandinavian J. Management 9
/// (1993) S87–S99; the same, "Closed form valuation of American options", discussion paper, NHH Bergen (2002); in the form
/// of E. G. Haug, The Complete Guide to Option Pricing Formulas, 2nd ed. (2007), 3.2.
struct BjerksundStensland {
  private let spot, strike, years, rate, carry, volatility: Double
  private let variance, beta: Double
  private let lowest, highest: Double
  private let tables = ElementaryTables.shared

  /// - Precondition: the problem has one boundary (see `AmericanProblem.Nature`).
  init(_ problem: AmericanProblem) {
    let isCall = problem.kind == .call
    (spot, strike) = isCall ? (problem.spot, problem.strike) : (problem.strike, problem.spot)
    (years, volatility) = (problem.years, problem.volatility)
    rate = isCall ? problem.rate : problem.yield
    let yield = isCall ? problem.yield : problem.rate
    carry = rate - yield
    variance = volatility * volatility
    let half = carry / variance - 0.5
    beta = -half + (half * half + 2 * rate / variance).squareRoot()
    highest = beta / (beta - 1) * strike
    lowest = max(strike, rate / yield * strike)
  }

  /// The boundary of 1993.
  var flat: Double {
    let h = -(carry * years + 2 * volatility * years.squareRoot()) * lowest / (highest - lowest)
    let boundary = lowest + (highest - lowest) * (1 - tables.exp(h))
    guard spot < boundary else { return spot - strike }
    let power = (boundary - strike) * tables.exp(beta * tables.log(spot / boundary))
    let held = power * (1 - phi(years, beta, boundary, boundary))
    let stock = spot * (phi(years, 1, boundary, boundary) - phi(years, 1, strike, boundary))
    let paid = strike * (phi(years, 0, boundary, boundary) - phi(years, 0, strike, boundary))
    return held + stock - paid
  }

  /// The boundary of 2002: one height until t = (√5 - 1)/2 T, another after it.
  var twoSteps: Double {
    let t = Self.share * years
    func boundary(_ time: Double) -> Double {
      let width = highest - lowest
      let h = -(carry * time + 2 * volatility * time.squareRoot()) * strike * strike / (width * lowest)
      return lowest + width * (1 - tables.exp(h))
    }
    let (low, high) = (boundary(t), boundary(years))
    guard spot < high else { return spot - strike }
    let highPower = (high - strike) * tables.exp(beta * tables.log(spot / high))
    let lowPower = (low - strike) * tables.exp(beta * tables.log(spot / low))
    var value = highPower * (1 - phi(t, beta, high, high)) + lowPower * phi(t, beta, low, high)
    value += spot * (phi(t, 1, high, high) - phi(t, 1, low, high))
    value -= strike * (phi(t, 0, high, high) - phi(t, 0, low, high))
    value -= lowPower * psi(t, beta, low, high, low)
    value += spot * (psi(t, 1, low, high, low) - psi(t, 1, strike, high, low))
    value -= strike * (psi(t, 0, low, high, low) - psi(t, 0, strike, high, low))
    return value
  }

  /// (√5 - 1)/2: the first boundary's part of the time. The correlation of the two times' prices is its root.
  private static let share = 0.6180339887498949
  private static let together = BivariateNormal(correlation: share.squareRoot())
  private static let apart = BivariateNormal(correlation: -share.squareRoot())

  /// φ(S, T, γ, H, I) / S^γ: what S^γ is worth if S(T) < H and the boundary I was not reached.
  private func phi(_ time: Double, _ gamma: Double, _ h: Double, _ i: Double) -> Double {
    let s = volatility * time.squareRoot()
    let growth = (-rate + gamma * carry + 0.5 * gamma * (gamma - 1) * variance) * time
    let shift = (carry + (gamma - 0.5) * variance) * time
    let distance: Double = tables.log(i / spot)
    let d = -(tables.log(spot / h) + shift) / s
    let kappa = 2 * carry / variance + 2 * gamma - 1
    return Self.weighted(tables, growth, d) - Self.weighted(tables, growth + kappa * distance, d - 2 * distance / s)
  }

  /// ψ(S, T, γ, H, I2, I1, t) / S^γ: the same over two boundaries.
  private func psi(_ t: Double, _ gamma: Double, _ h: Double, _ high: Double, _ low: Double) -> Double {
    let (s1, s2) = (volatility * t.squareRoot(), volatility * years.squareRoot())
    let shift = carry + (gamma - 0.5) * variance
    let growth = (-rate + gamma * carry + 0.5 * gamma * (gamma - 1) * variance) * years
    let kappa = 2 * carry / variance + 2 * gamma - 1
    let (x, toHigh, toLow): (Double, Double, Double) = (
      tables.log(spot / low), tables.log(high / spot), tables.log(low / spot)
    )
    let (y, z): (Double, Double) = (tables.log(spot / h), tables.log(low / high))
    let e1 = (x + shift * t) / s1
    let e2 = (2 * toHigh + x + shift * t) / s1
    let e3 = (x - shift * t) / s1
    let e4 = (2 * toHigh + x - shift * t) / s1
    let f1 = (y + shift * years) / s2
    let f2 = (2 * toHigh + y + shift * years) / s2
    let f3 = (2 * toLow + y + shift * years) / s2
    let f4 = (2 * z + y + shift * years) / s2
    var sum = tables.exp(growth) * Self.together.cdf(-e1, -f1)
    sum -= tables.exp(growth + kappa * toHigh) * Self.together.cdf(-e2, -f2)
    sum -= tables.exp(growth + kappa * toLow) * Self.apart.cdf(-e3, -f3)
    sum += tables.exp(growth + kappa * z) * Self.apart.cdf(-e4, -f4)
    return sum
  }

  /// exp(e) Φ(z), where the factors may overflow and vanish.
  private static func weighted(_ tables: ElementaryTables, _ e: Double, _ z: Double) -> Double {
    guard z < -5 else { return tables.exp(e) * tables.normalCDF(z) }
    return tables.exp(e - 0.5 * z * z) * Normal.millsRatio(-z) * 0.3989422804014327
  }
}
