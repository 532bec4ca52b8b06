import HydraNumerics

/// Ridge regression that forgets: the posterior mean of a linear model whose past counts the less the older it is.
///
/// ```
/// S_t = λ S_{t−1} + z zᵀ      b_t = λ b_{t−1} + z y      β = (S + κ I)⁻¹ b      λ = 2^(−1 / half-life)
/// ```
/// κ is the prior's precision in units of the noise, which does not fade: with few observations, and after forgetting, the
/// coefficients go back to zero. A coefficient's prior standard deviation is `1 / √κ` standard deviations of the noise.
///
/// Sources: A. Hoerl, R. Kennard, "Ridge regression", Technometrics 12 (1970) 55–67; for discounting M. West, J. Harrison,
/// "Bayesian Forecasting and Dynamic Models" (1997), section 6.3.
public struct DiscountedRegression: Hashable, Sendable {
  /// κ.
  public let shrinkage: Double
  private let discount: Double
  /// The lower triangle of S, row by row.
  private var squares: [Double]
  private var products: [Double]
  /// β, as of the newest ``solve()``.
  public private(set) var coefficients: [Double]

  /// `halfLife` in observations; nil forgets nothing.
  public init(columns: Int, shrinkage: Double, halfLife: Double?) {
    precondition(shrinkage > 0, "the shrinkage is not positive: \(shrinkage)")
    precondition(halfLife.map { $0 > 0 } ?? true, "the half-life is not positive: \(halfLife ?? 0)")
    self.shrinkage = shrinkage
    discount = halfLife.map { Portable.exp(-0.6931471805599453 / $0) } ?? 1
    squares = [Double](repeating: 0, count: columns * (columns + 1) / 2)
    products = [Double](repeating: 0, count: columns)
    coefficients = products
  }

  /// Takes an observation; the coefficients follow at the next ``solve()``.
  ///
  /// - Complexity: O(columns²).
  public mutating func update(_ features: [Double], outcome: Double) {
    precondition(features.count == products.count, "\(features.count) features for \(products.count) coefficients")
    let discount = discount
    squares.withUnsafeMutableBufferPointer { squares in
      features.withUnsafeBufferPointer { features in
        var place = 0
        for row in features.indices {
          let value = features[row]
          for column in 0...row {
            squares[place] = discount * squares[place] + value * features[column]
            place += 1
          }
        }
      }
    }
    for column in features.indices { products[column] = discount * products[column] + features[column] * outcome }
  }

  /// Solves for the coefficients.
  ///
  /// By L D Lᵀ in plain arithmetic, so that every machine finds the same bits; S + κ I is positive definite whatever came.
  ///
  /// - Complexity: O(columns³ / 6).
  public mutating func solve() {
    let count = products.count
    var factor = squares
    var answer = products
    let shrinkage = shrinkage
    factor.withUnsafeMutableBufferPointer { factor in
      answer.withUnsafeMutableBufferPointer { answer in
        // Row i of L is kept scaled by D until its own diagonal is known.
        for i in 0..<count {
          let own = i * (i + 1) / 2
          var diagonal = factor[own + i] + shrinkage
          for j in 0..<i {
            let other = j * (j + 1) / 2
            var sum = factor[own + j]
            for k in 0..<j { sum -= factor[own + k] * factor[other + k] }
            factor[own + j] = sum
          }
          for j in 0..<i {
            let scaled = factor[own + j]
            factor[own + j] = scaled / factor[j * (j + 1) / 2 + j]
            diagonal -= scaled * factor[own + j]
          }
          factor[own + i] = diagonal
        }
        for i in 0..<count {
          for j in 0..<i { answer[i] -= factor[i * (i + 1) / 2 + j] * answer[j] }
        }
        for i in 0..<count { answer[i] /= factor[i * (i + 1) / 2 + i] }
        for i in (0..<count).reversed() {
          for j in 0..<i { answer[j] -= factor[i * (i + 1) / 2 + j] * answer[i] }
        }
      }
    }
    coefficients = answer
  }

  /// Σ β_j z_j.
  public func predict(_ features: [Double]) -> Double {
    precondition(features.count == products.count, "\(features.count) features for \(products.count) coefficients")
    var sum = 0.0
    for column in features.indices { sum += coefficients[column] * features[column] }
    return sum
  }
}
