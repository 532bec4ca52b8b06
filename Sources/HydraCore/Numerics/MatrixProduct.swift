import COpenBLAS

extension Matrix {
  /// The matrix product a b.
  ///
  /// - Precondition: `a.columns == b.rows`.
  /// - Complexity: O(rows · columns · inner), by OpenBLAS on one thread.
  public static func * (a: Matrix, b: Matrix) -> Matrix {
    precondition(a.columns == b.rows, "\(a.rows) × \(a.columns) times \(b.rows) × \(b.columns)")
    return product(a, b, transposing: (false, false), rows: a.rows, inner: a.columns, columns: b.columns)
  }

  /// The matrix times a column vector.
  ///
  /// - Precondition: `m.columns == vector.count`.
  public static func * (m: Matrix, vector: [Double]) -> [Double] {
    (m * Matrix(rows: vector.count, columns: 1, values: vector)).values
  }

  /// aᵀ b without forming aᵀ.
  ///
  /// - Precondition: `rows == other.rows`.
  public func transposedTimes(_ other: Matrix) -> Matrix {
    precondition(rows == other.rows, "(\(rows) × \(columns))ᵀ times \(other.rows) × \(other.columns)")
    return Self.product(
      self, other, transposing: (true, false), rows: columns, inner: rows, columns: other.columns)
  }

  /// a bᵀ without forming bᵀ.
  ///
  /// - Precondition: `columns == other.columns`.
  public func timesTransposed(_ other: Matrix) -> Matrix {
    precondition(columns == other.columns, "\(rows) × \(columns) times (\(other.rows) × \(other.columns))ᵀ")
    return Self.product(
      self, other, transposing: (false, true), rows: rows, inner: columns, columns: other.rows)
  }

  private static func product(
    _ a: Matrix, _ b: Matrix, transposing: (Bool, Bool), rows: Int, inner: Int, columns: Int
  ) -> Matrix {
    var result = [Double](repeating: 0, count: rows * columns)
    guard rows > 0, inner > 0, columns > 0 else { return Matrix(rows: rows, columns: columns, values: result) }
    _ = LinearAlgebraLibrary.isPrepared
    cblas_dgemm(
      CblasRowMajor, transposing.0 ? CblasTrans : CblasNoTrans, transposing.1 ? CblasTrans : CblasNoTrans,
      Int32(rows), Int32(columns), Int32(inner), 1, a.values, Int32(a.columns), b.values, Int32(b.columns), 0, &result,
      Int32(columns))
    return Matrix(rows: rows, columns: columns, values: result)
  }
}
