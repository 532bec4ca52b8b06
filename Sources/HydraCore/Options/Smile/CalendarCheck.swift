import HydraNumerics

/// Whether total variance rises from one expiry to the next at every log-moneyness: where it falls, a calendar spread has
/// a negative price.
public struct CalendarCheck: Hashable, Codable, Sendable {
  /// The least w_far(k) - w_near(k).
  public var leastDifference: Double
  /// ln(K/F) of the least difference.
  public var logMoneyness: Double
  /// Where the two total variances cross, in rising order.
  public var crossings: [Double]
  /// The range that was searched.
  public var range: ClosedRange<Double>
  /// Whether the far expiry lies nowhere below the near one.
  public var isFree: Bool { leastDifference >= 0 }

  /// Compares two smiles at equal ln(K/F), each with its own forward.
  ///
  /// Crossings are bracketed on a grid of 1,200 steps and solved to the last digits; two crossings within one step are
  /// found through the minimum between them.
  ///
  /// - Parameter range: of ln(K/F); by default ±8 standard deviations of the far expiry.
  public init(near: some VolatilitySmile, far: some VolatilitySmile, over range: ClosedRange<Double>? = nil) {
    let width = 8 * far.totalVariance(atLogMoneyness: 0).value.squareRoot()
    let range = range ?? (-width...width)
    func difference(_ k: Double) -> Double {
      far.totalVariance(atLogMoneyness: k).value - near.totalVariance(atLogMoneyness: k).value
    }
    let steps = 1_200
    let low = GridMinimum(range, steps: steps, difference)
    (leastDifference, logMoneyness) = (low.value, low.place)
    let step = (range.upperBound - range.lowerBound) / Double(steps)
    var places = (0...steps).map { $0 == steps ? range.upperBound : range.lowerBound + step * Double($0) }
    places.append(low.place)
    places.sort()
    let values = places.map(difference)
    crossings = []
    for index in 1..<places.count where (values[index - 1] < 0) != (values[index] < 0) {
      crossings.append(Self.crossing(places[index - 1], values[index - 1], places[index], values[index], difference))
    }
    self.range = range
  }

  /// The root between two places of different sign, by bisection with secant steps (ITP would save nothing here).
  private static func crossing(
    _ left: Double, _ leftValue: Double, _ right: Double, _ rightValue: Double, _ f: (Double) -> Double
  ) -> Double {
    var (a, b, fa, fb) = (left, right, leftValue, rightValue)
    for round in 0..<200 where b - a > 4 * max(abs(a), abs(b)).ulp {
      var c = round % 3 == 2 ? a + (b - a) / 2 : a - fa * (b - a) / (fb - fa)
      if !(c > a && c < b) { c = a + (b - a) / 2 }
      if !(c > a && c < b) { break }
      let fc = f(c)
      if fc == 0 { return c }
      if (fc < 0) == (fa < 0) { (a, fa) = (c, fc) } else { (b, fb) = (c, fc) }
    }
    return abs(fa) < abs(fb) ? a : b
  }
}
