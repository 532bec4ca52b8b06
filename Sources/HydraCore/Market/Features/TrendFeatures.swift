import HydraNumerics

/// Returns, crossovers and place in the range, all from roll-free changes.
///
/// ```
/// return_h          Σ of h changes / (σ_D √h)
/// trend_f_s         (EWMA_f − EWMA_s) of the cumulated changes / σ_D
/// range_position_w  (level − min) / (max − min) of the last w cumulated levels, in 0…1
/// ```
/// A return is missing while its window holds a missing change; a crossover during its first s dates.
///
/// Source of the crossover: R. Carver, "Systematic Trading" (2015), appendix B.
struct TrendFeatures: Sendable {
  let names: [String]
  private let horizons: [Int]
  private let windows: [Int]
  private var averages: [(fast: Double, slow: Double, slowSpan: Int, fastSpan: Int)]
  private var changes: TrailingWindow
  private var levels: TrailingWindow
  private var level = 0.0
  private var count = 0

  init(_ settings: FeatureSettings) {
    horizons = settings.returnHorizons
    windows = settings.rangePositionWindows
    averages = settings.trendSpans.map { (0, 0, 4 * $0, $0) }
    changes = TrailingWindow(capacity: max(horizons.max() ?? 1, 1))
    levels = TrailingWindow(capacity: max(windows.max() ?? 1, 1))
    names =
      horizons.map { "return_\($0)" } + settings.trendSpans.map { "trend_\($0)_\(4 * $0)" }
      + windows.map { "range_position_\($0)" }
  }

  mutating func update(change: Double?) {
    changes.append(change ?? .nan)
    level += change ?? 0
    levels.append(level)
    count += 1
    for index in averages.indices {
      // The level starts at 0 and so do the averages.
      averages[index].fast += (level - averages[index].fast) * 2 / Double(averages[index].fastSpan + 1)
      averages[index].slow += (level - averages[index].slow) * 2 / Double(averages[index].slowSpan + 1)
    }
  }

  func write(to values: inout [Double], dailyVolatility: Double?) {
    let sigma = dailyVolatility ?? .nan
    for horizon in horizons { values.append(changes.scaledSum(newest: horizon, deviation: sigma)) }
    for average in averages {
      values.append(count >= average.slowSpan ? (average.fast - average.slow) / sigma : .nan)
    }
    for window in windows {
      var (low, high) = (Double.infinity, -Double.infinity)
      levels.forNewest(window) { (low, high) = (min(low, $0), max(high, $0)) }
      values.append(count >= window && high > low ? (level - low) / (high - low) : .nan)
    }
  }
}

extension TrailingWindow {
  /// Σ of the newest `count` values / (deviation √count); NaN when there are fewer, or one of them is missing.
  func scaledSum(newest count: Int, deviation: Double) -> Double {
    guard self.count >= count else { return .nan }
    var sum = 0.0
    forNewest(count) { sum += $0 }
    return sum / (deviation * Double(count).squareRoot())
  }
}
