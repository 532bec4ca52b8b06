import HydraNumerics

/// How good probabilities of several classes are.
public struct MulticlassMetrics: Hashable, Codable, Sendable {
  /// The mean of -ln of the probability of what happened, in nats; rows are scaled to sum to 1, probabilities count as
  /// at least 2⁻⁵².
  public let logLoss: Double
  /// The mean over the classes of the area of one class against the rest.
  public let aucOneVersusRest: Double
  /// The mean over all pairs of classes of the area among their rows, by either class's probability in turn.
  ///
  /// Source: D. Hand, R. Till, Machine Learning 45 (2001).
  public let aucOneVersusOne: Double
  /// The share of rows whose class is among the two most probable.
  public let topTwoAccuracy: Double
  /// Calls of the most probable class; of equals the first.
  public let confusion: ConfusionMatrix

  /// - Parameters:
  ///   - labels: classes 0, 1, …
  ///   - probabilities: a row for each label, a column for each class.
  public init(labels: [Int], probabilities: Matrix) throws(MetricError) {
    let classes = probabilities.columns
    guard !labels.isEmpty else { throw .empty }
    guard classes >= 2 else {
      throw .badSetting(name: "the number of classes", value: "\(classes)", allowed: "2 or more")
    }
    guard probabilities.rows == labels.count else {
      throw .lengthMismatch(what: "rows of probabilities", expected: labels.count, found: probabilities.rows)
    }
    for (row, label) in labels.enumerated() where label < 0 || label >= classes {
      throw .badValue(what: "label", row: row, value: Double(label), allowed: "a class from 0 to \(classes - 1)")
    }
    var (losses, called, inTopTwo): ([Double], [Int], Int) = ([], [], 0)
    for (row, label) in labels.enumerated() {
      let shares = probabilities.row(row)
      for share in shares where !(share >= 0 && share <= 1) {
        throw .badValue(what: "prediction", row: row, value: share, allowed: "a probability")
      }
      let own = shares[label] / shares.reduce(0, +)
      losses.append(-Portable.log(min(max(own, Double.ulpOfOne), 1 - Double.ulpOfOne)))
      called.append(shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 })
      // Of equal classes the last counts as more probable, as in the reference program's stable sort.
      let above = shares.indices.count { shares[$0] > shares[label] || (shares[$0] == shares[label] && $0 > label) }
      if above < 2 { inTopTwo += 1 }
    }
    logLoss = Statistics.sum(losses) / Double(labels.count)
    topTwoAccuracy = Double(inTopTwo) / Double(labels.count)
    confusion = try ConfusionMatrix(labels: labels, predictions: called, classes: classes)

    func area(of label: Int, against isRival: (Int) -> Bool) throws(MetricError) -> Double {
      let rows = labels.indices.filter { labels[$0] == label || isRival(labels[$0]) }
      guard !rows.isEmpty else { return .nan }
      return try RankingCurve(
        labels: rows.map { labels[$0] == label ? 1 : 0 }, scores: rows.map { probabilities[$0, label] }
      ).auc
    }
    var (rest, pairs): ([Double], [Double]) = ([], [])
    for first in 0..<classes {
      rest.append(try area(of: first) { $0 != first })
      for second in 0..<first {
        pairs.append((try area(of: first) { $0 == second } + area(of: second) { $0 == first }) / 2)
      }
    }
    aucOneVersusRest = Statistics.mean(rest)
    aucOneVersusOne = Statistics.mean(pairs)
  }
}
