import HydraNumerics

/// Mean, step and covariance of the strategy, in the tutorial's letters.
struct CMAESState: Sendable {
  private(set) var mean: [Double]
  let population: Int
  private var sigma: Double
  private let firstSigma: Double
  private var covariance: [[Double]]
  /// Columns of B, and the square roots of the eigenvalues.
  private var axes: [[Double]]
  private var lengths: [Double]
  private var pathC: [Double]
  private var pathSigma: [Double]
  private var updates = 0
  private var best = Double.infinity
  private var sinceBest = 0
  private let weights: [Double]
  private let parents: Int
  private let mueff: Double

  init(mean: [Double], step: Double, population: Int?) {
    let n = mean.count
    self.mean = mean
    self.population = population ?? 4 + Int(3 * Portable.log(Double(n)))
    (sigma, firstSigma) = (step, step)
    covariance = (0..<n).map { row in (0..<n).map { $0 == row ? 1 : 0 } }
    axes = covariance
    lengths = Array(repeating: 1, count: n)
    pathC = Array(repeating: 0, count: n)
    pathSigma = pathC
    parents = max(self.population / 2, 1)
    let half = Double(self.population + 1) / 2
    let raw = (0..<self.population).map { Portable.log(half) - Portable.log(Double($0 + 1)) }
    let positive = raw.prefix(parents).reduce(0, +)
    let squares = raw.prefix(parents).reduce(0) { $0 + $1 * $1 }
    let mueff = positive * positive / squares
    let negative = raw.dropFirst(parents).reduce(0, +)
    let negativeSquares = raw.dropFirst(parents).reduce(0) { $0 + $1 * $1 }
    let mueffMinus = negativeSquares > 0 ? negative * negative / negativeSquares : 0
    // Active update: how much weight the worst may have (tutorial, equations 49 to 53).
    let d = Double(n)
    let c1 = 2 / ((d + 1.3) * (d + 1.3) + mueff)
    let cmu = min(1 - c1, 2 * (mueff - 2 + 1 / mueff) / ((d + 2) * (d + 2) + mueff))
    let most = min(1 + c1 / max(cmu, 1e-12), 1 + 2 * mueffMinus / (mueff + 2), (1 - c1 - cmu) / (d * max(cmu, 1e-12)))
    weights = raw.enumerated().map { place, weight in
      place < raw.count / 2 || weight > 0 ? max(weight, 0) / positive : negative < 0 ? most * weight / -negative : 0
    }
    self.mueff = mueff
  }

  /// A point of 0…1 in every coordinate.
  func draw(_ random: inout CounterRandom) -> [Double] {
    var point = mean
    for attempt in 0..<100 {
      let z = lengths.map { $0 * random.normal() }
      for row in mean.indices {
        var sum = 0.0
        for column in z.indices { sum += axes[row][column] * z[column] }
        point[row] = mean[row] + sigma * sum
      }
      if point.allSatisfy({ $0 >= 0 && $0 <= 1 }) || attempt == 99 { break }
    }
    return point.map { min(max($0, 0), 1) }
  }

