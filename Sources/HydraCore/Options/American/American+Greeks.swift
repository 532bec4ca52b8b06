import HydraNumerics

extension American {
  /// The price and sensitivities of an American option on a spot price.
  ///
  /// With `accurate` and `fast` delta, gamma, vega and rho are derivatives of the integral itself (the boundary's own
  /// derivatives come from the system that finds it) and theta follows from the differential equation
  /// θ = rV - (r - q) S Δ - ½σ²S² Γ. The other methods are differenced (relative errors of some 1e-5). In the exercise
  /// region the option moves with its payoff.
  ///
  /// - Complexity: 1.5 times the price.
  public static func greeks(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, volatility: Double, rate: Double,
    dividendYield: Double = 0, method: AmericanMethod = .accurate
  ) -> AmericanGreeks {
    greeks(
      AmericanProblem(
        kind: kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: dividendYield),
      method: method
    ).greeks
  }

  /// The price and sensitivities of an American option on a futures contract.
  public static func greeks(
    _ kind: OptionKind, strike: Double, volatility: Double, in market: FuturesOptionMarket,
    method: AmericanMethod = .accurate
  ) -> AmericanGreeks {
    greeks(
      AmericanProblem(
        kind: kind, spot: market.forward, strike: strike, years: market.years, volatility: volatility,
        rate: market.rate, yield: market.rate, isFutures: true),
      method: method
    ).greeks
  }

  static func greeks(
    _ problem: AmericanProblem, method: AmericanMethod
  ) -> (greeks: AmericanGreeks, status: PriceStatus) {
    var result: AmericanGreeks
    switch problem.nature {
    case .none(let status): return (.undefined, status)
    case .limit: result = problem.limitGreeks
    case .european: result = europeanGreeks(problem)
    case .twoBoundaries: result = AmericanDifferences.greeks(problem, method: method)
    case .boundary:
      if let scheme = method.scheme {
        let directions = ExerciseBoundary.Direction.all(of: problem)
        let boundary = ExerciseBoundary(problem.terms, scheme: scheme, directions: directions)
        result = greeks(problem, boundary: boundary)
      } else {
        result = AmericanDifferences.greeks(problem, method: method)
      }
    }
    if problem.isFutures { result.psi = nil }
    return (result, result.price.isNaN ? .invalid : .ok)
  }

  /// Price and sensitivities on a boundary that is known, with the tangents of `Direction.all`.
  static func greeks(_ problem: AmericanProblem, boundary: ExerciseBoundary) -> AmericanGreeks {
    let m = problem.moneyness
    guard m > boundary.critical else {
      let sign = problem.kind.sign
      return .flat(problem.intrinsic, delta: sign, dualDelta: -sign)
    }
    return assemble(problem, ExercisePremium(boundary, at: m, slopes: true), directions: boundary.directions)
  }

  private static func europeanGreeks(_ problem: AmericanProblem) -> AmericanGreeks {
    assemble(problem, nil, directions: ExerciseBoundary.Direction.all(of: problem))
  }

  /// The put on a unit of strike turned back into the option.
  private static func assemble(
    _ problem: AmericanProblem, _ premium: ExercisePremium?, directions: [ExerciseBoundary.Direction]
  ) -> AmericanGreeks {
    let (m, scale, put) = (problem.moneyness, problem.scale, problem.terms)
    let european = BlackScholes.greeks(
      .put, spot: m, strike: 1, years: put.years, volatility: put.volatility, rate: put.rate, dividendYield: put.yield)
    let slope = european.delta + (premium?.slope ?? 0)
    let curvature = european.gamma + (premium?.curvature ?? 0)
    let moves = directions.indices.map { index in
      let direction = directions[index]
      let plain =
        european.vega * direction.volatility + european.rho * direction.rate + european.psi * direction.yield
      return scale * (plain + (premium?.moves[index] ?? 0))
    }
    let extra = scale * max(premium?.value ?? 0, 0)
    let price = max(problem.european + extra, problem.intrinsic)

    let isPut = problem.kind == .put
    let delta = isPut ? slope : price / scale - m * slope
    let gamma = (isPut ? curvature : m * m * curvature) / scale
    let (spot, strike) = (problem.spot, problem.strike)
    let decay = problem.rate * price - (problem.rate - problem.yield) * spot * delta
    let bend = 0.5 * problem.volatility * problem.volatility * spot * spot * gamma
    return AmericanGreeks(
      price: price, premium: extra, delta: delta, gamma: gamma, vega: moves[0], theta: decay - bend, rho: moves[1],
      psi: moves.count > 2 ? moves[2] : nil, dualDelta: (price - spot * delta) / strike,
      dualGamma: gamma * (spot / strike) * (spot / strike))
  }
}

extension ExerciseBoundary.Direction {
  /// Volatility, rate and, where the spot has a yield of its own, yield; as the put of the problem sees them.
  static func all(of problem: AmericanProblem) -> [Self] {
    let volatility = Self(volatility: 1)
    if problem.isFutures { return [volatility, Self(rate: 1, yield: 1)] }
    let (first, second) = (Self(rate: 1), Self(yield: 1))
    return problem.kind == .put ? [volatility, first, second] : [volatility, second, first]
  }
}
