import CLAPACKE

/// A = V diag(λ) Vᵀ of a symmetric matrix, λ ascending.
///
/// Only the lower triangle is read. The sign of each vector is fixed by making its largest component (the first of
/// equals) positive, so that results can be compared between runs and machines.
///
/// - Complexity: O(n³). LAPACK dsyevd.
public struct SymmetricEigendecomposition: Sendable {
  /// λ, smallest first.
  public let values: [Double]
  /// The orthonormal eigenvectors, as columns in the order of the values.
  public let vectors: Matrix

  public init(_ matrix: Matrix) throws(FactorizationError) {
    try matrix.requireSquare()
    _ = LinearAlgebraLibrary.isPrepared
    let n = matrix.rows
    var elements = matrix.values
    var lambda = [Double](repeating: 0, count: n)
    if n > 0 {
      let info = LAPACKE_dsyevd(
        LinearAlgebraLibrary.rowMajor, LinearAlgebraLibrary.letter("V"), LinearAlgebraLibrary.letter("L"), Int32(n),
        &elements, Int32(n), &lambda)
      guard info == 0 else { throw .notConverged }
    }
    var result = Matrix(rows: n, columns: n, values: elements)
    for column in 0..<n {
      let largest = (0..<n).reduce(0) { abs(result[$1, column]) > abs(result[$0, column]) ? $1 : $0 }
      guard result[largest, column] < 0 else { continue }
      for row in 0..<n { result[row, column] = -result[row, column] }
    }
    values = lambda
    vectors = result
  }
}
