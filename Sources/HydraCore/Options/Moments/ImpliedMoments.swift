import HydraNumerics

/// The risk-neutral moments of the logarithmic return to one expiry, and the model-free variance.
///
/// Bakshi, Kapadia and Madan: any smooth payoff is a strip of options. With q(x) the undiscounted out-of-the-money
/// premium over the forward at x = ln(K/F),
///
/// ```
/// E[R]  = -∫ q e^{-x} dx          E[R³] = ∫ (6x - 3x²) q e^{-x} dx       R = ln(S/F)
/// E[R²] = ∫ 2 (1 - x) q e^{-x} dx   E[R⁴] = ∫ (12x² - 4x³) q e^{-x} dx
/// ```
/// and the model-free variance of Carr and Madan is -2 E[R] / T. (E[R] is exact here, where the paper has a series.)
///
/// Discretisation: volatilities are interpolated between the strikes and the integrals taken by Simpson's rule on a fine
/// grid, so the spacing of strikes matters only through the interpolation. Truncation: outside the strikes the
/// volatility is that of the last strike, out to ten standard deviations; `quotedShare` says how much of the variance the
/// strikes themselves span.
///
///     let moments = try ImpliedMoments(of: quotes, in: market)
///     moments.skewness                // of ln(S/F)
///     moments.varianceSwapRate        // per year
///
/// Sources: G. Bakshi, N. Kapadia and D. Madan, Review of Financial Studies 16 (2003) 101–143, theorem 1; P. Carr and
/// D. Madan, "Towards a theory of volatility trading" (1998); G. Jiang and Y. Tian, Review of Financial Studies 18 (2005).
public struct ImpliedMoments: Hashable, Codable, Sendable {
  /// Time to expiry in years.
  public var years: Double
  /// E[ln(S/F)].
  public var logMean: Double
  /// The variance of ln(S/F) to expiry, not per year.
  public var variance: Double
  /// The skewness of ln(S/F).
  public var skewness: Double
  /// The kurtosis of ln(S/F); 3 for a lognormal price.
  public var kurtosis: Double
  /// The share of the model-free variance that comes from between the lowest and the highest strike, 0...1.
  public var quotedShare: Double

  /// The fair rate of a variance swap per year: -2 E[ln(S/F)] / T, without jumps the expected realised variance.
  public var varianceSwapRate: Double { -2 * logMean / years }
  /// √`varianceSwapRate`, as a volatility index shows it.
  public var volatilityIndex: Double { varianceSwapRate.squareRoot() }

  init(years: Double, raw: (Double, Double, Double, Double), quotedShare: Double) {
    let (first, second, third, fourth) = raw
    let variance = second - first * first
    let central3: Double = third - 3 * first * second + 2 * first * first * first
    let square: Double = first * first
    let central4: Double = fourth - 4 * first * third + 6 * square * second - 3 * square * square
    self.years = years
    logMean = first
    self.variance = variance
    skewness = central3 / (variance * variance.squareRoot())
    kurtosis = central4 / (variance * variance)
    self.quotedShare = quotedShare
  }

  /// The moments of a density: no strip, no truncation.
  public init(of density: RiskNeutralDensity) {
    years = density.years
    logMean = density.logMean
    variance = density.variance
    skewness = density.skewness
    kurtosis = density.kurtosis
    quotedShare = 1
  }

  /// The moments of a smile, by the strips of options that it prices.
  ///
  /// - Parameter strikes: the strikes that were quoted, for `quotedShare`.
  /// - Throws: `.invalidSmile` where a volatility is not positive.
  public init(of smile: some VolatilitySmile, strikes: ClosedRange<Double>? = nil) throws(DensityError) {
    let (forward, years) = (smile.forward, smile.years)
    guard forward > 0, forward < .infinity, years > 0, years < .infinity else {
      throw .invalidMarket(forward: forward, discount: 1, years: years)
    }
    var widest = smile.volatility(atStrike: forward)
    if let strikes {
      widest = max(
        widest, smile.volatility(atStrike: strikes.lowerBound), smile.volatility(atStrike: strikes.upperBound))
    }
    guard widest > 0, widest < .infinity else { throw .invalidSmile(strike: forward) }
    let count = 1600
    let step = 20 * widest * years.squareRoot() / Double(count)
    let low = strikes.map { Portable.log($0.lowerBound / forward) } ?? -.infinity
    let high = strikes.map { Portable.log($0.upperBound / forward) } ?? .infinity
    var (first, second, third, fourth, quoted) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for i in 0...count {
      let x = Double(i - count / 2) * step
      let strike = Portable.exp(x)
      let volatility = smile.volatility(atStrike: forward * strike)
      guard volatility > 0, volatility < .infinity else { throw .invalidSmile(strike: forward * strike) }
      let premium = Black76.price(
        x < 0 ? .put : .call, forward: 1, strike: strike, years: years, volatility: volatility)
      // Simpson's rule on each side of the forward, where q has a kink: both halves have an even number of steps.
      let isEnd = i == 0 || i == count
      let simpson: Double = (isEnd ? 1.0 : i % 2 == 1 ? 4.0 : 2.0) * step / 3
      let q = simpson * premium / strike
      first -= q
      second += 2 * (1 - x) * q
      third += (6 * x - 3 * x * x) * q
      fourth += (12 * x * x - 4 * x * x * x) * q
      if x >= low, x <= high { quoted += q }
    }
    guard second > 0 else { throw .invalidSmile(strike: forward) }
    self.init(years: years, raw: (first, second, third, fourth), quotedShare: min(max(-quoted / first, 0), 1))
  }

