import HydraNumerics

/// The kernel two-sample test: the distance between the mean embeddings of two samples of rows.
///
/// ```
/// MMD² = mean k(x, x') + mean k(y, y') - 2 mean k(x, y)
/// ```
/// `unbiased` leaves pairs of a row with itself out and can be negative; `biased` keeps them. With the distance kernel
/// `biased` is the squared energy distance. The p-value is the share of relabellings of the pooled rows, the observed
/// one among them, whose unbiased statistic is at least the observed: (1 + #)/(B + 1), never 0.
///
///     let test = MaximumMeanDiscrepancy(reference, recent, permutations: 199, seed: 42)
///
/// All relabellings are summed in one matrix product K S, where S holds one column of ones and zeros for each.
///
/// - Complexity: O(N² (d + B)) time, O(N (N + B)) memory for N rows of d values and B relabellings.
///
/// Source: A. Gretton et al., "A kernel two-sample test", J. Machine Learning Research 13 (2012) 723–773.
public struct MaximumMeanDiscrepancy: Hashable, Codable, Sendable {
  /// The similarity of two rows.
  public enum Kernel: Hashable, Codable, Sendable {
    /// exp(-|x - y|² / (2 variance)); nil takes half of the median squared distance of all pairs (median heuristic).
    case gaussian(variance: Double?)
    /// exp(-rate Σ |x - y|)
    case laplace(rate: Double)
    /// x · y
    case linear
    /// -|x - y|: the energy distance.
    case distance
  }

  public let biased: Double
  public let unbiased: Double
  /// The unbiased statistic of each relabelling.
  public let permuted: [Double]
  /// Nil without relabellings.
  public let pValue: Double?
  /// The variance of the Gaussian kernel that was used; nil for other kernels.
  public let variance: Double?

  /// Compares the rows of two matrices under `count` random relabellings.
  public init(
    _ a: Matrix, _ b: Matrix, kernel: Kernel = .gaussian(variance: nil), permutations count: Int, seed: UInt64
  ) {
    var random = CounterRandom(seed: seed, stream: "relabelling")
    var rows = Array(0..<(a.rows + b.rows))
    self.init(
      a, b, kernel: kernel,
      permutations: (0..<count).map { _ in
        // Only the first part of each order counts, so only that is drawn.
        for i in 0..<a.rows { rows.swapAt(i, i + random.below(rows.count - i)) }
        return Array(rows[..<a.rows])
      })
  }

  /// Compares under given relabellings: each begins with the numbers of the pooled rows (a's first, then b's) that are to
  /// pass for a's; what follows these is not looked at.
  ///
  /// - Precondition: at least two rows each, all values finite, the same columns.
  public init(_ a: Matrix, _ b: Matrix, kernel: Kernel = .gaussian(variance: nil), permutations: [[Int]]) {
    precondition(a.columns == b.columns, "\(a.columns) columns against \(b.columns)")
    precondition(a.rows > 1 && b.rows > 1, "a sample of fewer than two rows")
    let gram = KernelMatrix(Matrix(rows: a.rows + b.rows, columns: a.columns, values: a.values + b.values), kernel)
    let (m, n, total) = (a.rows, b.rows, a.rows + b.rows)
    let width = permutations.count + 1
    var members = [Double](repeating: 0, count: total * width)
    for i in 0..<m { members[i * width] = 1 }
    for (p, order) in permutations.enumerated() {
      precondition(order.count >= m, "a relabelling of \(order.count) rows, \(m) needed")
      for i in order[..<m] { members[i * width + p + 1] = 1 }
    }
    let product = (gram.values * Matrix(rows: total, columns: width, values: members)).values
    // Per labelling: the sum over pairs of a's, and of a's with all.
    var within = [Double](repeating: 0, count: width)
    var across = within
    for i in 0..<total {
      let row = gram.rowSums[i]
      for p in 0..<width {
        within[p] += members[i * width + p] * product[i * width + p]
        across[p] += members[i * width + p] * row
      }
    }
    let all = gram.rowSums.reduce(0, +)
    let (sizeA, sizeB) = (Double(m), Double(n))
    func statistic(_ p: Int) -> Double {
      let between = across[p] - within[p]
      return within[p] / (sizeA * (sizeA - 1)) + (all - within[p] - 2 * between) / (sizeB * (sizeB - 1))
        - 2 * between / (sizeA * sizeB)
    }
    let between = across[0] - within[0]
    let selfA = gram.diagonal[..<m].reduce(0, +)
    let selfB = gram.diagonal[m...].reduce(0, +)
    biased =
      (within[0] + selfA) / (sizeA * sizeA) + (all - within[0] - 2 * between + selfB) / (sizeB * sizeB)
      - 2 * between / (sizeA * sizeB)
    let observed = statistic(0)
    unbiased = observed
    permuted = (1..<max(1, width)).map(statistic)
    variance = gram.variance
    // Relabellings that amount to the observed one differ from it by rounding only.
    let reach = observed - 1e-13 * max(1, abs(observed))
    pValue =
      permutations.isEmpty ? nil : Double(1 + permuted.count { $0 >= reach }) / Double(permutations.count + 1)
  }
}
