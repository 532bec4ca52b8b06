import HydraLearning
import HydraNumerics

/// Changes of the law of returns: their mean, what forecasts say of them, their size.
///
/// The change that an alarm stands for need not be as old as the alarm thinks, nor in the stream that raised it. So each
/// cause is looked for at all ages from a quarter of a year to a year, with one test for all of them:
/// `t = (m₁ − m₀) / (s √(1/n₁ + 1/n₀))`, m₁ the mean over the newest n₁ bars, m₀ that over the `scanReference` bars before
/// them. s² is the long-run variance of the stream (Bartlett, 25 lags), which holds its persistence: moves come in
/// clusters, and a month of large ones is no new world. The largest |t| counts, its p-value three times: the ages span two
/// doublings, and a window shares half of its bars with one twice as long.
extension Diagnostician {
  /// Ages of a change that are tried, in bars.
  static let scannedAges = [60, 90, 125, 180, 250]
  /// How many of these ages are as good as independent.
  static let independentAges = 3.0
  /// Bars before the change that stand for the old world, and the fewest that can.
  static let scanReference = 500
  static let fewestReference = 120
  /// Lags, and the newest bars, from which the long-run variance is estimated.
  static let scanLags = 25
  static let scanBars = 1500

  /// The strongest change of a stream's level.
  struct LevelShift: Hashable {
    var statistic: Double
    var pValue: Double
    /// Bars since the change.
    var age: Int
    var before: Double
    var after: Double
  }

  /// Tests the newest level of a stream at all ages; nil with too few values.
  ///
  /// - Complexity: O(`scanBars` × `scanLags`).
  func levelShift(_ count: Int, isSerial: Bool, _ value: (Int) -> Double) -> LevelShift? {
    let start = max(0, count - Self.scanBars)
    let values = (start..<count).map(value)
    guard let deviation = longRunDeviation(values.filter(\.isFinite), lags: isSerial ? Self.scanLags : 0) else {
      return nil
    }
    var strongest: LevelShift?
    for age in Self.scannedAges where age < values.count {
      let newest = values.suffix(age).filter(\.isFinite)
      let older = values.dropLast(age).suffix(Self.scanReference).filter(\.isFinite)
      guard newest.count >= age / 2, older.count >= Self.fewestReference else { continue }
      let (after, before) = (Statistics.mean(newest), Statistics.mean(older))
      let error = deviation * (1 / Double(newest.count) + 1 / Double(older.count)).squareRoot()
      let statistic = (after - before) / error
      let single = Portable.studentTTwoSided(statistic, degrees: Double(older.count - 1))
      guard abs(statistic) > abs(strongest?.statistic ?? 0) else { continue }
      strongest = LevelShift(
        statistic: statistic, pValue: min(1, max(single * Self.independentAges, 1e-12)), age: age,
        before: before, after: after)
    }
    return strongest
  }

  private func longRunDeviation(_ values: [Double], lags: Int) -> Double? {
    guard values.count >= 4 * max(lags, 30) else { return nil }
    let mean = Statistics.mean(values)
    let rest = values.map { $0 - mean }
    func covariance(_ lag: Int) -> Double {
      zip(rest.dropFirst(lag), rest).reduce(0) { $0 + $1.0 * $1.1 } / Double(rest.count)
    }
    let own = covariance(0)
    var all = own
    for lag in 0..<lags {
      let weight = Double(lags - lag) / Double(lags + 1)
      all += 2 * weight * covariance(lag + 1)
    }
    // A stream that swings back at once is no more certain than one without memory.
    return own > 0 ? max(all, own).squareRoot() : nil
  }

  /// Whether moves have another size than before.
  func volatilityFinding(_ history: FeatureHistory) -> Diagnosis.Finding? {
    let relative = history.names.firstIndex(of: "volatility_ewm")
    func size(_ row: Int) -> Double {
      guard row >= 1, history.volatilities[row - 1] > 0 else { return .nan }
      // A move of ten cents is another thing at 150 cents than at 400.
      let unit = relative.map { history.values[(row - 1) * history.names.count + $0] } ?? history.volatilities[row - 1]
      let move = abs(history.changes[row]) / history.volatilities[row - 1]
      return unit > 0 ? Portable.log((move + 0.1) * unit) : .nan
    }
    guard let shift = levelShift(history.count, isSerial: true, size) else { return nil }
    return .init(
      cause: .volatility, score: score(shift.pValue),
      evidence: "moves are \(rounded(Portable.exp(shift.after - shift.before))) times what they were, "
        + words(shift, history))
  }

  /// Whether returns have another mean than before, or forecasts are worth less.
  ///
  /// A gain of forecasts is no reason for another model. The stronger of both speaks, its p-value counting twice.
  func relationFinding(_ evidence: Evidence) -> Diagnosis.Finding? {
    let history = evidence.history
    func unit(_ row: Int, known: Int) -> Double {
      guard row >= known, history.volatilities[row - known] > 0 else { return .nan }
      return min(4, max(-4, history.changes[row] / history.volatilities[row - known]))
    }
    let mean = levelShift(history.count, isSerial: false) { unit($0, known: 1) }
    var worth = levelShift(history.count, isSerial: false) {
      $0 >= 2 ? evidence.forecasts[$0 - 2] * unit($0, known: 2) : .nan
    }
    if let shift = worth, shift.statistic > 0 { worth = nil }
    guard let strongest = [mean, worth].compactMap({ $0 }).min(by: { $0.pValue < $1.pValue }) else { return nil }
    let subject = strongest == worth ? "forecast times outcome" : "the mean return"
    return .init(
      cause: .relation, score: score(min(1, 2 * strongest.pValue)),
      evidence: "\(subject) moved, " + words(strongest, history))
  }

  private func words(_ shift: LevelShift, _ history: FeatureHistory) -> String {
    "since \(history.dates[history.count - shift.age]) at t = \(rounded(shift.statistic))"
  }

  /// Whether a feature is computed from the market's own prices, or from what options say of them: it moves with
  /// returns and their size, and is no evidence that anything else has moved.
  static func isOfPrice(_ feature: String) -> Bool {
    let families = [
      "return_", "trend_", "range_position_", "volatility_", "parkinson_", "garman_klass_", "rogers_satchell_",
      "yang_zhang_", "implied_", "variance_premium",
    ]
    return families.contains(where: feature.hasPrefix)
  }
}
