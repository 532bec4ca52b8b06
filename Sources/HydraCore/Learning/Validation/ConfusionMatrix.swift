/// How often each class was called each class, and what follows from these counts.
///
///     let confusion = try ConfusionMatrix(labels: [0, 1, 1, 2], predictions: [0, 1, 2, 2])
///     confusion.accuracy         // 0.75
///     confusion.counts[1]        // [0, 1, 1]: of the rows of class 1, one was called 1 and one 2
///
/// A ratio without a denominator (the precision of a class that was never called) is 0, as is usual.
public struct ConfusionMatrix: Hashable, Codable, Sendable {
  /// `counts[truth][called]`, rows of the data or their weights.
  public let counts: [[Double]]

  /// - Parameters:
  ///   - labels: classes 0, 1, …
  ///   - predictions: the classes that were called.
  ///   - classes: the number of classes; nil takes the largest that occurs.
  public init(
    labels: [Int], predictions: [Int], weights: [Double]? = nil, classes: Int? = nil
  ) throws(MetricError) {
    let rows = try ScoredRows(labels.map(Double.init), predictions.map(Double.init), weights: weights)
    let classes = classes ?? max(labels.max() ?? 0, predictions.max() ?? 0) + 1
    let (allowed, upper) = ("a class from 0 to \(classes - 1)", Double(classes))
    try ScoredRows.require(rows.labels, "label", allowed) { $0 >= 0 && $0 < upper }
    try ScoredRows.require(rows.scores, "prediction", allowed) { $0 >= 0 && $0 < upper }
    var counts = [[Double]](repeating: [Double](repeating: 0, count: classes), count: classes)
    for row in labels.indices { counts[labels[row]][predictions[row]] += rows.weights[row] }
    self.counts = counts
  }

  /// The number of classes.
  public var classes: Int { counts.count }
  private var truths: [Double] { counts.map { $0.reduce(0, +) } }
  private var calls: [Double] { (0..<classes).map { called in counts.reduce(0) { $0 + $1[called] } } }
  private var total: Double { truths.reduce(0, +) }
  private var hits: Double { (0..<classes).reduce(0) { $0 + counts[$1][$1] } }

  /// The share of rows that were called rightly.
  public var accuracy: Double { hits / total }

  /// The mean recall of the classes that occur.
  public var balancedAccuracy: Double {
    let occurring = report.filter { $0.support > 0 }
    return occurring.reduce(0) { $0 + $1.recall } / Double(occurring.count)
  }

  /// Matthews' correlation of truth and call, for any number of classes; 0 where either never varies.
  ///
  /// Source: J. Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient",
  /// Computational Biology and Chemistry 28 (2004).
  public var matthewsCorrelation: Double {
    let (truths, calls, total) = (truths, calls, total)
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let spread = (total * total - product(calls, calls)) * (total * total - product(truths, truths))
    return spread > 0 ? (hits * total - product(truths, calls)) / spread.squareRoot() : 0
  }

  /// Cohen's κ: the agreement beyond what the frequencies alone give; 0 where the frequencies leave no room.
  public var kappa: Double {
    let (truths, calls, total) = (truths, calls, total)
    let expected = zip(truths, calls).reduce(0) { $0 + $1.0 * $1.1 } / (total * total)
    return expected < 1 ? (accuracy - expected) / (1 - expected) : 0
  }

  /// Precision, recall and their harmonic mean for one class or an average.
  public struct ClassReport: Hashable, Codable, Sendable {
    /// Of the rows called this class, the share that is.
    public var precision: Double
    /// Of the rows of this class, the share that was called it.
    public var recall: Double
    /// 2 precision recall / (precision + recall).
    public var f1: Double
    /// The number of rows of this class.
    public var support: Double
  }

  /// One entry for each class.
  public var report: [ClassReport] {
    let (truths, calls) = (truths, calls)
    return (0..<classes).map { label in
      let hits = counts[label][label]
      return ClassReport(
        precision: calls[label] > 0 ? hits / calls[label] : 0, recall: truths[label] > 0 ? hits / truths[label] : 0,
        f1: calls[label] + truths[label] > 0 ? 2 * hits / (calls[label] + truths[label]) : 0, support: truths[label])
    }
  }

  /// The plain mean over the classes.
  public var macroAverage: ClassReport { average { _ in 1 } }

  /// The mean over the classes by their frequency.
  public var weightedAverage: ClassReport { average(\.support) }

  private func average(_ weight: (ClassReport) -> Double) -> ClassReport {
    let all = report
    let sum = all.reduce(0) { $0 + weight($1) }
    func mean(_ value: (ClassReport) -> Double) -> Double { all.reduce(0) { $0 + weight($1) * value($1) } / sum }
    return ClassReport(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1), support: total)
  }
}
