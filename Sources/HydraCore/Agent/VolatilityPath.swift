import HydraMarket
import HydraNumerics

/// The volatility that positions are sized with, along a history, for any span.
enum VolatilityPath {
  /// σ known at each row, in price units a day; nil during warm-up.
  static func deviations(span: Int, _ history: FeatureHistory) -> [Double?] {
    var volatility = DailyVolatility(span: Double(span))
    return history.changes.map { change in
      volatility.update(change)
      return volatility.value
    }
  }

  /// The newest σ of a history.
  static func newest(span: Int, _ history: FeatureHistory) -> DailyVolatility {
    var volatility = DailyVolatility(span: Double(span))
    for change in history.changes { volatility.update(change) }
    return volatility
  }
}
