import HydraNumerics

extension American {
  /// The value of an approximation's formula as it stands: it may lie below the European price or intrinsic value, which
  /// `price` with the same method does not. Inputs for which the formula has no meaning (see `price`) give what `price`
  /// gives; so do the two methods that are no approximations.
  ///
  ///     American.approximation(
  ///       .call, spot: 90, strike: 100, years: 0.1, volatility: 0.15, rate: 0.1, dividendYield: 0.1, method: .baw)
  ///     // 0.0206… (Haug 2007, table 3-1)
  public static func approximation(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, volatility: Double, rate: Double,
    dividendYield: Double = 0, method: AmericanMethod
  ) -> Double {
    rawApproximation(
      AmericanProblem(
        kind: kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, yield: dividendYield),
      method: method)
  }

  /// The formula as it stands, where it has a meaning.
  static func rawApproximation(_ problem: AmericanProblem, method: AmericanMethod) -> Double {
    guard case .boundary = problem.nature, let value = formula(problem, method: method) else {
      return price(problem, method: method).price
    }
    return value
  }

  /// The approximation, not below what the holder has for certain.
  static func approximation(_ problem: AmericanProblem, method: AmericanMethod) -> Double {
    let least = max(problem.european, problem.intrinsic)
    guard let value = formula(problem, method: method), value > least else { return least }
    return value
  }

  private static func formula(_ problem: AmericanProblem, method: AmericanMethod) -> Double? {
    switch method {
    case .baw: BaroneAdesiWhaley(problem).price
    case .bjs1993: BjerksundStensland(problem).flat
    case .bjs2002: BjerksundStensland(problem).twoSteps
    case .accurate, .fast: nil
    }
  }
}
