import HydraNumerics

/// How far past trades still push the price: each by the square-root law, fading as time goes by.
///
/// ```
/// displacement(t) = Σ over trades before t:  sign(q) · Y · σ_D · (|q|/ADV)^δ · (1 + (t − s)/t₀)^−β
/// ```
/// Price units; times in one unit of the caller's, as `decayTime`.
///
/// Source: J.-P. Bouchaud, Y. Gefen, M. Potters, M. Wyart, "Fluctuations and response in financial markets",
/// Quantitative Finance 4 (2004), equation 10, with the concave impact of single trades.
public struct ImpactPropagator: Hashable, Codable, Sendable {
  /// Y, without unit.
  public var coefficient: Double
  /// σ_D: standard deviation of a day's price change, in price units.
  public var dailyVolatility: Double
  /// ADV: contracts a day.
  public var averageDailyVolume: Double
  /// δ in (0, 1].
  public var exponent: Double
  /// t₀ > 0.
  public var decayTime: Double
  /// β > 0.
  public var decayExponent: Double

  public init(
    coefficient: Double, dailyVolatility: Double, averageDailyVolume: Double, exponent: Double = 0.5,
    decayTime: Double, decayExponent: Double
  ) {
    self.coefficient = coefficient
    self.dailyVolatility = dailyVolatility
    self.averageDailyVolume = averageDailyVolume
    self.exponent = exponent
    self.decayTime = decayTime
    self.decayExponent = decayExponent
  }

  /// The part of a trade's impact that is left after `elapsed`: 1 at once.
  public func remaining(after elapsed: Double) -> Double {
    Portable.pow(1 + elapsed / decayTime, -decayExponent)
  }

  /// The displacement at a time by the trades strictly before it; lots are signed, + for buys.
  ///
  /// - Complexity: O(trades).
  public func displacement(at time: Double, after trades: [(time: Double, lots: Double)]) -> Double {
    trades.reduce(0) { sum, trade in
      guard trade.time < time, trade.lots != 0 else { return sum }
      let sign: Double = trade.lots > 0 ? 1 : -1
      let share = abs(trade.lots) / averageDailyVolume
      let impact =
        coefficient * dailyVolatility * (exponent == 0.5 ? share.squareRoot() : Portable.pow(share, exponent))
      return sum + sign * impact * remaining(after: time - trade.time)
    }
  }
}
