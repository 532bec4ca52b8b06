import CLAPACKE

/// P A = L U with partial pivoting: general square systems, determinant, condition.
///
///     let lu = try LUFactorization(Matrix([[2, 1], [1, 3]]))
///     lu.solve([3, 5])     // [0.8, 1.4]
///     lu.determinant       // 5.0
///
/// - Complexity: O(n³) to factorise, O(n²) a solve. LAPACK dgetrf, dgetrs, dgecon.
public struct LUFactorization: Sendable {
  private var factors: Matrix
  private var pivots: [Int32]
  private let norm: Double

  /// Throws `.singular` for an exactly zero pivot; a nearly singular matrix shows in `reciprocalCondition`.
  public init(_ matrix: Matrix) throws(FactorizationError) {
    try matrix.requireSquare()
    _ = LinearAlgebraLibrary.isPrepared
    let n = matrix.rows
    norm = (0..<n).map { column in (0..<n).reduce(0.0) { $0 + abs(matrix[$1, column]) } }.max() ?? 0
    var values = matrix.values
    pivots = Array(repeating: 0, count: n)
    let info = LAPACKE_dgetrf(
      LinearAlgebraLibrary.rowMajor, Int32(n), Int32(n), &values, LinearAlgebraLibrary.leading(n), &pivots)
    if info > 0 { throw .singular(pivot: Int(info) - 1) }
    factors = Matrix(rows: n, columns: n, values: values)
  }

  /// x with A x = b.
  ///
  /// - Precondition: `b` has one value for each row.
  public func solve(_ b: [Double]) -> [Double] { solve(Matrix(column: b)).values }

  /// X with A X = B, column by column.
  ///
  /// - Precondition: `b` has as many rows as the matrix.
  public func solve(_ b: Matrix) -> Matrix {
    let n = factors.rows
    precondition(b.rows == n, "\(b.rows) rows on the right of \(n)")
    var x = b.values
    guard n > 0, b.columns > 0 else { return b }
    let info = LAPACKE_dgetrs(
      LinearAlgebraLibrary.rowMajor, LinearAlgebraLibrary.letter("N"), Int32(n), Int32(b.columns), factors.values,
      Int32(n), pivots, &x, Int32(b.columns))
    assert(info == 0 || b.values.contains { !$0.isFinite })
    return info == 0
      ? Matrix(rows: n, columns: b.columns, values: x)
      : Matrix(rows: n, columns: b.columns, repeating: .nan)
  }

  /// A⁻¹. Solving is cheaper and more accurate where the inverse itself is not wanted.
  public var inverse: Matrix { solve(.identity(factors.rows)) }

  /// det A, the signed product of the pivots; it may overflow.
  public var determinant: Double {
    (0..<factors.rows).reduce(1.0) { $0 * factors[$1, $1] * (Int(pivots[$1]) == $1 + 1 ? 1 : -1) }
  }

  /// An estimate of 1 / (‖A‖₁ ‖A⁻¹‖₁): solutions lose about -log10 of it in digits.
  public var reciprocalCondition: Double {
    let n = factors.rows
    guard n > 0 else { return 1 }
    var result = 0.0
    LAPACKE_dgecon(
      LinearAlgebraLibrary.rowMajor, LinearAlgebraLibrary.letter("1"), Int32(n), factors.values, Int32(n), norm,
      &result)
    return result
  }
}
