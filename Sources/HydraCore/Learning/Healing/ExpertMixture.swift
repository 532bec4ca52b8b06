import HydraNumerics

/// Weights of forecasters by how well each has forecast lately, with a share that always flows back to all of them.
///
/// ```
/// p = Σ w_i p_i        w_i ← (1 - α) w_i p_i(label) / p(label) + α / n
/// ```
/// The logarithmic loss of p is at most that of the best sequence of forecasters with m switches among T rows plus about
/// (m + 1) (ln n + ln(T / m)): a forecaster that was right in an earlier regime comes back within some ten rows.
///
/// Source: M. Herbster, M. Warmuth, "Tracking the best expert", Machine Learning 32 (1998) 151–178.
package struct ExpertMixture: Hashable, Codable, Sendable {
  /// Below this no forecaster's word is taken: one certain error would silence it.
  package static let least = 0.002
  package let classes: Int
  package let switchRate: Double
  package private(set) var weights: [Double] = []

  package init(classes: Int, switchRate: Double) { (self.classes, self.switchRate) = (classes, switchRate) }

  /// A newcomer gets as much as the best of those that are there.
  package mutating func add() {
    weights.append(weights.max() ?? 1)
    normalise()
  }

  package mutating func remove(at index: Int) {
    weights.remove(at: index)
    normalise()
  }

  /// The probabilities of the classes from those of each forecaster, one after the other.
  package func mix(_ probabilities: [Double]) -> [Double] {
    var result = Array(repeating: 0.0, count: classes)
    for (i, weight) in weights.enumerated() {
      for k in 0..<classes { result[k] += weight * probabilities[i * classes + k] }
    }
    return result
  }

  /// Learns from the label that came after these probabilities.
  package mutating func learn(_ probabilities: [Double], label: Int) {
    precondition(probabilities.count == weights.count * classes, "probabilities of other forecasters")
    for i in weights.indices { weights[i] *= max(Self.least, probabilities[i * classes + label]) }
    normalise()
    for i in weights.indices { weights[i] = (1 - switchRate) * weights[i] + switchRate / Double(weights.count) }
  }

  private mutating func normalise() {
    let sum = weights.reduce(0, +)
    for i in weights.indices { weights[i] = sum > 0 ? weights[i] / sum : 1 / Double(weights.count) }
  }
}
