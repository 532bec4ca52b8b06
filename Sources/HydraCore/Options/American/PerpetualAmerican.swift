import HydraNumerics

/// American options that never expire.
///
/// ```
/// V = φ (B - K) (S/B)^λ,   B = K λ/(λ - 1),   λ = (-n ± √(n² + 8r/σ²))/2,   n = 2(r - q)/σ² - 1,   ± the sign of φ
/// ```
///     PerpetualAmerican(.put, strike: 100, volatility: 0.2, rate: 0.05).price(spot: 100)   // 21.7…
///
/// Source: R. C. Merton, "Theory of rational option pricing", Bell J. Economics 4 (1973) 141–183, section 8.
public struct PerpetualAmerican: Hashable, Sendable {
  /// Call or put.
  public let kind: OptionKind
  /// Strike, in the unit of the spot.
  public let strike: Double
  /// B, the price at which it is exercised: at it and above (call) or below (put). Infinite for a call that is never
  /// exercised.
  public let boundary: Double
  private let exponent: Double

  /// - Precondition: strike, volatility and rate are positive and finite, the yield finite and not negative.
  public init(_ kind: OptionKind, strike: Double, volatility: Double, rate: Double, dividendYield: Double = 0) {
    precondition(
      strike > 0 && volatility > 0 && rate > 0 && dividendYield >= 0 && max(strike, volatility, rate) < .infinity
        && dividendYield < .infinity, "strike \(strike), volatility \(volatility), rates \(rate), \(dividendYield)")
    self.kind = kind
    self.strike = strike
    let variance = volatility * volatility
    let n = 2 * (rate - dividendYield) / variance - 1
    let root = (n * n + 8 * rate / variance).squareRoot()
    let sign = kind.sign
    exponent = sign * n > 0 ? 4 * sign * rate / variance / (root + sign * n) : 0.5 * (sign * root - n)
    boundary = kind == .call && dividendYield == 0 ? .infinity : strike * exponent / (exponent - 1)
  }

  /// The price at a spot price.
  ///
  /// - Precondition: the spot is positive.
  public func price(spot: Double) -> Double {
    precondition(spot > 0, "a spot price of \(spot)")
    let sign = kind.sign
    // Never exercised, the call is worth the spot.
    guard boundary < .infinity else { return spot }
    guard sign * (spot - boundary) < 0 else { return sign * (spot - strike) }
    let tables = ElementaryTables.shared
    return sign * (boundary - strike) * tables.exp(exponent * tables.log(spot / boundary))
  }
}
