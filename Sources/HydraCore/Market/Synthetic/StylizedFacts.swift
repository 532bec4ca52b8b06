import HydraNumerics

/// Descriptive statistics of a return or volume series.
public enum StylizedFacts {
  /// Sum over count; NaN for none.
  public static func mean(_ x: [Double]) -> Double { x.isEmpty ? .nan : x.reduce(0, +) / Double(x.count) }

  /// With the divisor n.
  public static func standardDeviation(_ x: [Double]) -> Double { centralMoment(x, 2).squareRoot() }

  /// Third moment over the cube of the standard deviation.
  public static func skewness(_ x: [Double]) -> Double {
    let variance = centralMoment(x, 2)
    return centralMoment(x, 3) / (variance * variance.squareRoot())
  }

  /// Fourth moment over squared variance, less 3.
  public static func excessKurtosis(_ x: [Double]) -> Double {
    let variance = centralMoment(x, 2)
    return centralMoment(x, 4) / (variance * variance) - 3
  }

  /// Sample autocorrelation with the usual divisor n.
  public static func autocorrelation(_ x: [Double], lag: Int) -> Double {
    guard lag < x.count else { return .nan }
    let center = mean(x)
    var sum = 0.0
    for index in lag..<x.count { sum += (x[index] - center) * (x[index - lag] - center) }
    return sum / (centralMoment(x, 2) * Double(x.count))
  }

  /// Pearson correlation.
  public static func correlation(_ x: [Double], _ y: [Double]) -> Double {
    precondition(x.count == y.count, "series of \(x.count) and \(y.count) values")
    let (meanX, meanY) = (mean(x), mean(y))
    var sum = 0.0
    for index in x.indices { sum += (x[index] - meanX) * (y[index] - meanY) }
    return sum / Double(x.count) / (standardDeviation(x) * standardDeviation(y))
  }

  /// Quantile by linear interpolation between order statistics.
  public static func quantile(_ x: [Double], _ p: Double) -> Double {
    guard !x.isEmpty else { return .nan }
    let sorted = x.sorted()
    let place = p * Double(sorted.count - 1)
    let low = Int(place)
    return low + 1 < sorted.count
      ? sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low]) : sorted[low]
  }

  /// Standard deviation of each full window about its own mean.
  public static func rollingDeviation(_ x: [Double], window: Int) -> [Double] {
    guard x.count >= window else { return [] }
    return (window...x.count).map { standardDeviation(Array(x[$0 - window..<$0])) }
  }

  /// Degrees of freedom of Student's t with location and scale, by maximum likelihood.
  ///
  /// Location and scale by the expectation-maximisation steps of the t distribution, degrees by golden section in
  /// 2.1...60.
  ///
  /// Source: C. Liu, D. Rubin, "ML estimation of the t distribution using EM", Statistica Sinica 5 (1995).
  public static func studentDegrees(_ x: [Double]) -> Double {
    func profile(_ degrees: Double) -> Double {
      var location = mean(x)
      var variance = centralMoment(x, 2)
      for _ in 0..<60 {
        var (weights, weighted, squares) = (0.0, 0.0, 0.0)
        for value in x {
          let distance = value - location
          let weight = (degrees + 1) / (degrees + distance * distance / variance)
          weights += weight
          weighted += weight * value
          squares += weight * distance * distance
        }
        location = weighted / weights
        variance = squares / Double(x.count)
      }
      var sum = Double(x.count) * (StudentLikelihood.constant(degrees) - 0.5 * Portable.log(variance))
      for value in x {
        let z = (value - location) * (value - location) / variance
        sum -= 0.5 * (degrees + 1) * Portable.log1p(z / degrees)
      }
      return sum
    }
    var (low, high) = (Portable.log(2.1), Portable.log(60))
    let golden = 0.5 * (5.0.squareRoot() - 1)
    for _ in 0..<24 {
      let (a, b) = (high - golden * (high - low), low + golden * (high - low))
      if profile(Portable.exp(a)) > profile(Portable.exp(b)) { high = b } else { low = a }
    }
    return Portable.exp(0.5 * (low + high))
  }

  private static func centralMoment(_ x: [Double], _ order: Int) -> Double {
    let center = mean(x)
    var sum = 0.0
    for value in x {
      var power = 1.0
      for _ in 0..<order { power *= value - center }
      sum += power
    }
    return sum / Double(x.count)
  }
}

/// Parts of the logarithmic density of Student's t.
enum StudentLikelihood {
  /// ln Γ((ν+1)/2) - ln Γ(ν/2) - ln(π ν)/2.
  static func constant(_ degrees: Double) -> Double {
    logGamma(0.5 * (degrees + 1)) - logGamma(0.5 * degrees) - 0.5 * Portable.log(Double.pi * degrees)
  }

  /// Stirling's series after moving the argument above 10 by the recurrence; for positive arguments, error below 1e-13.
  private static func logGamma(_ x: Double) -> Double {
    var (x, product) = (x, 1.0)
    while x < 10 {
      product *= x
      x += 1
    }
    let inverse = 1 / x
    let square = inverse * inverse
    let series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)))
    return (x - 0.5) * Portable.log(x) - x + 0.5 * Portable.log(2 * Double.pi) + series - Portable.log(product)
  }
}
