/// The probability of each class after the latest known label: what persistence alone can forecast.
///
/// Transitions are counted with exponential forgetting over about `memory` of them, starting from one of each.
struct TransitionForecast: Hashable, Codable, Sendable {
  static let memory = 1000.0
  private let classes: Int
  private var counts: [Double]

  init(classes: Int) {
    self.classes = classes
    counts = Array(repeating: 1, count: classes * classes)
  }

  func probabilities(after label: Int?) -> [Double] {
    guard let label else { return Array(repeating: 1 / Double(classes), count: classes) }
    let row = counts[label * classes..<(label + 1) * classes]
    let sum = row.reduce(0, +)
    return row.map { $0 / sum }
  }

  mutating func learn(_ label: Int, after earlier: Int?) {
    guard let earlier else { return }
    for place in earlier * classes..<(earlier + 1) * classes {
      counts[place] = max(1e-3, counts[place] * (1 - 1 / Self.memory))
    }
    counts[earlier * classes + label] += 1
  }
}
