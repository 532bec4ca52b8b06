import HydraNumerics

/// An American option as the formulas see it: a put on a unit of strike, by symmetry.
///
/// A call on S struck at K with rate r and yield q is worth what a put on K struck at S is with rate q and yield r.
/// Source: R. McDonald, M. Schroder, "A parity result for American options", J. Computational Finance 1 (1998) 5–13.
struct AmericanProblem {
  var kind: OptionKind
  var spot, strike, years, volatility, rate, yield: Double
  /// Whether the yield is the rate by nature, so that both move together.
  var isFutures = false

  /// What the put is written on, per unit of strike.
  var moneyness: Double { kind == .put ? spot / strike : strike / spot }
  /// The strike of the put.
  var scale: Double { kind == .put ? strike : spot }
  /// Rate, yield, volatility and time of the put.
  var terms: ExerciseBoundary.Terms {
    kind == .put
      ? .init(rate: rate, yield: yield, volatility: volatility, years: years)
      : .init(rate: yield, yield: rate, volatility: volatility, years: years)
  }

  /// What exercise is worth now.
  var intrinsic: Double { max(kind == .put ? strike - spot : spot - strike, 0) }

  /// What kind of answer there is.
  enum Nature: Hashable {
    /// Inputs that are NaN or outside the model.
    case none(PriceStatus)
    /// The price is a limit: no time, no volatility, a zero price, an infinite spread.
    case limit
    /// Exercise never pays: the option is European.
    case european
    /// One boundary, below which (put) or above which (call) exercise pays.
    case boundary
    /// Negative rates: exercise pays between two boundaries.
    case twoBoundaries
  }

  var nature: Nature {
    let status = status
    guard status == .ok else { return .none(status) }
    let spread = volatility * years.squareRoot()
    guard spot > 0, strike > 0, spot < .infinity, strike < .infinity, years < .infinity,
      spread >= .leastNormalMagnitude, spread < Self.widestSpread
    else { return .limit }
    let put = terms
    if put.rate > 0 || (put.rate == 0 && put.yield < 0) {
      return spread * spread < Self.leastVariancePerCarry * max(abs(rate), abs(yield)) * years ? .limit : .boundary
    }
    return put.rate < 0 && put.yield < put.rate ? .twoBoundaries : .european
  }

  /// A put on a unit is worth 1 to the last bit when σ√T is larger.
  static let widestSpread = 80.0
  /// Below this share of the carry the variance does not show in the price beyond 1e-9 of the strike.
  static let leastVariancePerCarry = 1e-12

  private var status: PriceStatus {
    let status = BlackLimits.status(forward: spot, strike: strike, years: years, volatility: volatility, rate: rate)
    guard status == .ok else { return status }
    if yield.isNaN { return .nanInput }
    return yield.isInfinite ? .invalid : .ok
  }

  // MARK: - European part and limits

  /// The European option.
  var european: Double {
    isFutures
      ? Black76.price(kind, forward: spot, strike: strike, years: years, volatility: volatility, rate: rate)
      : BlackScholes.price(
        kind, spot: spot, strike: strike, years: years, volatility: volatility, rate: rate, dividendYield: yield)
  }

  /// The price where it is a limit.
  ///
  /// Without volatility the best of all times to exercise, φ(S e^{-qt} - K e^{-rt}) over 0…T; with infinite spread the
  /// put tends to the larger of strike and discounted strike, the call to the same of the spot.
  var limit: Double {
    let isWide = volatility * years.squareRoot() >= Self.widestSpread && spot > 0 && strike > 0
    if isWide && (kind == .put ? strike : spot) < .infinity {
      let put = terms
      let discount = ElementaryTables.shared.exp(-put.rate * min(put.years, .greatestFiniteMagnitude))
      return scale * (put.rate < 0 ? discount : 1)
    }
    return bestCertain.value
  }

  /// The best certain payoff and when it is taken.
  private var bestCertain: (value: Double, time: Double) {
    let tables = ElementaryTables.shared
    func value(at time: Double) -> Double {
      let paid = strike == 0 ? 0 : strike * tables.exp(rate == 0 ? 0 : -rate * time)
      let received = spot == 0 ? 0 : spot * tables.exp(yield == 0 ? 0 : -yield * time)
      return kind.sign * (received - paid)
    }
    var times = [years]
    // Where the derivative vanishes: q S e^{-qt} = r K e^{-rt}.
    let ratio = rate * strike / (yield * spot)
    if ratio > 0, ratio < .infinity, rate != yield {
      let time: Double = tables.log(ratio) / (rate - yield)
      if time > 0 && time < years { times.append(time) }
    }
    var best = (value: intrinsic, time: 0.0)
    for time in times where value(at: time) > best.value { best = (value(at: time), time) }
    return best
  }

  /// The sensitivities where the price is a limit; NaN at the kink.
  var limitGreeks: AmericanGreeks {
    let price = limit
    let isWide = volatility * years.squareRoot() >= Self.widestSpread
    if isWide {
      let isCall = kind == .call
      return .flat(price, delta: isCall ? price / spot : 0, dualDelta: isCall ? 0 : price / strike)
    }
    let (value, time) = bestCertain
    let sign = kind.sign
    guard value > 0 else {
      guard spot != strike || spot == 0 else {
        var kink = AmericanGreeks.undefined
        (kink.price, kink.premium) = (0, 0)
        return kink
      }
      return .flat(0, delta: 0, dualDelta: 0)
    }
    let tables = ElementaryTables.shared
    let (received, paid) = (tables.exp(-yield * time), tables.exp(-rate * time))
    var result = AmericanGreeks.flat(value, delta: sign * received, dualDelta: -sign * paid)
    result.rho = sign * time * strike * paid
    result.psi = -sign * time * spot * received
    if isFutures { result.rho += result.psi ?? 0 }
    if time == years { result.theta = sign * (yield * spot * received - rate * strike * paid) }
    result.premium = value - european
    return result
  }
}
