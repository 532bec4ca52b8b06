import HydraMarket
import HydraNumerics

/// What forecasts of a generated world were worth by its truth, without the luck of what happened.
///
/// The expected outcome of row t is that of its label, with each day's true expected return in place of what came:
/// `e_t = Σ_{i = t+2 … t+1+h} μ_i / (σ_t √h)`, μ and σ a day. Realised outcomes are that plus noise of variance one, so
/// a year of them says nearly nothing about skill; the truth says it within a few hundredths.
struct TrueOutlook {
  /// Aligned with the history's rows; NaN where the truth ends.
  let expected: [Double]
  /// True variance of the next day's return, aligned with the rows.
  let variances: [Double]

  init(_ truth: SyntheticTruth, _ history: FeatureHistory) {
    let days = truth.days
    var place: [CivilDate: Int] = [:]
    for (index, day) in days.enumerated() { place[day.date] = index }
    var sums = [0.0]
    for day in days { sums.append(sums[sums.count - 1] + day.drift / 252) }
    let span = history.horizon
    var expected: [Double] = []
    var variances: [Double] = []
    for date in history.dates {
      guard let day = place[date], day + 2 + span <= days.count else {
        expected.append(.nan)
        variances.append(.nan)
        continue
      }
      let daily = days[day].volatility / 252.0.squareRoot()
      expected.append((sums[day + 2 + span] - sums[day + 2]) / (daily * Double(span).squareRoot()))
      let next = days[day + 1].volatility
      variances.append(next * next / 252)
    }
    self.expected = expected
    self.variances = variances
  }

  /// The true skill of forecasts over rows: `Σ f e / √(Σ f² Σ e²)`.
  ///
  /// A correlation without centring, because a forecast that is right about the general direction earns too; zero for
  /// forecasts that say nothing. Rows without a forecast or a truth are left out; nil with fewer than 40 left.
  func skill(_ forecasts: (Int) -> Double, rows: Range<Int>) -> Double? {
    var (products, squares, truths, count) = (0.0, 0.0, 0.0, 0)
    for row in rows.clamped(to: expected.indices) {
      let (forecast, outcome) = (forecasts(row), expected[row])
      guard forecast.isFinite, outcome.isFinite else { continue }
      products += forecast * outcome
      squares += forecast * forecast
      truths += outcome * outcome
      count += 1
    }
    guard count >= 40 else { return nil }
    return squares > 0 && truths > 0 ? products / (squares * truths).squareRoot() : 0
  }

  /// Mean QLIKE, `ln f + v/f`, of a variance forecast against the truth, relative variances; nil with fewer than 40 rows.
  func varianceLoss(span: Int, _ history: FeatureHistory, prices: (Int) -> Double, rows: Range<Int>) -> Double? {
    let deviations = VolatilityPath.deviations(span: span, history)
    var (sum, count) = (0.0, 0)
    for row in rows.clamped(to: expected.indices) {
      guard let deviation = deviations[row], variances[row].isFinite else { continue }
      let forecast = deviation / prices(row)
      guard forecast > 0, forecast.isFinite else { continue }
      sum += Portable.log(forecast * forecast) + variances[row] / (forecast * forecast)
      count += 1
    }
    return count >= 40 ? sum / Double(count) : nil
  }

  /// The risk of positions that are sized with an estimate, as a multiple of what was meant: mean of true over estimated
  /// volatility of the next day; nil with fewer than 10 rows.
  func risk(span: Int, _ history: FeatureHistory, prices: (Int) -> Double, rows: Range<Int>) -> Double? {
    let deviations = VolatilityPath.deviations(span: span, history)
    let ratios = rows.clamped(to: expected.indices).compactMap { row -> Double? in
      guard let deviation = deviations[row], deviation > 0, variances[row].isFinite else { return nil }
      let ratio = variances[row].squareRoot() * prices(row) / deviation
      return ratio.isFinite ? ratio : nil
    }
    return ratios.count >= 10 ? Statistics.mean(ratios) : nil
  }
}
