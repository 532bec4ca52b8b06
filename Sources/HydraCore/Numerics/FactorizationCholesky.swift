import CLAPACKE

/// A = L Lᵀ of a symmetric positive definite matrix: covariances, normal equations, Gaussian likelihoods.
///
///     let c = try CholeskyFactorization(Matrix([[4, 2], [2, 3]]))
///     c.lower                  // [[2, 0], [1, 1.4142135623730951]]
///     c.logarithmOfDeterminant // 2.0794415416798357
///
/// Only the lower triangle is read.
///
/// - Complexity: O(n³/3) to factorise, O(n²) a solve. LAPACK dpotrf, dpotrs, dpocon.
public struct CholeskyFactorization: Sendable {
  /// L, with zeros above the diagonal.
  public let lower: Matrix
  private let norm: Double

  /// Throws `.notPositiveDefinite` with the order of the first minor that is not positive.
  public init(_ matrix: Matrix) throws(FactorizationError) {
    try matrix.requireSquare()
    _ = LinearAlgebraLibrary.isPrepared
    let n = matrix.rows
    var values = matrix.values
    for row in 0..<n { for column in (row + 1)..<max(n, row + 1) { values[row * n + column] = 0 } }
    norm =
      (0..<n).map { k in
        (0..<n).reduce(0.0) { $0 + abs(matrix[max(k, $1), min(k, $1)]) }
      }.max() ?? 0
    let info = LAPACKE_dpotrf(
      LinearAlgebraLibrary.rowMajor, LinearAlgebraLibrary.letter("L"), Int32(n), &values,
      LinearAlgebraLibrary.leading(n))
    if info > 0 { throw .notPositiveDefinite(order: Int(info)) }
    lower = Matrix(rows: n, columns: n, values: values)
  }

  /// x with A x = b.
  ///
  /// - Precondition: `b` has one value for each row.
  public func solve(_ b: [Double]) -> [Double] { solve(Matrix(column: b)).values }

  /// X with A X = B.
  ///
  /// - Precondition: `b` has as many rows as the matrix.
  public func solve(_ b: Matrix) -> Matrix {
    let n = lower.rows
    precondition(b.rows == n, "\(b.rows) rows on the right of \(n)")
    guard n > 0, b.columns > 0 else { return b }
    var x = b.values
    let info = LAPACKE_dpotrs(
      LinearAlgebraLibrary.rowMajor, LinearAlgebraLibrary.letter("L"), Int32(n), Int32(b.columns), lower.values,
      Int32(n), &x, Int32(b.columns))
    return info == 0
      ? Matrix(rows: n, columns: b.columns, values: x)
      : Matrix(rows: n, columns: b.columns, repeating: .nan)
  }

  /// det A.
  public var determinant: Double {
    (0..<lower.rows).reduce(1.0) { $0 * lower[$1, $1] * lower[$1, $1] }
  }

  /// ln det A, which does not overflow.
  public var logarithmOfDeterminant: Double {
    2 * (0..<lower.rows).reduce(0.0) { $0 + ElementaryTables.shared.log(lower[$1, $1]) }
  }

  /// An estimate of 1 / (‖A‖₁ ‖A⁻¹‖₁).
  public var reciprocalCondition: Double {
    let n = lower.rows
    guard n > 0 else { return 1 }
    var result = 0.0
    LAPACKE_dpocon(
      LinearAlgebraLibrary.rowMajor, LinearAlgebraLibrary.letter("L"), Int32(n), lower.values, Int32(n), norm, &result)
    return result
  }
}
