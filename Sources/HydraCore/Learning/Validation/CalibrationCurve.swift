import HydraNumerics

/// How often what was given a probability came true, bin by bin; on the diagonal, probabilities mean what they say.
///
/// Source: the curve of A. Murphy, R. Winkler, "Reliability of subjective probability forecasts", Applied Statistics 26
/// (1977).
public struct CalibrationCurve: Hashable, Codable, Sendable {
  /// How [0, 1] is cut.
  public enum Bins: String, Hashable, Codable, Sendable, CaseIterable {
    /// Into bins of one width.
    case uniform
    /// Into bins of as many rows each, as far as ties allow.
    case quantile
  }

  /// One bin with rows in it.
  public struct Bin: Hashable, Codable, Sendable {
    /// The share of rows with label 1.
    public var observed: Double
    /// The mean probability.
    public var predicted: Double
    /// The number of rows.
    public var count: Int
  }

  /// The bins that hold rows, by rising probability.
  public let bins: [Bin]

  /// A row on the border of two bins belongs to the lower one.
  public init(
    labels: [Double], probabilities: [Double], bins count: Int = 10, by kind: Bins = .uniform
  ) throws(MetricError) {
    _ = try ScoredRows(binary: labels, probabilities, weights: nil)
    guard count >= 1 else { throw .badSetting(name: "the number of bins", value: "\(count)", allowed: "positive") }
    let sorted = probabilities.sorted()
    let borders = (1..<max(count, 1)).map { border in
      let share = Double(border) / Double(count)
      return kind == .uniform ? share : Statistics.quantile(sorted: sorted, share)
    }
    var members = [[Int]](repeating: [], count: count)
    for (row, p) in probabilities.enumerated() {
      var (low, high) = (0, borders.count)
      while low < high {
        let middle = (low + high) / 2
        if borders[middle] < p { low = middle + 1 } else { high = middle }
      }
      members[low].append(row)
    }
    bins = members.filter { !$0.isEmpty }.map { rows in
      Bin(
        observed: Statistics.mean(rows.map { labels[$0] }), predicted: Statistics.mean(rows.map { probabilities[$0] }),
        count: rows.count)
    }
  }

  /// The mean distance from the diagonal, bins counting by their rows: the expected calibration error.
  public var expectedError: Double {
    let rows = bins.reduce(0) { $0 + $1.count }
    return bins.reduce(0.0) { $0 + abs($1.observed - $1.predicted) * Double($1.count) } / Double(rows)
  }
}
