import HydraNumerics

/// Sensitivities by central differences, for the methods that have no boundary to differentiate.
enum AmericanDifferences {
  /// Steps: half a per cent of a standard deviation at expiry in the spot, half a per cent of volatility and time, half a
  /// basis point of the rates.
  static func greeks(_ problem: AmericanProblem, method: AmericanMethod) -> AmericanGreeks {
    func price(_ change: (inout AmericanProblem) -> Void) -> Double {
      var changed = problem
      change(&changed)
      return American.price(changed, method: method).price
    }
    func slope(_ step: Double, _ path: WritableKeyPath<AmericanProblem, Double>) -> Double {
      (price { $0[keyPath: path] += step } - price { $0[keyPath: path] -= step }) / (2 * step)
    }
    let base = American.price(problem, method: method).price
    let spread = min(problem.volatility * problem.years.squareRoot(), 1)
    let step = problem.spot * spread * (method.isTree(problem) ? 0.1 : 0.005)
    let (up, down) = (price { $0.spot += step }, price { $0.spot -= step })
    let delta = (up - down) / (2 * step)
    let gamma = (up - 2 * base + down) / (step * step)
    let (rate, yield) = (slope(0.5e-4, \.rate), slope(0.5e-4, \.yield))
    let (spot, strike) = (problem.spot, problem.strike)
    return AmericanGreeks(
      price: base, premium: base - problem.european, delta: delta, gamma: gamma,
      vega: slope(0.005 * problem.volatility, \.volatility), theta: -slope(0.005 * problem.years, \.years),
      rho: problem.isFutures ? rate + yield : rate, psi: yield, dualDelta: (base - spot * delta) / strike,
      dualGamma: gamma * (spot / strike) * (spot / strike))
  }
}

extension AmericanMethod {
  /// Whether the price comes from a tree, whose teeth a small step would see.
  fileprivate func isTree(_ problem: AmericanProblem) -> Bool { problem.nature == .twoBoundaries }
}
