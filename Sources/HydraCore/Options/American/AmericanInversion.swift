import HydraNumerics

// The volatility in the price of an American option.
//
// An American option is worth at least the European one, so the volatility that Black's formula finds in the price is an
// upper bound, and close to the answer where early exercise is worth little. From there Newton's method in a bracket,
// first on the fast boundary, then on the accurate one, with the analytic vega. Where the price is close to intrinsic
// value it leaves it like the square of the volatility beyond the one at which exercise begins; the steps are then only
// halved, and the bracket sees to it that they end.
struct AmericanInversion {
  /// The problem; its volatility is what is looked for.
  private var problem: AmericanProblem
  private let price: Double

  /// What became of the inversion of `price` for the problem (whose volatility is not looked at).
  static func invert(_ price: Double, _ problem: AmericanProblem) -> Inversion {
    var problem = problem
    problem.volatility = 0
    if price.isNaN || problem.nature == .none(.nanInput) { return .init(value: .nan, status: .nanInput) }
    let isFinite = max(problem.spot, problem.strike, problem.years) < .infinity
    guard isFinite, problem.nature == .limit else { return .init(value: .nan, status: .invalid) }

    let floor = problem.limit
    let put = problem.terms
    let tables = ElementaryTables.shared
    let ceiling = problem.scale * (put.rate < 0 ? tables.exp(-put.rate * put.years) : 1)
    let rounding = 0x1p-51 * max(problem.spot, problem.strike)
    if abs(price - floor) <= rounding { return .init(value: 0, status: .okZeroVolatility) }
    if price < floor { return .init(value: .nan, status: .belowIntrinsic, gap: floor - price) }
    if price > ceiling + rounding { return .init(value: .nan, status: .aboveMaximum, gap: price - ceiling) }
    if price >= ceiling - rounding { return .init(value: .infinity, status: .atMaximum) }
    guard problem.years > 0 else { return .init(value: .nan, status: .invalid) }

    problem.volatility = 1
    let european = BlackScholes.invert(
      price, problem.kind, spot: problem.spot, strike: problem.strike, years: problem.years, rate: problem.rate,
      yield: problem.yield)
    if problem.nature == .european { return european }
    let start = european.status == .ok ? european.value : nil
    let inversion = AmericanInversion(problem: problem, price: price)
    return .init(value: inversion.volatility(below: start), status: .ok)
  }

  private func volatility(below bound: Double?) -> Double {
    var low = 0.0
    // A little above Black's volatility, for what rounding may do.
    var high = bound.map { $0 * (1 + 1e-9) } ?? .infinity
    var volatility = bound ?? 1 / problem.years.squareRoot()
    for (scheme, tolerance) in [(AmericanScheme.fast, 1e-4), (.accurate, 1e-6)] {
      // The bracket holds for one scheme: the next one's prices differ.
      if scheme === AmericanScheme.accurate { (low, high) = (0.98 * low, 1.02 * high) }
      for _ in 0..<Self.mostSteps {
        let (value, vega) = evaluate(volatility, scheme: scheme)
        let difference = value - price
        if difference > 0 { high = min(high, volatility) } else { low = max(low, volatility) }
        var next = volatility - difference / vega
        if !(next > low && next < high) {
          next = high < .infinity ? 0.5 * (low + high) : 2 * volatility
        }
        let step = abs(next - volatility)
        volatility = next
        if step <= tolerance * volatility || high - low <= 1e-15 * high { break }
      }
    }
    return volatility
  }

  private static let mostSteps = 60

  private func evaluate(_ volatility: Double, scheme: AmericanScheme) -> (price: Double, vega: Double) {
    var problem = problem
    problem.volatility = volatility
    guard problem.nature == .boundary else {
      let method: AmericanMethod = scheme === AmericanScheme.fast ? .fast : .accurate
      let greeks = American.greeks(problem, method: method).greeks
      return (greeks.price, greeks.vega)
    }
    let boundary = ExerciseBoundary(problem.terms, scheme: scheme, directions: [.init(volatility: 1)])
    let m = problem.moneyness
    guard m > boundary.critical else { return (problem.intrinsic, 0) }
    let premium = ExercisePremium(boundary, at: m, slopes: true)
    let vega = BlackScholes.greeks(
      problem.kind, spot: problem.spot, strike: problem.strike, years: problem.years, volatility: volatility,
      rate: problem.rate, dividendYield: problem.yield
    ).vega
    return (problem.european + problem.scale * premium.value, vega + problem.scale * premium.moves[0])
  }
}
