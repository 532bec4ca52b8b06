import HydraNumerics

/// Daily shocks of all simulated markets: correlated, heavy-tailed, mean zero and variance one.
///
/// Each market has two shocks a day, one for the level and one for the slope of its curve, with the same correlations
/// across markets. The markets of one group share a day's scale, as news about crops does: extreme days are common to
/// them, and a market's shocks have the same t distribution in every contract:
///
/// ```
/// e = √((ν - 2) / χ²_ν) L n,    L Lᵀ = correlations,  n standard normal
/// ```
struct GrainShocks {
  /// By market, then day.
  private(set) var level: [[Double]]
  private(set) var slope: [[Double]]

  /// - Parameters:
  ///   - degreesOfFreedom: of each group of markets.
  ///   - groups: the group of each market.
  ///   - usual: correlation matrix, row by row.
  ///   - selloff: the same for the days on which `isSelloff` holds.
  init(
    days: Int, degreesOfFreedom: [Int], groups: [Int], usual: [[Double]], selloff: [[Double]], isSelloff: [Bool],
    seed: UInt64
  ) {
    let markets = groups.count
    let factors = (Self.cholesky(usual), Self.cholesky(selloff))
    var normals = CounterRandom(seed: seed, stream: "shocks")
    var scales = CounterRandom(seed: seed, stream: "shock scales")
    level = Array(repeating: Array(repeating: 0, count: days), count: markets)
    slope = level
    var draws = Array(repeating: 0.0, count: 2 * markets)
    for day in 0..<days {
      for index in draws.indices { draws[index] = normals.normal() }
      let factor = isSelloff[day] ? factors.1 : factors.0
      let scale = degreesOfFreedom.map { degrees in
        var chiSquared = 0.0
        for _ in 0..<degrees / 2 { chiSquared += 2 * scales.exponential() }
        if degrees % 2 == 1 {
          let normal = scales.normal()
          chiSquared += normal * normal
        }
        return (Double(degrees - 2) / chiSquared).squareRoot()
      }
      for market in 0..<markets {
        var (first, second) = (0.0, 0.0)
        for other in 0...market {
          first += factor[market][other] * draws[other]
          second += factor[market][other] * draws[markets + other]
        }
        level[market][day] = scale[groups[market]] * first
        slope[market][day] = scale[groups[market]] * second
      }
    }
  }

  /// The lower triangle `L` with `L Lᵀ = matrix`.
  static func cholesky(_ matrix: [[Double]]) -> [[Double]] {
    let count = matrix.count
    var lower = Array(repeating: Array(repeating: 0.0, count: count), count: count)
    for row in 0..<count {
      for column in 0...row {
        var sum = matrix[row][column]
        for index in 0..<column { sum -= lower[row][index] * lower[column][index] }
        if row == column {
          precondition(sum > 0, "correlations are not positive definite at row \(row)")
          lower[row][row] = sum.squareRoot()
        } else {
          lower[row][column] = sum / lower[column][column]
        }
      }
    }
    return lower
  }
}
