import HydraNumerics

/// The implied volatilities of one expiry as a function of the strike.
///
/// Two requirements describe the expiry and one the smile; a type that knows its derivatives gives
/// `totalVariance(atLogMoneyness:)` too, otherwise they are found by differences.
///
///     struct Flat: VolatilitySmile {
///       var forward, years: Double
///       func volatility(atStrike strike: Double) -> Double { 0.31 }
///     }
public protocol VolatilitySmile: Sendable {
  /// The forward of the expiry, in the unit of the strikes.
  var forward: Double { get }
  /// Time to expiry in years (days / 365).
  var years: Double { get }
  /// The Black volatility per √year at a positive strike (0.31 = 31 %).
  func volatility(atStrike strike: Double) -> Double
  /// w = σ² T at k = ln(strike / forward), with the first two derivatives by k.
  func totalVariance(atLogMoneyness k: Double) -> TotalVariance
}

extension VolatilitySmile {
  /// Derivatives by five-point differences: about ten digits of the slope, seven of the curvature.
  public func totalVariance(atLogMoneyness k: Double) -> TotalVariance {
    func value(_ k: Double) -> Double {
      let volatility = volatility(atStrike: forward * Portable.exp(k))
      return volatility * volatility * years
    }
    let step = 2e-3
    let (centre, left, right) = (value(k), value(k - step), value(k + step))
    let (farLeft, farRight) = (value(k - 2 * step), value(k + 2 * step))
    return TotalVariance(
      value: centre,
      slope: (8 * (right - left) - (farRight - farLeft)) / (12 * step),
      curvature: (16 * (left + right) - (farLeft + farRight) - 30 * centre) / (12 * step * step))
  }

  /// Black volatilities at many strikes.
  public func volatilities(atStrikes strikes: [Double]) -> [Double] { strikes.map { volatility(atStrike: $0) } }
}

/// Total implied variance w = σ² T at a log-moneyness k = ln(K/F), with its derivatives by k.
public struct TotalVariance: Hashable, Codable, Sendable {
  /// w.
  public var value: Double
  /// ∂w/∂k.
  public var slope: Double
  /// ∂²w/∂k².
  public var curvature: Double

  public init(value: Double, slope: Double, curvature: Double) {
    self.value = value
    self.slope = slope
    self.curvature = curvature
  }

  /// Durrleman's g at this k: the density of the price at expiry is g times a lognormal one, hence a butterfly has a
  /// negative price exactly where g < 0.
  ///
  /// ```
  /// g = (1 - k w'/(2w))² - w'²/4 (1/w + 1/4) + w''/2
  /// ```
  /// Source: J. Gatheral and A. Jacquier, "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14 (2014),
  /// equation (2.1).
  public func butterfly(atLogMoneyness k: Double) -> Double {
    let drift = 1 - k * slope / (2 * value)
    return drift * drift - slope * slope / 4 * (1 / value + 0.25) + curvature / 2
  }
}
