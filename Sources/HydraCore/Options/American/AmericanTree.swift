import HydraNumerics

/// A binomial tree: the plain method, for the rare options that are exercised between two boundaries.
///
/// Leisen and Reimer's tree, in which the strike lies at the centre of the last step and the European error falls like
/// 1/n²; with early exercise the error is some 1e-5 of the strike at 801 steps.
///
/// - Complexity: O(steps²), about a millisecond.
///
/// Source: D. Leisen, M. Reimer, "Binomial models for option valuation", Applied Mathematical Finance 3 (1996) 319–346.
struct AmericanTree {
  let price: Double

  init(_ problem: AmericanProblem, steps: Int = 801) {
    let tables = ElementaryTables.shared
    let spread = problem.volatility * problem.years.squareRoot()
    let distance: Double = tables.log(problem.spot / problem.strike)
    let d2 = (distance + (problem.rate - problem.yield) * problem.years) / spread - 0.5 * spread
    let step = problem.years / Double(steps)
    let upper = Self.probability(d2 + spread, steps)
    let up = Self.probability(d2, steps)
    let growth = tables.exp((problem.rate - problem.yield) * step)
    let discount = tables.exp(-problem.rate * step)
    let rise = growth * upper / up
    let fall = (growth - up * rise) / (1 - up)
    let (upDiscounted, downDiscounted) = (up * discount, (1 - up) * discount)

    func payoff(_ level: Double) -> Double { problem.kind.payoff(forward: level, strike: problem.strike) }
    // Levels S rise^j fall^(n-j) from the lowest on, kept in place while the tree is folded.
    let (logRise, logFall) = (tables.log(rise) as Double, tables.log(fall) as Double)
    func level(_ j: Int, of n: Int) -> Double {
      problem.spot * tables.exp(Double(j) * logRise + Double(n - j) * logFall)
    }
    var levels = (0...steps).map { level($0, of: steps) }
    var values = levels.map(payoff)
    let perFall = 1 / fall
    for n in stride(from: steps - 1, through: 0, by: -1) {
      for j in 0...n {
        levels[j] *= perFall
        values[j] = max(upDiscounted * values[j + 1] + downDiscounted * values[j], payoff(levels[j]))
      }
    }
    price = values[0]
  }

  /// The Peizer-Pratt inversion: the probability at which a binomial of n steps resembles Φ(z).
  private static func probability(_ z: Double, _ steps: Int) -> Double {
    let n = Double(steps)
    let ratio = z / (n + 1.0 / 3 + 0.1 / (n + 1))
    let root = (0.25 - 0.25 * ElementaryTables.shared.exp(-ratio * ratio * (n + 1.0 / 6))).squareRoot()
    return z < 0 ? 0.5 - root : 0.5 + root
  }
}
