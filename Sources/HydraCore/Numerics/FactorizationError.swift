/// Why a matrix could not be factorised or a system not be solved.
public enum FactorizationError: Error, Hashable, Sendable {
  /// The matrix is not square.
  case notSquare(rows: Int, columns: Int)
  /// An element is NaN or infinite.
  case notFinite
  /// A pivot is exactly zero; its index, from 0.
  case singular(pivot: Int)
  /// A leading minor is not positive; its order, from 1.
  case notPositiveDefinite(order: Int)
  /// The columns are linearly dependent to working precision.
  case rankDeficient(rank: Int, columns: Int)
  /// An iteration of the library did not converge.
  case notConverged
}

extension FactorizationError: CustomStringConvertible {
  /// One sentence with the numbers that went wrong.
  public var description: String {
    switch self {
    case .notSquare(let rows, let columns): "a square matrix is needed, not \(rows) × \(columns)"
    case .notFinite: "an element is NaN or infinite"
    case .singular(let pivot): "the matrix is singular: pivot \(pivot) is zero"
    case .notPositiveDefinite(let order): "the leading minor of order \(order) is not positive"
    case .rankDeficient(let rank, let columns): "the rank is \(rank) with \(columns) columns"
    case .notConverged: "the iteration did not converge"
    }
  }
}

extension Matrix {
  /// Throws unless every element is finite: LAPACK may loop on others.
  func requireFinite() throws(FactorizationError) {
    guard values.allSatisfy(\.isFinite) else { throw .notFinite }
  }

  /// Throws unless the matrix is square with finite elements.
  func requireSquare() throws(FactorizationError) {
    guard rows == columns else { throw .notSquare(rows: rows, columns: columns) }
    try requireFinite()
  }

  /// The columns of a right-hand side, one matrix with a single column.
  init(column values: [Double]) { self.init(rows: values.count, columns: 1, values: values) }
}
