import HydraNumerics

/// How LambdaRank weighs pairs of rows; the defaults are LightGBM's.
///
/// ```
/// λ = -σ / (1 + exp(σ (s_i - s_j))) |ΔNDCG|       for each pair of a query with grade i above grade j
/// ```
/// with the gain 2^grade - 1 and the discount 1 / binaryLogarithm(rank + 2) of rank 0, 1, ….
///
/// Source: C. Burges, "From RankNet to LambdaRank to LambdaMART: an overview", MSR-TR-2010-82; the normalisation is
/// LightGBM's.
public struct RankingLoss: Hashable, Sendable {
  /// σ, how sharply a difference of scores decides a pair.
  public var sharpness = 1.0
  /// Pairs count in which one row is above this rank.
  public var truncation = 30
  /// Whether the λ of each query are normalised, which helps where queries differ in size.
  public var isNormalised = true
  /// The number of grades; targets are 0..<grades.
  public var grades: Int { 31 }

  public init() {}

  /// What a row of a grade is worth.
  static func gain(_ grade: Double) -> Double { Double((1 << Int(grade)) - 1) }

  static func discount(_ rank: Int) -> Double { 1 / binaryLogarithm(Double(rank + 2)) }

  private static func binaryLogarithm(_ value: Double) -> Double { Portable.log(value) * 1.442_695_040_888_963_4 }

  /// The discounted cumulative gain of the first `limit` grades.
  static func discountedGain(_ grades: some Sequence<Double>, limit: Int) -> Double {
    var sum = 0.0
    for (rank, grade) in grades.enumerated() {
      guard rank < limit else { break }
      sum += gain(grade) * discount(rank)
    }
    return sum
  }

  /// Writes the derivatives of the rows of one query.
  func derivatives(
    rows: Range<Int>, scores: UnsafePointer<Double>, targets: UnsafePointer<Double>, weights: UnsafePointer<Double>?,
    gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>
  ) {
    for row in rows { (gradients[row], hessians[row]) = (0, 0) }
    let order = rows.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    let ideal = Self.discountedGain(rows.map { targets[$0] }.sorted(by: >), limit: truncation)
    guard ideal > 0, let first = order.first, let last = order.last else { return }
    let isFlat = scores[first] == scores[last]
    var total = 0.0
    for i in 0..<min(truncation, order.count) {
      for j in order.indices.dropFirst(i + 1) where targets[order[i]] != targets[order[j]] {
        let (high, low) = targets[order[i]] > targets[order[j]] ? (order[i], order[j]) : (order[j], order[i])
        let difference = scores[high] - scores[low]
        let gap = Self.gain(targets[high]) - Self.gain(targets[low])
        var change = gap * abs(Self.discount(i) - Self.discount(j)) / ideal
        if isNormalised, !isFlat { change /= 0.01 + abs(difference) }
        let share = 1 / (1 + Portable.exp(sharpness * difference))
        let slope = sharpness * change * share
        let curvature = sharpness * sharpness * change * share * (1 - share)
        gradients[high] -= slope
        gradients[low] += slope
        hessians[high] += curvature
        hessians[low] += curvature
        total += 2 * slope
      }
    }
    let factor = isNormalised && total > 0 ? Self.binaryLogarithm(1 + total) / total : 1
    for row in rows {
      gradients[row] *= factor * (weights?[row] ?? 1)
      hessians[row] *= factor * (weights?[row] ?? 1)
    }
  }
}
