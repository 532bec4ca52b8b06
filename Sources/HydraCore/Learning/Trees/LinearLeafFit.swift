import HydraNumerics

extension LinearLeaf {
  /// The linear model of least loss to second order: (Xᵀ H X + λ I) b = -Xᵀ g, the constant not penalised.
  ///
  /// Rows with a missing value have no say, and get the plain leaf value in prediction. Where fewer rows are left than
  /// there are coefficients, or the system has no single solution, the leaf is constant.
  ///
  /// - Parameters:
  ///   - rows: row, gradient and hessian.
  ///   - fallback: the plain value of the leaf.
  ///
  /// Source: LightGBM's `LinearTreeLearner::CalculateLinear`.
  static func fitted(
    to rows: [(row: Int, gradient: Double, hessian: Double)], _ features: Matrix, columns: [Int], l2: Double,
    fallback: Double
  ) -> LinearLeaf {
    let constant = LinearLeaf(constant: fallback, features: [], coefficients: [])
    let complete = rows.filter { row in columns.allSatisfy { features[row.row, $0].isFinite } }
    let size = columns.count + 1
    guard !columns.isEmpty, complete.count > size else { return constant }
    var system = Matrix(rows: size, columns: size, repeating: 0)
    var right = [Double](repeating: 0, count: size)
    var values = [Double](repeating: 1, count: size)
    for row in complete {
      for (index, column) in columns.enumerated() { values[index] = features[row.row, column] }
      for i in 0..<size {
        right[i] -= values[i] * row.gradient
        let scaled = values[i] * row.hessian
        for j in 0...i { system[i, j] += scaled * values[j] }
      }
    }
    for i in 0..<size {
      for j in 0..<i { system[j, i] = system[i, j] }
      if i < size - 1 { system[i, i] += l2 }
    }
    guard let solution = solveSymmetric(system, right) else { return constant }
    let used = columns.indices.filter { abs(solution[$0]) > 1e-35 }
    return LinearLeaf(
      constant: solution[size - 1], features: used.map { columns[$0] }, coefficients: used.map { solution[$0] })
  }

  /// Solves a positive definite system by L D Lᵀ in a fixed order; nil where a pivot is lost in rounding.
  private static func solveSymmetric(_ system: Matrix, _ right: [Double]) -> [Double]? {
    let size = right.count
    var lower = system
    var solution = right
    for column in 0..<size {
      var pivot = system[column, column]
      for k in 0..<column { pivot -= lower[column, k] * lower[column, k] * lower[k, k] }
      guard pivot > 1e-11 * abs(system[column, column]), pivot.isFinite else { return nil }
      lower[column, column] = pivot
      for row in column + 1..<max(size, column + 1) {
        var sum = system[row, column]
        for k in 0..<column { sum -= lower[row, k] * lower[column, k] * lower[k, k] }
        lower[row, column] = sum / pivot
      }
    }
    for row in 0..<size {
      for k in 0..<row { solution[row] -= lower[row, k] * solution[k] }
    }
    for row in 0..<size { solution[row] /= lower[row, row] }
    for row in (0..<size).reversed() {
      for k in row + 1..<max(size, row + 1) { solution[row] -= lower[k, row] * solution[k] }
    }
    return solution.allSatisfy { $0.isFinite } ? solution : nil
  }
}
