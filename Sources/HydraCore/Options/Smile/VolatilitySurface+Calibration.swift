import HydraNumerics

extension VolatilitySurface {
  /// The volatilities of one expiry.
  public struct ExpiryQuotes: Hashable, Codable, Sendable {
    public var forward: Double
    /// Time to expiry in years.
    public var years: Double
    public var strikes: [Double]
    /// Black volatilities at the strikes.
    public var volatilities: [Double]
    /// Weights of the squares; nil for 1 each.
    public var weights: [Double]?

    public init(
      forward: Double, years: Double, strikes: [Double], volatilities: [Double], weights: [Double]? = nil
    ) {
      (self.forward, self.years) = (forward, years)
      (self.strikes, self.volatilities, self.weights) = (strikes, volatilities, weights)
    }
  }

  /// A fitted surface and the fit of each expiry.
  public struct Calibration: Hashable, Codable, Sendable {
    public var surface: VolatilitySurface
    public var fits: [SmileFit]
  }

  /// The surface through the volatilities of several expiries.
  ///
  /// - `.ssvi`: slices with their own tilt (eSSVI), from near to far, each above the one before: without arbitrage by
  ///   theorem. Three parameters an expiry.
  /// - `.svi`: the best SVI slices without butterfly arbitrage; where two of them cross, the whole surface is fitted
  ///   with `.ssvi` instead. Five parameters an expiry.
  /// - `.sabr`: each expiry by itself with β = ½; arbitrage is found by the checks, not excluded.
  ///
  /// - Parameter withoutArbitrage: false leaves every condition out.
  /// - Throws: as the model's own calibration.
  public static func calibrated(
    to expiries: [ExpiryQuotes], model: SmileModel = .ssvi, withoutArbitrage: Bool = true,
    clock: ReportClock = ReportClock()
  ) throws(SmileFitError) -> Calibration {
    let sorted = expiries.sorted { $0.years < $1.years }
    var slices: [FittedSmile] = []
    var fits: [SmileFit] = []
    slices.reserveCapacity(sorted.count)
    fits.reserveCapacity(sorted.count)
    var near: SSVISlice?
    for quotes in sorted {
      switch model {
      case .ssvi:
        let fitted = try SSVISlice.calibrated(
          forward: quotes.forward, years: quotes.years, strikes: quotes.strikes, volatilities: quotes.volatilities,
          weights: quotes.weights, withoutArbitrage: withoutArbitrage, after: withoutArbitrage ? near : nil)
        near = fitted.smile
        slices.append(.ssvi(fitted.smile))
        fits.append(fitted.fit)
      case .svi:
        let calibrate = withoutArbitrage ? SVI.calibratedWithoutArbitrage : SVI.calibrated
        let fitted = try calibrate(quotes.forward, quotes.years, quotes.strikes, quotes.volatilities, quotes.weights)
        slices.append(.svi(fitted.smile))
        fits.append(fitted.fit)
      case .sabr:
        let fitted = try SABR.calibrated(
          forward: quotes.forward, years: quotes.years, strikes: quotes.strikes, volatilities: quotes.volatilities,
          weights: quotes.weights)
        slices.append(.sabr(fitted.smile))
        fits.append(fitted.fit)
      }
    }
    let surface = try VolatilitySurface(slices: slices, clock: clock)
    if model == .svi, withoutArbitrage, !surface.calendarChecks().allSatisfy(\.isFree) {
      return try calibrated(to: expiries, model: .ssvi, clock: clock)
    }
    return Calibration(surface: surface, fits: fits)
  }
}
