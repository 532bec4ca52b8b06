import CLAPACKE

/// A = Q R with orthonormal columns in Q, for matrices with at least as many rows as columns.
///
/// - Complexity: O(rows · columns²). LAPACK dgeqrf, dorgqr, dtrtrs.
public struct QRFactorization: Sendable {
  /// The orthonormal columns, rows × columns.
  public let q: Matrix
  /// Upper triangular, columns × columns.
  public let r: Matrix

  /// - Precondition: the matrix has at least as many rows as columns.
  public init(_ matrix: Matrix) throws(FactorizationError) {
    precondition(matrix.rows >= matrix.columns, "QR of \(matrix.rows) × \(matrix.columns): fewer rows than columns")
    try matrix.requireFinite()
    _ = LinearAlgebraLibrary.isPrepared
    let (m, n) = (matrix.rows, matrix.columns)
    var values = matrix.values
    var scales = [Double](repeating: 0, count: max(n, 1))
    var upper = Matrix(rows: n, columns: n, repeating: 0)
    if n > 0 {
      LAPACKE_dgeqrf(LinearAlgebraLibrary.rowMajor, Int32(m), Int32(n), &values, Int32(n), &scales)
      for row in 0..<n { for column in row..<n { upper[row, column] = values[row * n + column] } }
      LAPACKE_dorgqr(LinearAlgebraLibrary.rowMajor, Int32(m), Int32(n), Int32(n), &values, Int32(n), scales)
    }
    q = Matrix(rows: m, columns: n, values: values)
    r = upper
  }

  /// The x that minimises ‖A x - b‖, by back substitution of Qᵀ b.
  ///
  /// Throws `.rankDeficient` where a diagonal element of R is below `rows · 2⁻⁵²` of the largest.
  ///
  /// - Precondition: `b` has one value for each row.
  public func solve(_ b: [Double]) throws(FactorizationError) -> [Double] {
    precondition(b.count == q.rows, "\(b.count) values on the right of \(q.rows) rows")
    let n = r.columns
    let diagonal = (0..<n).map { abs(r[$0, $0]) }
    let least = (diagonal.max() ?? 0) * Double(q.rows) * 0x1p-52
    let rank = diagonal.filter { $0 > least }.count
    guard rank == n else { throw .rankDeficient(rank: rank, columns: n) }
    var x = q.transposedTimes(Matrix(column: b)).values
    for row in stride(from: n - 1, through: 0, by: -1) {
      for column in (row + 1)..<max(n, row + 1) { x[row] -= r[row, column] * x[column] }
      x[row] /= r[row, row]
    }
    return x
  }
}
