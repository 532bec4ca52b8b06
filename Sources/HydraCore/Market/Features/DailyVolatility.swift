/// The standard deviation of daily changes by exponential weights, about zero.
///
/// ```
/// v_t = (1 − a) v_{t−1} + a x_t²,   a = 2 / (span + 1),   value = √(v_t / (1 − (1 − a)^t))
/// ```
/// In the unit of the changes. Labels, sizing and the cost function all use this one, so that a forecast in standard
/// deviations means the same number of price units everywhere. The mean is taken as zero: at daily steps it is
/// much smaller than its own standard error. The division corrects the start from v_0 = 0.
public struct DailyVolatility: Hashable, Codable, Sendable {
  /// Trade dates in a year, for annual figures.
  public static let daysPerYear = 252.0
  /// 36 dates: near the best constant for daily futures, see the variance forecasts in the evaluation notes.
  public static let standardSpan = 36.0
  /// Changes needed before there is a value.
  public static let warmUp = 20

  public let span: Double
  public private(set) var count = 0
  private var weighted = 0.0
  private var weight = 0.0

  public init(span: Double = DailyVolatility.standardSpan) {
    precondition(span >= 1, "the span is below one: \(span)")
    self.span = span
  }

  /// Takes a day's change; one that is not a number is left out.
  public mutating func update(_ change: Double) {
    guard change.isFinite else { return }
    let a = 2 / (span + 1)
    weighted = (1 - a) * weighted + a * change * change
    weight = (1 - a) * weight + a
    count += 1
  }

  /// Nil during warm-up, and when nothing has moved.
  public var value: Double? {
    guard count >= Self.warmUp, weighted > 0 else { return nil }
    return (weighted / weight).squareRoot()
  }
}
