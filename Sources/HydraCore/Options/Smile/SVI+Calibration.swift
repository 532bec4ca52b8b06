import HydraNumerics

extension SVI {
  /// A fitted smile and how well its parameters are known.
  public struct Calibration: Hashable, Codable, Sendable {
    public var smile: SVI
    public var fit: SmileFit
  }

  /// The smile that minimises Σ w (w(k) - σ² T)² over total variances.
  ///
  /// The vertex (m, σ) is searched, the other three parameters are solved for at each point; several starts, because
  /// quotes with noise leave more than one minimum. Bounds: b ≥ 0, |ρ| ≤ 1, the vertex within eight widths of the quotes.
  /// Nothing else is asked of the smile: `calibratedWithoutArbitrage` excludes negative butterflies.
  ///
  /// - Throws: `.tooFewQuotes` below five quotes.
  /// - Complexity: about 10 µs for 15 quotes.
  public static func calibrated(
    forward: Double, years: Double, strikes: [Double], volatilities: [Double], weights: [Double]? = nil
  ) throws(SmileFitError) -> Calibration {
    try SmileInput.check(
      forward: forward, years: years, strikes: strikes, volatilities: volatilities, weights: weights, needed: 5)
    let quotes = SVIQuotes(
      forward: forward, years: years, strikes: strikes, volatilities: volatilities, weights: weights)
    let search = SVISearch(quotes)
    let smile = search.best.smile(forward: forward, years: years)
    return Calibration(smile: smile, fit: quotes.summary(of: smile, iterations: search.iterations))
  }

  static let names = ["a", "b", "rho", "m", "sigma"]
}

extension SVIQuotes {
  /// The sum of squares of a smile and the covariance of its parameters.
  func summary(of smile: SVI, iterations: Int) -> SmileFit {
    var used = 0
    var jacobian: [[Double]] = []
    for block in 0..<vectors {
      for lane in 0..<8 where weights[block][lane] > 0 {
        used += 1
        let distance = places[block][lane] - smile.m
        let root = (distance * distance + smile.sigma * smile.sigma).squareRoot()
        let w = weights[block][lane].squareRoot()
        jacobian.append(
          [
            1, smile.rho * distance + root, smile.b * distance, -smile.b * (smile.rho + distance / root),
            smile.b * smile.sigma / root,
          ].map { w * $0 })
      }
    }
    let sum = self.sum(of: smile)
    var covariance: [[Double]]?
    if used > 5, abs(smile.rho) < 1, let inverse = normalInverse(jacobian) {
      covariance = inverse.map { row in row.map { $0 * sum / Double(used - 5) } }
    }
    return SmileFit(
      sumOfSquares: sum, count: used, rootMeanSquareError: (sum / Double(used)).squareRoot(), parameters: SVI.names,
      covariance: covariance, iterations: iterations)
  }
}

/// (JᵀJ)⁻¹ of a Jacobian by rows, from scaled columns; nil when they are dependent.
func normalInverse(_ jacobian: [[Double]]) -> [[Double]]? {
  guard let columns = jacobian.first?.count else { return nil }
  let scales = (0..<columns).map { column in
    jacobian.reduce(0) { $0 + $1[column] * $1[column] }.squareRoot()
  }
  guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
  var normal = Matrix(rows: columns, columns: columns, repeating: 0)
  for row in jacobian {
    for i in 0..<columns { for j in 0..<columns { normal[i, j] += row[i] / scales[i] * row[j] / scales[j] } }
  }
  guard let factor = try? CholeskyFactorization(normal) else { return nil }
  var result = Array(repeating: Array(repeating: 0.0, count: columns), count: columns)
  for j in 0..<columns {
    var unit = [Double](repeating: 0, count: columns)
    unit[j] = 1
    let column = factor.solve(unit)
    for i in 0..<columns { result[i][j] = column[i] / scales[i] / scales[j] }
  }
  return result
}
