/// Corrections for testing many hypotheses at once.
public enum MultipleTesting {
  /// The hypotheses (0-based, ascending) rejected so that at most a share `q` of them is expected to be true.
  ///
  /// The largest k with p(k) ≤ k q / m is found among the sorted p-values; the k smallest are rejected.
  /// Source: Y. Benjamini, Y. Hochberg, J. Royal Statistical Society B 57 (1995) 289–300.
  public static func benjaminiHochberg(_ pValues: [Double], rate q: Double) -> [Int] {
    let order = sortedIndices(pValues)
    let m = Double(pValues.count)
    let last = order.indices.last { pValues[order[$0]] <= Double($0 + 1) * q / m }
    return last.map { order[...$0].sorted() } ?? []
  }

  /// P-values adjusted so that rejecting those at or below α keeps the chance of any false rejection at α.
  ///
  /// Adjusted p(k) = max over j ≤ k of min(1, (m - j + 1) p(j)). Source: S. Holm, Scandinavian J. Statistics 6 (1979).
  public static func holm(_ pValues: [Double]) -> [Double] {
    var adjusted = pValues
    var most = 0.0
    for (k, i) in sortedIndices(pValues).enumerated() {
      most = max(most, min(1, Double(pValues.count - k) * pValues[i]))
      adjusted[i] = most
    }
    return adjusted
  }

  /// P-values adjusted so that those at or below q are the hypotheses that `benjaminiHochberg` rejects at rate q.
  ///
  /// Adjusted p(k) = min over j ≥ k of min(1, m p(j)/j).
  public static func benjaminiHochbergAdjusted(_ pValues: [Double]) -> [Double] {
    var adjusted = pValues
    var least = 1.0
    for (k, i) in sortedIndices(pValues).enumerated().reversed() {
      least = min(least, Double(pValues.count) / Double(k + 1) * pValues[i])
      adjusted[i] = least
    }
    return adjusted
  }

  /// Ascending; equal p-values in their given order.
  private static func sortedIndices(_ pValues: [Double]) -> [Int] {
    pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
  }
}
