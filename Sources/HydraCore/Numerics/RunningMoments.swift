/// Count, mean, variance, skewness and kurtosis of a stream, in constant memory.
///
/// NaN values are counted apart and left out. Two parts of a stream can be merged.
///
/// - Complexity: O(1) per value.
///
/// Source: P. Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical
/// moments", Sandia report SAND2008-6212 (2008), equations 2.1 to 2.9.
public struct RunningMoments: Hashable, Codable, Sendable {
  /// Values so far, NaN left out.
  public private(set) var count = 0
  /// Values that were NaN.
  public private(set) var missing = 0
  private var center = 0.0
  private var second = 0.0
  private var third = 0.0
  private var fourth = 0.0

  public init() {}

  /// The mean; nil before the first value.
  public var mean: Double? { count > 0 ? center : nil }

  /// The variance with divisor n - 1; nil for fewer than two values.
  public var variance: Double? { count > 1 ? second / Double(count - 1) : nil }

  /// The square root of the variance.
  public var standardDeviation: Double? { variance?.squareRoot() }

  /// The skewness m₃/m₂^(3/2); nil where all values are equal.
  public var skewness: Double? {
    guard second > 0 else { return nil }
    let n = Double(count)
    let m2 = second / n
    return third / n / (m2 * m2.squareRoot())
  }

  /// The kurtosis m₄/m₂², 3 for a normal distribution; nil where all values are equal.
  public var kurtosis: Double? {
    guard second > 0 else { return nil }
    return fourth * Double(count) / (second * second)
  }

  /// Takes in the next value.
  public mutating func update(_ value: Double) {
    guard !value.isNaN else {
      missing += 1
      return
    }
    let before = Double(count)
    count += 1
    let n = Double(count)
    let delta = value - center
    let step = delta / n
    let square = step * step
    let term = delta * step * before
    center += step
    fourth += term * square * (n * n - 3 * n + 3) + 6 * square * second - 4 * step * third
    third += term * step * (n - 2) - 3 * step * second
    second += term
  }

  /// Takes in all values of another part of the stream.
  public mutating func merge(_ other: RunningMoments) {
    missing += other.missing
    guard other.count > 0 else { return }
    guard count > 0 else {
      let missing = missing
      self = other
      self.missing = missing
      return
    }
    let (a, b) = (Double(count), Double(other.count))
    let n = a + b
    let delta = other.center - center
    let step = delta / n
    let product = a * b
    fourth +=
      other.fourth + delta * step * step * step * product * (a * a - product + b * b)
      + 6 * step * step * (a * a * other.second + b * b * second) + 4 * step * (a * other.third - b * third)
    third += other.third + delta * step * step * product * (a - b) + 3 * step * (a * other.second - b * second)
    second += other.second + delta * step * product
    center += step * b
    count += other.count
  }
}
