import HydraNumerics

/// The smiles of several expiries, joined in total variance.
///
/// Between two expiries total variance at a fixed ln(K/F) grows in proportion to the clock's time, so that no calendar
/// spread between neighbours that keep their order has a negative price; before the first and after the last expiry the
/// smile keeps its volatilities per clock time. Forwards are joined in the logarithm.
///
///     let fitted = try VolatilitySurface.calibrated(toAmerican: chains)     // one call from quotes
///     fitted.surface.volatility(atStrike: 370, years: 0.4)
///     fitted.surface.isArbitrageFree
public struct VolatilitySurface: Hashable, Codable, Sendable {
  /// One smile an expiry, in rising order of time.
  public let slices: [FittedSmile]
  /// The time that variance feels: report days count for more.
  public let clock: ReportClock
  private let years: [Double]

  /// - Throws: `.tooFewQuotes` without a slice; `.impossibleQuote` for times that are not positive and rising.
  public init(slices: [FittedSmile], clock: ReportClock = ReportClock()) throws(SmileFitError) {
    guard !slices.isEmpty else { throw .tooFewQuotes(count: 0, needed: 1) }
    var before = 0.0
    for (index, slice) in slices.enumerated() {
      guard slice.years > before, slice.years < .infinity else {
        throw .impossibleQuote(index: index, value: slice.years)
      }
      before = slice.years
    }
    (self.slices, self.clock) = (slices, clock)
    years = slices.map(\.years)
  }

  /// The forward of a time to expiry.
  public func forward(years time: Double) -> Double {
    let next = years.firstIndex { $0 >= time } ?? years.count - 1
    guard next > 0, years[next] > time else { return slices[next].forward }
    let share = (time - years[next - 1]) / (years[next] - years[next - 1])
    let (near, far) = (slices[next - 1].forward, slices[next].forward)
    return near * Portable.exp(share * Portable.log(far / near))
  }

  /// The smile of any time to expiry.
  public func smile(years time: Double) -> SurfaceSmile {
    let place = TermPlace(time, years: years, clock: clock)
    return SurfaceSmile(
      forward: forward(years: time), years: time, near: slices[place.near], far: slices[place.far], place: place)
  }

  /// The Black volatility at a strike and a time to expiry.
  public func volatility(atStrike strike: Double, years time: Double) -> Double {
    smile(years: time).volatility(atStrike: strike)
  }

  /// w = σ² T at ln(K/F) and a time to expiry, with its derivatives by ln(K/F).
  public func totalVariance(atLogMoneyness k: Double, years time: Double) -> TotalVariance {
    smile(years: time).totalVariance(atLogMoneyness: k)
  }

  /// Total variance at the money of each expiry.
  public var termStructure: TermStructure {
    let variances = slices.map { $0.totalVariance(atLogMoneyness: 0).value }
    // The times were checked above, and a smile's variance at the money is not negative.
    return try! TermStructure(years: years, totalVariances: variances.map { max($0, 0) }, clock: clock)
  }

  /// Each expiry against the one before it.
  ///
  /// - Parameter range: of ln(K/F); by default ±8 standard deviations of the farther expiry.
  public func calendarChecks(over range: ClosedRange<Double>? = nil) -> [CalendarCheck] {
    zip(slices, slices.dropFirst()).map { CalendarCheck(near: $0, far: $1, over: range) }
  }

  /// The least g of each expiry.
  public func butterflyChecks(over range: ClosedRange<Double>? = nil) -> [ButterflyCheck] {
    slices.map { $0.butterfly(over: range) }
  }

  /// Whether neither butterflies of any expiry nor calendar spreads between expiries have negative prices.
  public var isArbitrageFree: Bool {
    butterflyChecks().allSatisfy(\.isFree) && calendarChecks().allSatisfy(\.isFree)
  }
}

/// The smile of a surface at one time to expiry.
public struct SurfaceSmile: VolatilitySmile {
  /// The forward of this time.
  public let forward: Double
  /// Time to expiry in years.
  public let years: Double
  let near, far: FittedSmile
  let place: TermPlace

  /// The Black volatility at a strike.
  public func volatility(atStrike strike: Double) -> Double {
    guard strike > 0 else { return .nan }
    return (totalVariance(atLogMoneyness: Portable.log(strike / forward)).value / years).squareRoot()
  }

  /// Total variance with its derivatives.
  public func totalVariance(atLogMoneyness k: Double) -> TotalVariance {
    let (a, b) = (near.totalVariance(atLogMoneyness: k), far.totalVariance(atLogMoneyness: k))
    return TotalVariance(
      value: place.blend(a.value, b.value), slope: place.blend(a.slope, b.slope),
      curvature: place.blend(a.curvature, b.curvature))
  }
}
