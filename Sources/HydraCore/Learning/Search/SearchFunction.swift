import HydraNumerics

/// Functions with known minima, on which optimisers are compared.
///
///     SearchFunction.branin.value([1, 2])      // 21.62763539206238
///
/// Source: L. Dixon, G. Szegö, "Towards Global Optimisation 2" (1978); H. Rosenbrock, The Computer Journal 3 (1960).
public enum SearchFunction: String, Hashable, Codable, Sendable, CaseIterable {
  /// Two variables, three equal minima.
  case branin
  /// Six variables, six local minima.
  case hartmann6
  /// Five variables, a bent narrow valley.
  case rosenbrock5

  /// The range of each variable.
  public var bounds: [ClosedRange<Double>] {
    switch self {
    case .branin: [-5...10, 0...15]
    case .hartmann6: Array(repeating: 0...1, count: 6)
    case .rosenbrock5: Array(repeating: -2...2, count: 5)
    }
  }

  /// The smallest value.
  public var minimum: Double {
    switch self {
    case .branin: 0.39788735772973816
    case .hartmann6: -3.322368011415515
    case .rosenbrock5: 0
    }
  }

  /// The space of `x0`, `x1`, ….
  public var space: SearchSpace {
    get throws(SearchError) {
      try SearchSpace(bounds.enumerated().map { .float("x\($0.offset)", $0.element) })
    }
  }

  /// The value at a point of as many variables as there are bounds.
  public func value(_ x: [Double]) -> Double {
    precondition(x.count == bounds.count, "\(x.count) variables for \(rawValue)")
    switch self {
    case .branin:
      let bend = x[1] - 5.1 / (4 * Double.pi * Double.pi) * x[0] * x[0] + 5 / Double.pi * x[0] - 6
      return bend * bend + 10 * (1 - 1 / (8 * Double.pi)) * Portable.cos(x[0]) + 10
    case .hartmann6:
      var sum = 0.0
      for (row, height) in Self.heights.enumerated() {
        var distance = 0.0
        for column in 0..<6 {
          let gap = x[column] - 1e-4 * Self.places[row][column]
          distance += Self.widths[row][column] * gap * gap
        }
        sum -= height * Portable.exp(-distance)
      }
      return sum
    case .rosenbrock5:
      return (0..<x.count - 1).reduce(0) { sum, i in
        let valley = x[i + 1] - x[i] * x[i]
        return sum + 100 * valley * valley + (1 - x[i]) * (1 - x[i])
      }
    }
  }

  private static let heights = [1.0, 1.2, 3, 3.2]
  private static let widths: [[Double]] = [
    [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
  ]
  private static let places: [[Double]] = [
    [1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381],
  ]
}