  /// Moves on, given the points of a generation from best to worst.
  mutating func update(_ points: [[Double]], best loss: Double) {
    let n = mean.count
    let d = Double(n)
    let cc = (4 + mueff / d) / (d + 4 + 2 * mueff / d)
    let cs = (mueff + 2) / (d + mueff + 5)
    let c1 = 2 / ((d + 1.3) * (d + 1.3) + mueff)
    let cmu = min(1 - c1, 2 * (mueff - 2 + 1 / mueff) / ((d + 2) * (d + 2) + mueff))
    let damping = 1 + 2 * max(0, ((mueff - 1) / (d + 1)).squareRoot() - 1) + cs
    let expected = d.squareRoot() * (1 - 1 / (4 * d) + 1 / (21 * d * d))

    let steps = points.map { point in zip(point, mean).map { ($0 - $1) / sigma } }
    var move = [Double](repeating: 0, count: n)
    for (weight, step) in zip(weights.prefix(parents), steps) { for i in 0..<n { move[i] += weight * step[i] } }
    for i in 0..<n { mean[i] = min(max(mean[i] + sigma * move[i], 0), 1) }

    let whitened = whiten(move)
    for i in 0..<n { pathSigma[i] = (1 - cs) * pathSigma[i] + (cs * (2 - cs) * mueff).squareRoot() * whitened[i] }
    updates += 1
    let length = norm(pathSigma)
    var decay = 1.0
    for _ in 0..<2 * updates { decay *= 1 - cs }
    let isShort = length / (1 - decay).squareRoot() < (1.4 + 2 / (d + 1)) * expected
    let pull = isShort ? (cc * (2 - cc) * mueff).squareRoot() : 0
    for i in 0..<n { pathC[i] = (1 - cc) * pathC[i] + pull * move[i] }

    var sumOfWeights = 0.0
    for weight in weights { sumOfWeights += weight }
    let keep = 1 - c1 - cmu * sumOfWeights + (isShort ? 0 : c1 * cc * (2 - cc))
    // The worst points count with the length that a typical point has (equation 46).
    let scaled = zip(weights, steps).map { weight, step in
      guard weight < 0 else { return weight }
      let size = norm(whiten(step))
      return weight * d / max(size * size, 1e-300)
    }
    for i in 0..<n {
      for j in 0...i {
        var sum = keep * covariance[i][j] + c1 * pathC[i] * pathC[j]
        for (weight, step) in zip(scaled, steps) { sum += cmu * weight * step[i] * step[j] }
        covariance[i][j] = sum
        covariance[j][i] = sum
      }
    }
    sigma *= Portable.exp(min(1, cs / damping * (length / expected - 1)))
    (lengths, axes) = symmetricEigen(covariance)
    lengths = lengths.map { max($0, 1e-20).squareRoot() }
    if loss < best { (best, sinceBest) = (loss, 0) } else { sinceBest += 1 }
  }

  /// Whether another start is likely to find more than going on.
  var isSpent: Bool {
    let widest = sigma * (lengths.max() ?? 1)
    return widest < 1e-9 || widest > 1e4 * firstSigma || sinceBest > 20 + 30 * mean.count / population
  }

  /// C^-½ v.
  private func whiten(_ v: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: v.count)
    for column in v.indices {
      var sum = 0.0
      for row in v.indices { sum += axes[row][column] * v[row] }
      let share = sum / lengths[column]
      for row in v.indices { result[row] += axes[row][column] * share }
    }
    return result
  }

  private func norm(_ v: [Double]) -> Double {
    var sum = 0.0
    for x in v { sum += x * x }
    return sum.squareRoot()
  }
}

/// Eigenvalues of a symmetric matrix and the matrix whose columns are the vectors, by Jacobi rotations: the same bits on
/// every machine, which a library does not promise.
///
/// - Complexity: O(n³) a sweep, of which there are about eight.
///
/// Source: G. Golub, C. Van Loan, "Matrix Computations", 4th ed. (2013), section 8.5.
func symmetricEigen(_ matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
  let n = matrix.count
  var a = matrix
  var vectors = (0..<n).map { row in (0..<n).map { $0 == row ? 1.0 : 0 } }
  for _ in 0..<60 {
    var (outside, inside) = (0.0, 0.0)
    for i in 0..<n {
      inside += a[i][i] * a[i][i]
      for j in 0..<i { outside += a[i][j] * a[i][j] }
    }
    if outside <= 1e-30 * inside { break }
    for p in 0..<n {
      for q in p + 1..<max(n, p + 1) where a[p][q] != 0 {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta >= 0 ? 1.0 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<n {
          let (x, y) = (a[k][p], a[k][q])
          (a[k][p], a[k][q]) = (c * x - s * y, s * x + c * y)
        }
        for k in 0..<n {
          let (x, y) = (a[p][k], a[q][k])
          (a[p][k], a[q][k]) = (c * x - s * y, s * x + c * y)
        }
        for k in 0..<n {
          let (x, y) = (vectors[k][p], vectors[k][q])
          (vectors[k][p], vectors[k][q]) = (c * x - s * y, s * x + c * y)
        }
      }
    }
  }
  return ((0..<n).map { a[$0][$0] }, vectors)
}
