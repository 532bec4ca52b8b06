import CLAPACKE

/// A = U diag(σ) Vᵀ with orthonormal columns in U and V, σ descending.
///
/// The thin form: U is rows × k, Vᵀ is k × columns, k = min(rows, columns).
///
/// - Complexity: O(rows · columns · k). LAPACK dgesdd (divide and conquer).
public struct SingularValueDecomposition: Sendable {
  public let u: Matrix
  /// σ, largest first.
  public let singularValues: [Double]
  /// Vᵀ: its rows are the right singular vectors.
  public let vTransposed: Matrix

  public init(_ matrix: Matrix) throws(FactorizationError) {
    try matrix.requireFinite()
    _ = LinearAlgebraLibrary.isPrepared
    let (m, n, k) = (matrix.rows, matrix.columns, min(matrix.rows, matrix.columns))
    var values = matrix.values
    var sigma = [Double](repeating: 0, count: k)
    var left = [Double](repeating: 0, count: m * k)
    var right = [Double](repeating: 0, count: k * n)
    if k > 0 {
      let info = LAPACKE_dgesdd(
        LinearAlgebraLibrary.rowMajor, LinearAlgebraLibrary.letter("S"), Int32(m), Int32(n), &values, Int32(n), &sigma,
        &left, Int32(k), &right, Int32(n))
      guard info == 0 else { throw .notConverged }
    }
    u = Matrix(rows: m, columns: k, values: left)
    singularValues = sigma
    vTransposed = Matrix(rows: k, columns: n, values: right)
  }

  /// How many singular values exceed `tolerance` times the largest; by default max(rows, columns) · 2⁻⁵².
  public func rank(tolerance: Double? = nil) -> Int {
    let share = tolerance ?? Double(max(u.rows, vTransposed.columns)) * 0x1p-52
    let largest = singularValues.first ?? 0
    return singularValues.filter { $0 > share * largest }.count
  }

  /// σ_max / σ_min, infinite for a singular matrix.
  public var condition: Double {
    guard let first = singularValues.first, let last = singularValues.last else { return 1 }
    return last > 0 ? first / last : .infinity
  }
}
