import HydraNumerics

/// A related market's returns, and this market's value against it. Names start with the related symbol.
///
/// ```
/// return_5, return_20   the related market's Σ of changes / (σ_D √h)
/// ratio_z               z-score of ln(our close / its close) over the window, at least half of it
/// residual_5, _20       Σ of e / (σ_e √h),  e = r − β r',  β = cov/var by exponential weights before the date
/// correlation           of daily returns by exponential weights, means taken as zero
/// ```
/// Returns are paired by trade date; a date on which one of the two has no bar is left out. The ratio is of the two
/// held contracts' prices as quoted, with their seasons and rolls in it; residuals are free of both. All are missing
/// when the related market's newest bar is older than `maximumPriceAge` days, betas before 60 pairs.
struct RelatedMarketFeatures: Sendable {
  let symbol: String
  let names: [String]
  private let window: Int
  private let weight: Double
  private let maximumAge: Int
  private var changes = RollFreeChanges()
  private var volatility: DailyVolatility
  private var recent = TrailingWindow(capacity: 20)
  private var newest: (date: CivilDate, close: Double, relative: Double?)?
  private var ratios: TrailingWindow
  private var residuals = TrailingWindow(capacity: 20)
  private var residualVolatility: DailyVolatility
  private var (ownVariance, variance, covariance) = (0.0, 0.0, 0.0)
  private var pairs = 0
  private var isFresh = false

  init(symbol: String, _ settings: FeatureSettings) {
    self.symbol = symbol
    (window, weight) = (settings.ratioWindow, 2 / (settings.betaSpan + 1))
    maximumAge = settings.maximumPriceAge
    ratios = TrailingWindow(capacity: window)
    volatility = DailyVolatility(span: settings.volatilitySpan)
    residualVolatility = volatility
    names = ["return_5", "return_20", "ratio_z", "residual_5", "residual_20", "correlation"].map { "\(symbol)_\($0)" }
  }

  mutating func update(_ roll: Roll) { changes.update(roll) }

  mutating func update(_ bar: HeldBar) {
    guard let step = changes.update(bar) else { return }
    recent.append(step.change ?? .nan)
    if let change = step.change { volatility.update(change) }
    newest = (bar.date, bar.close, step.relative)
  }

  /// Takes the primary market's bar of the date, after the related one's.
  mutating func pair(with bar: HeldBar, relativeChange own: Double?) {
    isFresh = newest.map { bar.date - $0.date <= maximumAge && bar.date >= $0.date } ?? false
    guard let newest, newest.date == bar.date else { return }
    ratios.append(newest.close > 0 && bar.close > 0 ? Portable.log(bar.close / newest.close) : .nan)
    guard let own, let other = newest.relative else { return }
    if pairs >= 60, variance > 0 {
      let residual = own - covariance / variance * other
      residuals.append(residual)
      residualVolatility.update(residual)
    }
    pairs += 1
    ownVariance += (own * own - ownVariance) * weight
    variance += (other * other - variance) * weight
    covariance += (own * other - covariance) * weight
  }

  func write(to values: inout [Double]) {
    guard isFresh else {
      values.append(contentsOf: repeatElement(.nan, count: names.count))
      return
    }
    let (sigma, residualSigma) = (volatility.value ?? .nan, residualVolatility.value ?? .nan)
    let ratio = ratios.moments(newest: window)
    let z =
      2 * ratio.count >= window && ratio.deviation > 0
      ? ((ratios.value(age: 0) ?? .nan) - ratio.mean) / ratio.deviation : .nan
    let scale = (ownVariance * variance).squareRoot()
    values.append(contentsOf: [
      recent.scaledSum(newest: 5, deviation: sigma), recent.scaledSum(newest: 20, deviation: sigma), z,
      residuals.scaledSum(newest: 5, deviation: residualSigma),
      residuals.scaledSum(newest: 20, deviation: residualSigma),
      pairs >= 60 && scale > 0 ? covariance / scale : .nan,
    ])
  }
}
