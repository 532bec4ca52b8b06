import HydraNumerics

/// A curve over probabilities that holds both S shapes, their inverses and the identity:
/// 1 / (1 + 1 / (e^offset p^first / (1 - p)^second)).
///
/// It is right when the probabilities of either class follow a beta distribution; `first = second = 1, offset = 0`
/// leaves them as they are, which a logistic curve over p cannot. The exponents are not negative, so that the order is
/// kept: where the best one would be, it is 0. Probabilities count as within 1e-12 of 0 and 1.
///
/// Source: M. Kull, T. Silva Filho, P. Flach, "Beta calibration", AISTATS 20 (2017).
public struct BetaCalibration: Calibration, Hashable, Codable {
  /// a, the exponent of p.
  public let first: Double
  /// b, the exponent of 1 - p.
  public let second: Double
  /// c.
  public let offset: Double

  public init(probabilities: [Double], labels: [Double], weights: [Double]? = nil) throws(MetricError) {
    let rows = try ScoredRows(binary: labels, probabilities, weights: weights)
    let isPositive = zip(labels, rows.weights).contains { $0 == 1 && $1 > 0 }
    guard isPositive, zip(labels, rows.weights).contains(where: { $0 == 0 && $1 > 0 }) else { throw .oneClass }
    let ones = [Double](repeating: 1, count: labels.count)
    let shares = probabilities.map { min(max($0, 1e-12), 1 - 1e-12) }
    let inputs = [shares.map { Portable.log($0) }, shares.map { -Portable.log1p(-$0) }]
    func fit(_ used: [Int]) -> [Double] {
      let found = LogisticFit(
        used.map { inputs[$0] } + [ones], targets: labels, weights: rows.weights,
        start: used.map { _ in 1 } + [0]
      ).coefficients
      var all = [0.0, 0, found[used.count]]
      for (place, index) in used.enumerated() { all[index] = found[place] }
      return all
    }
    var found = fit([0, 1])
    // At most one exponent is negative, unless the probabilities say nothing or less.
    if found[0] < 0 || found[1] < 0 { found = fit(found[0] < found[1] ? [1] : [0]) }
    if found[0] < 0 || found[1] < 0 { found = fit([]) }
    (first, second, offset) = (found[0], found[1], found[2])
  }

  /// The probability for a score; NaN for a score outside of what the calibration takes.
  public func calibrated(_ score: Double) -> Double {
    guard score >= 0, score <= 1 else { return .nan }
    let p = min(max(score, 1e-12), 1 - 1e-12)
    return Portable.logistic(offset + first * Portable.log(p) - second * Portable.log1p(-p))
  }
}
