import HydraLearning
import HydraNumerics

/// Which numbers an arm's drift monitor watches, bar by bar.
///
/// | stream | value at bar t | speaks of |
/// |---|---|---|
/// | `return` | Δ(t) / σ(t−1) | drift of prices |
/// | `volatility` | ln((\|Δ(t)\| + 0.1 σ(t−1)) / price) | size of moves |
/// | `relation` | forecast(t−2) · Δ(t) / σ(t−2) | what features mean for returns |
/// | a feature's name | its value | where the features are |
///
/// The forecast that bar t pays for was made at bar t−2: its order filled at t−1. Streams with nothing to say (no
/// volume, no champion yet) are given NaN, which the monitor counts and passes over.
public enum Monitoring {
  /// Names of the streams, in the order of the values.
  public static func streams(watched: [String]) -> [String] { ["return", "volatility", "relation"] + watched }

  /// How the false alarms are shared out: most for what asks for another model or another size.
  public static let weights: [String: Double] = ["return": 2, "volatility": 3, "relation": 3]

  /// The monitor of all streams, whose false alarms are shared out by ``weights``.
  static func monitor(watched: [String], falseAlarmsPerYear: Double) -> DriftMonitor {
    var settings = DriftMonitor.Settings()
    settings.falseAlarmsPerYear = falseAlarmsPerYear
    settings.weights = weights
    return DriftMonitor(streams: streams(watched: watched), settings: settings)
  }

  /// The cause that a stream speaks of.
  public static func cause(of stream: String) -> Cause {
    switch stream {
    case "volatility": .volatility
    case "relation", "return": .relation
    case "volume_surprise": .liquidity
    case ColumnWatch.stream: .dataFault
    default: .covariate
    }
  }

  /// The features that are watched, among those that a market has: volume, carry, and the price against the nearest
  /// related market. A weekly report wanders too slowly for an alarm to mean anything: its share of positions alone raised
  /// a third of all false alarms; the diagnosis tests it with all other features.
  public static func watched(among features: [String]) -> [String] {
    ["volume_surprise", "carry_over_volatility"].filter(features.contains)
      + features.filter { $0.hasSuffix("_ratio_z") }.prefix(1)
  }

  /// The values of the streams at the newest row of a history.
  ///
  /// `forecasts` are the champions', aligned with the history's rows; NaN where there was none.
  public static func values(
    history: FeatureHistory, forecasts: [Double], price: Double, watched: [Int]
  ) -> [Double] {
    let now = history.count - 1
    let change = history.changes[now]
    let sigma = now >= 1 ? history.volatilities[now - 1] : .nan
    let relation =
      now >= 2 && history.volatilities[now - 2] > 0
      ? forecasts[now - 2] * change / history.volatilities[now - 2] : .nan
    // A floor keeps a day without a trade from standing for an infinitely quiet one.
    let size = sigma > 0 ? Portable.log((abs(change) + 0.1 * sigma) / abs(price)) : .nan
    return [sigma > 0 ? change / sigma : .nan, size, relation]
      + watched.map { history.values[now * history.names.count + $0] }
  }
}
