/// A mean in which the weight of a value falls by the factor 1 - alpha with each later one.
///
/// ```
/// total = (1 - alpha) total + x      weight = (1 - alpha) weight + 1      mean = total / weight
/// ```
/// The division by the weights makes the start unbiased: after one value the mean is that value. NaN values are left
/// out; the others keep their age.
///
///     var average = ExponentialAverage(halfLife: 20)
///     average.update(1.5)
///     average.mean          // 1.5
public struct ExponentialAverage: Hashable, Codable, Sendable {
  /// The share of the newest value in a long series, in 0...1.
  public let alpha: Double
  /// Sum of the weights of all values so far; 1/alpha in the end.
  public private(set) var weight = 0.0
  private var total = 0.0

  /// - Precondition: `alpha` lies above 0 and is at most 1.
  public init(alpha: Double) {
    precondition(alpha > 0 && alpha <= 1, "alpha outside 0...1: \(alpha)")
    self.alpha = alpha
  }

  /// A mean in which a value counts half as much as one that is `halfLife` steps newer.
  public init(halfLife: Double) {
    precondition(halfLife > 0, "a half-life that is not positive: \(halfLife)")
    self.init(alpha: -Portable.expm1(-0.6931471805599453 / halfLife))
  }

  /// A mean with alpha = 2/(span + 1), whose values have the mean age of a moving average over `span` values.
  public init(span: Double) {
    precondition(span >= 1, "a span below 1: \(span)")
    self.init(alpha: 2 / (span + 1))
  }

  /// The mean so far; nil before the first value.
  public var mean: Double? { weight > 0 ? total / weight : nil }

  /// Takes in the next value.
  public mutating func update(_ value: Double) {
    guard !value.isNaN else { return }
    total = (1 - alpha) * total + value
    weight = (1 - alpha) * weight + 1
  }
}

extension Statistics {
  /// The exponential mean after each value (`ExponentialAverage`); NaN before the first that is not NaN.
  public static func exponentialMeans(_ values: [Double], alpha: Double) -> [Double] {
    var average = ExponentialAverage(alpha: alpha)
    return values.map { value in
      average.update(value)
      return average.mean ?? .nan
    }
  }
}
