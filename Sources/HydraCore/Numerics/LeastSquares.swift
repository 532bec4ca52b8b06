import CLAPACKE

/// The minimum of Σ w (A x - b)², of least norm where it is not unique.
///
///     let line = try LinearLeastSquares(Matrix([[1, 0], [1, 1], [1, 2]]), [1, 3, 5])
///     line.coefficients    // [1.0, 2.0] up to rounding
///
/// By singular values: rank deficiency is seen and answered with the shortest solution.
///
/// - Complexity: O(rows · columns²). LAPACK dgelsd.
public struct LinearLeastSquares: Sendable {
  /// x.
  public let coefficients: [Double]
  /// A x - b at the minimum, not multiplied by the weights.
  public let residuals: [Double]
  /// Σ w (A x - b)².
  public let sumOfSquares: Double
  /// How many singular values exceed `tolerance` times the largest.
  public let rank: Int
  /// Of the weighted matrix, largest first.
  public let singularValues: [Double]

  /// - Parameters:
  ///   - matrix: A, one row for each observation.
  ///   - values: b.
  ///   - weights: w ≥ 0; all 1 by default.
  ///   - tolerance: singular values below this share of the largest count as zero.
  /// - Precondition: one value, and one weight, for each row.
  public init(
    _ matrix: Matrix, _ values: [Double], weights: [Double]? = nil, tolerance: Double = 0x1p-48
  ) throws(FactorizationError) {
    let (m, n) = (matrix.rows, matrix.columns)
    precondition(values.count == m, "\(values.count) values for \(m) rows")
    precondition(weights.map { $0.count == m } ?? true, "\(weights?.count ?? 0) weights for \(m) rows")
    precondition(weights?.allSatisfy { $0 >= 0 } ?? true, "a weight is negative")
    try matrix.requireFinite()
    guard values.allSatisfy(\.isFinite) else { throw .notFinite }
    _ = LinearAlgebraLibrary.isPrepared

    var a = matrix.values
    var b = values + Array(repeating: 0, count: max(0, n - m))
    if let weights {
      for row in 0..<m {
        let root = weights[row].squareRoot()
        b[row] *= root
        for column in 0..<n { a[row * n + column] *= root }
      }
    }
    var sigma = [Double](repeating: 0, count: min(m, n))
    var rank: Int32 = 0
    if m > 0 && n > 0 {
      let info = LAPACKE_dgelsd(
        LinearAlgebraLibrary.rowMajor, Int32(m), Int32(n), 1, &a, Int32(n), &b, 1, &sigma, tolerance, &rank)
      guard info == 0 else { throw .notConverged }
    }
    let x = Array((b + Array(repeating: 0, count: max(0, n - b.count))).prefix(n))
    let fitted = matrix * x
    let residuals = zip(fitted, values).map { $0 - $1 }
    coefficients = x
    self.residuals = residuals
    sumOfSquares = residuals.indices.reduce(0.0) { $0 + (weights?[$1] ?? 1) * residuals[$1] * residuals[$1] }
    self.rank = Int(rank)
    singularValues = sigma
  }
}
