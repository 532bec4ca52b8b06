import HydraNumerics

/// American options on futures, and on a spot price with a rate and a yield.
///
/// ```
/// V = European + ∫ (interest on the strike - yield on the spot) over the times when it is exercised
/// ```
/// The price is the European one plus the early exercise premium, an integral over the exercise boundary, which spectral
/// collocation finds (`BoundaryCollocation`). Prices are in the unit of spot and strike, `years` is days / 365,
/// volatility, rate and yield are per year; options on futures are those with the yield equal to the rate.
///
///     American.price(.put, spot: 100, strike: 100, years: 1, volatility: 0.2, rate: 0.05)   // 6.0903706…
///
/// - As `years` or `volatility` goes to zero the price goes to the best certain payoff; deep in the money it is the
///   payoff itself; where exercise never pays (a put with r ≤ 0 and q ≥ r, a call with q ≤ 0 and r ≥ q) it is the
///   European price, to the last bit. NaN and impossible inputs give NaN; the batch calls say which of the two it was.
/// - Rates and yields may be negative. A put with q < r < 0 (a call with r < q < 0) is exercised between two boundaries:
///   its price comes from a binomial tree and is right to some 1e-5 of the strike (`AmericanTree`).
///
/// Accuracy against the golden vectors: see `AmericanMethod`; worst case 2e-10 of the strike with `accurate`.
///
/// Source: L. Andersen, M. Lake, D. Offengenden, "High-performance American option pricing", J. Computational Finance
/// 20 (2016) 39–87.
public enum American {
  /// The price of an American option on a spot price.
  ///
  /// - Complexity: 8 µs with `fast`, 50 µs with `accurate`, 0.5 µs with the approximations.
  public static func price(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, volatility: Double, rate: Double,
    dividendYield: Double = 0, method: AmericanMethod = .accurate
  ) -> Double {
    price(
      AmericanProblem(
        kind: kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: dividendYield),
      method: method
    ).price
  }

  /// The price of an American option on a futures contract.
  public static func price(
    _ kind: OptionKind, strike: Double, volatility: Double, in market: FuturesOptionMarket,
    method: AmericanMethod = .accurate
  ) -> Double {
    price(
      AmericanProblem(
        kind: kind, spot: market.forward, strike: strike, years: market.years, volatility: volatility,
        rate: market.rate, yield: market.rate, isFutures: true),
      method: method
    ).price
  }

  /// The price of an American option in a spot market.
  public static func price(
    _ kind: OptionKind, strike: Double, volatility: Double, in market: SpotOptionMarket,
    method: AmericanMethod = .accurate
  ) -> Double {
    price(
      kind, spot: market.spot, strike: strike, years: market.years, volatility: volatility, rate: market.rate,
      dividendYield: market.dividendYield, method: method)
  }

  static func price(_ problem: AmericanProblem, method: AmericanMethod) -> (price: Double, status: PriceStatus) {
    let price: Double
    switch problem.nature {
    case .none(let status): return (.nan, status)
    case .limit: price = problem.limit
    case .european: price = problem.european
    case .twoBoundaries: price = AmericanTree(problem).price
    case .boundary:
      if let scheme = method.scheme {
        let boundary = ExerciseBoundary(problem.terms, scheme: scheme)
        price = self.price(problem, european: problem.european, boundary: boundary)
      } else {
        price = approximation(problem, method: method)
      }
    }
    // Rates and times at the ends of the range of numbers overflow on the way.
    return (price, price.isNaN ? .invalid : .ok)
  }

  /// The price on a boundary that is known.
  static func price(_ problem: AmericanProblem, european: Double, boundary: ExerciseBoundary) -> Double {
    let m = problem.moneyness
    guard m > boundary.critical else { return problem.intrinsic }
    let premium = ExercisePremium(boundary, at: m)
    // Rounding apart, the premium is positive and the sum above intrinsic value.
    return max(european + problem.scale * max(premium.value, 0), problem.intrinsic)
  }
}
