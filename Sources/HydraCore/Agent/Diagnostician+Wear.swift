import HydraLearning
import HydraNumerics

/// A fill beside what the cost model expected of it, both per contract and in price units.
public struct ExecutionCost: Hashable, Codable, Sendable {
  /// The row of the history on which it was filled.
  public var row: Int
  public var paid: Double
  public var expected: Double

  public init(row: Int, paid: Double, expected: Double) { (self.row, self.paid, self.expected) = (row, paid, expected) }
}

/// Causes that lie with the agent and not with the market: a model that wears off, and dear fills.
extension Diagnostician {
  /// Bars without a fit after which a model can be called stale.
  static let staleBars = 250

  /// Error of the cost model's logarithm that all fills of a window have in common.
  static let costModelError = 0.1

  /// Whether errors have grown with the age of the model: the slope of the squared error over the bars since the fit,
  /// tested on means of blocks as long as a label, so that overlapping labels do not count twice.
  func stalenessFinding(_ evidence: Evidence) -> Diagnosis.Finding? {
    let history = evidence.history
    guard let policy = evidence.policy, let fitted = history.dates.lastIndex(where: { $0 <= policy.trainedTo }),
      history.count - fitted >= Self.staleBars
    else { return nil }
    let length = history.horizon + 1
    var means: [Double] = []
    for start in stride(from: fitted + 1, to: history.count - length, by: length) {
      let errors = (start..<start + length).compactMap { row -> Double? in
        let (label, forecast) = (history.label(row), evidence.forecasts[row])
        guard label.isFinite, forecast.isFinite else { return nil }
        // Error over that of no forecast at all: a wild market alone makes no model stale.
        return (label - forecast) * (label - forecast) - label * label
      }
      if errors.count == length { means.append(Statistics.mean(errors)) }
    }
    guard means.count >= 12 else { return nil }
    let (count, middle) = (Double(means.count), Double(means.count - 1) / 2)
    let mean = Statistics.mean(means)
    var (sxx, sxy, syy) = (0.0, 0.0, 0.0)
    for (index, value) in means.enumerated() {
      let x = Double(index) - middle
      sxx += x * x
      sxy += x * (value - mean)
      syy += (value - mean) * (value - mean)
    }
    let residual = max(syy - sxy * sxy / sxx, 0) / (count - 2)
    guard residual > 0 else { return nil }
    let statistic = sxy / (residual * sxx).squareRoot()
    let twoSided = max(Portable.studentTTwoSided(statistic, degrees: count - 2), 1e-12)
    let age = history.count - 1 - fitted
    return .init(
      cause: .staleness, score: statistic > 0 ? score(twoSided / 2) : 0,
      evidence: "the model is \(age) bars old; its error over no forecast grows by t = \(rounded(statistic))")
  }

  /// Whether the newest fills cost more than expected: the mean logarithm of paid over expected, one-sided.
  func executionFinding(_ evidence: Evidence, _ recent: Range<Int>) -> Diagnosis.Finding? {
    let ratios = evidence.executions.filter { recent.contains($0.row) && $0.paid > 0 && $0.expected > 0 }
      .map { Portable.log($0.paid / $0.expected) }
    guard ratios.count >= 8 else { return nil }
    let (mean, deviation) = (Statistics.mean(ratios), Statistics.standardDeviation(ratios))
    // Fills of some weeks share one market: what they have in common is no surer than a model of costs is, a tenth.
    let own = deviation / Double(ratios.count).squareRoot()
    let spread = (own * own + Self.costModelError * Self.costModelError).squareRoot()
    let statistic = mean / spread
    let twoSided = max(Portable.studentTTwoSided(statistic, degrees: Double(ratios.count - 1)), 1e-12)
    let isDear = mean > 0.1
    return .init(
      cause: .execution, score: isDear ? score(twoSided / 2) : 0,
      evidence:
        "\(ratios.count) fills cost \(rounded(Portable.exp(mean))) times what was expected, t = \(rounded(statistic))")
  }
}
