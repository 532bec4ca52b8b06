import HydraNumerics

/// A logistic regression that learns from each row as it comes: slower to be good than trees, quicker to follow.
///
/// Columns are standardised by their running mean and deviation, held within three deviations, and 0 where missing. Steps are
/// AdaGrad's, `rate / √(1 + Σ g²)`, with squares forgotten over about `memory` rows, so that it never stops learning.
///
/// Source: J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods", J. Machine Learning Research 12 (2011).
struct OnlineLogistic: Hashable, Codable, Sendable {
  static let rate = 0.1
  static let memory = 2000.0
  private let classes: Int
  private let columns: Int
  private var seen: [Double]
  private var means: [Double]
  private var squares: [Double]
  private var weights: [Double]
  private var gradients: [Double]

  init(columns: Int, classes: Int) {
    (self.columns, self.classes) = (columns, classes)
    seen = Array(repeating: 0, count: columns)
    means = seen
    squares = seen
    weights = Array(repeating: 0, count: classes * (columns + 1))
    gradients = weights
  }

  func probabilities(_ row: [Double]) -> [Double] { softmax(standardised(row)) }

  mutating func learn(_ row: [Double], label: Int) {
    let inputs = standardised(row)
    let probabilities = softmax(inputs)
    let keep = 1 - 1 / Self.memory
    for k in 0..<classes {
      let error = probabilities[k] - (k == label ? 1 : 0)
      let start = k * (columns + 1)
      for j in 0...columns {
        let gradient = error * (j == columns ? 1 : inputs[j])
        gradients[start + j] = keep * gradients[start + j] + gradient * gradient
        weights[start + j] -= Self.rate * gradient / (1 + gradients[start + j]).squareRoot()
      }
    }
    for j in 0..<columns where row[j].isFinite {
      seen[j] = min(seen[j] + 1, Self.memory)
      let gap = row[j] - means[j]
      means[j] += gap / seen[j]
      squares[j] += (gap * (row[j] - means[j]) - squares[j]) / seen[j]
    }
  }

  private func standardised(_ row: [Double]) -> [Double] {
    row.indices.map { j in
      guard row[j].isFinite, squares[j] > 0 else { return 0 }
      return max(-3, min(3, (row[j] - means[j]) / squares[j].squareRoot()))
    }
  }

  private func softmax(_ inputs: [Double]) -> [Double] {
    var scores = (0..<classes).map { k in
      let start = k * (columns + 1)
      var sum = weights[start + columns]
      for j in 0..<columns { sum += weights[start + j] * inputs[j] }
      return sum
    }
    let top = scores.max() ?? 0
    for k in scores.indices { scores[k] = Portable.exp(scores[k] - top) }
    let sum = scores.reduce(0, +)
    return scores.map { $0 / sum }
  }
}