  /// The moments that the quotes of one expiry imply, without a model of the price.
  ///
  /// Each strike counts once, with its out-of-the-money option where both are quoted. Middles become volatilities, joined
  /// without overshooting; quotes without bid or ask, below intrinsic value or above the bound are left out.
  ///
  /// - Parameters:
  ///   - quotes: discounted premiums of European options.
  ///   - market: the forward, the rate of discounting, the time to expiry.
  /// - Throws: `DensityError`; fewer than three strikes with a volatility are `.tooFewQuotes`.
  public init(of quotes: OptionQuotes, in market: FuturesOptionMarket) throws(DensityError) {
    guard !quotes.isEmpty else { throw .noQuotes }
    guard market.forward > 0, market.forward < .infinity, market.years > 0, market.years < .infinity,
      market.rate.isFinite
    else { throw .invalidMarket(forward: market.forward, discount: market.discount, years: market.years) }
    var chosen: [Double: (isOutside: Bool, volatility: Double)] = [:]
    for quote in quotes {
      if let bid = quote.bid, let ask = quote.ask, bid > ask {
        throw .crossedQuote(strike: quote.strike, bid: bid, ask: ask)
      }
      guard quote.mid > 0, quote.bid ?? 1 > 0, quote.ask ?? 1 > 0, quote.bid != nil || quote.ask == nil,
        let volatility = try? Black76.impliedVolatility(of: quote.mid, quote.kind, strike: quote.strike, in: market),
        volatility > 0, volatility < .infinity
      else { continue }
      let isOutside = quote.kind == (quote.strike < market.forward ? .put : .call)
      if let known = chosen[quote.strike], known.isOutside || !isOutside { continue }
      chosen[quote.strike] = (isOutside, volatility)
    }
    guard chosen.count >= 3 else { throw .tooFewQuotes(usable: chosen.count) }
    let strikes = chosen.keys.sorted()
    let smile = try SplineSmile(
      strikes: strikes, volatilities: strikes.map { chosen[$0]!.volatility }, forward: market.forward,
      years: market.years, join: .monotone)
    try self.init(of: smile, strikes: strikes[0]...strikes[strikes.count - 1])
  }
}

extension ImpliedMoments {
  /// Moments at a constant maturity between the expiries: cumulants are interpolated in time.
  ///
  /// The first four cumulants of ln(S/F) of a process with independent increments grow linearly in time, so linear
  /// interpolation of cumulants keeps moments possible and total variance rising. Before the first and after the last expiry
  /// they grow in proportion to time from there.
  ///
  /// - Parameters:
  ///   - expiries: at least one, at different times, in any order.
  ///   - years: the maturity asked for; positive.
  /// - Throws: `.noQuotes` without expiries, `.invalidMarket` for a maturity that is not positive and finite.
  public static func interpolated(_ expiries: [ImpliedMoments], years: Double) throws(DensityError) -> ImpliedMoments {
    let known = expiries.sorted { $0.years < $1.years }
    guard let first = known.first, let last = known.last else { throw .noQuotes }
    guard years > 0, years < .infinity else { throw .invalidMarket(forward: 1, discount: 1, years: years) }
    if years <= first.years { return first.scaled(years) }
    if years >= last.years { return last.scaled(years) }
    let after = known.firstIndex { $0.years >= years }!
    let (a, b) = (known[after - 1], known[after])
    let t = (years - a.years) / (b.years - a.years)
    let cumulants = zip(a.cumulants, b.cumulants).map { $0 + t * ($1 - $0) }
    let share = a.quotedShare + t * (b.quotedShare - a.quotedShare)
    return ImpliedMoments(years: years, cumulants: cumulants, quotedShare: share)
  }

  /// Mean, variance, third and fourth cumulant.
  private var cumulants: [Double] {
    [logMean, variance, skewness * variance * variance.squareRoot(), (kurtosis - 3) * variance * variance]
  }

  private func scaled(_ years: Double) -> ImpliedMoments {
    ImpliedMoments(years: years, cumulants: cumulants.map { $0 * years / self.years }, quotedShare: quotedShare)
  }

  private init(years: Double, cumulants: [Double], quotedShare: Double) {
    self.years = years
    logMean = cumulants[0]
    variance = cumulants[1]
    skewness = cumulants[2] / (variance * variance.squareRoot())
    kurtosis = 3 + cumulants[3] / (variance * variance)
    self.quotedShare = quotedShare
  }
}
