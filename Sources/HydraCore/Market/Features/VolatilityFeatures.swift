import HydraNumerics

/// Close-to-close volatility as a share of the price and year.
///
/// ```
/// volatility_w       √(252 · mean of r² over w dates),   r = roll-free change / previous close
/// volatility_ewm     σ_D √252 / |close|
/// volatility_ratio   one window's over another's
/// ```
/// A window with less than four fifths of its returns is missing.
struct VolatilityFeatures: Sendable {
  let names: [String]
  private let windows: [Int]
  private let ratios: [[Int]]
  private var returns: TrailingWindow

  init(_ settings: FeatureSettings) {
    windows = settings.volatilityWindows
    ratios = settings.volatilityRatios.filter { $0.count == 2 }
    returns = TrailingWindow(capacity: max((windows + ratios.joined()).max() ?? 1, 1))
    names =
      windows.map { "volatility_\($0)" } + ["volatility_ewm"] + ratios.map { "volatility_ratio_\($0[0])_\($0[1])" }
  }

  mutating func update(relativeChange: Double?) { returns.append(relativeChange ?? .nan) }

  func write(to values: inout [Double], ewm: Double?) {
    for window in windows { values.append(volatility(window)) }
    values.append(ewm ?? .nan)
    for ratio in ratios { values.append(volatility(ratio[0]) / volatility(ratio[1])) }
  }

  private func volatility(_ window: Int) -> Double {
    guard returns.count >= window else { return .nan }
    var (n, sum) = (0, 0.0)
    returns.forNewest(window) {
      if $0.isFinite {
        n += 1
        sum += $0 * $0
      }
    }
    guard 5 * n >= 4 * window, sum > 0 else { return .nan }
    return (DailyVolatility.daysPerYear * sum / Double(n)).squareRoot()
  }
}
