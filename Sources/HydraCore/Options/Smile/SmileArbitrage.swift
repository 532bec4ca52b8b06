import HydraNumerics

/// The least value of Durrleman's g over a range of log-moneyness.
public struct ButterflyCheck: Hashable, Codable, Sendable {
  /// The least g; a butterfly has a negative price exactly where g < 0.
  public var leastValue: Double
  /// ln(K/F) of the least g.
  public var logMoneyness: Double
  /// The range that was searched.
  public var range: ClosedRange<Double>
  /// Whether g ≥ 0 throughout (down to -1e-9, the rounding of a g that touches zero).
  public var isFree: Bool { leastValue >= -1e-9 }
}

extension VolatilitySmile {
  /// Searches the least g: a grid, then the golden section around its lowest point.
  ///
  /// - Parameter range: of ln(K/F); by default ±8 √w(0), eight standard deviations.
  /// - Complexity: 1,201 values of the total variance.
  public func butterfly(over range: ClosedRange<Double>? = nil) -> ButterflyCheck {
    let width = 8 * totalVariance(atLogMoneyness: 0).value.squareRoot()
    let range = range ?? (-width...width)
    func g(_ k: Double) -> Double {
      let variance = totalVariance(atLogMoneyness: k)
      // Where the variance is not positive there is no price at all.
      return variance.value > 0 ? variance.butterfly(atLogMoneyness: k) : -.infinity
    }
    let low = GridMinimum(range, steps: 1_200, g)
    return ButterflyCheck(leastValue: low.value, logMoneyness: low.place, range: range)
  }

  /// The least g where quotes have something to say: within three times the widest log-moneyness quoted, at least ±0.45.
  public func butterfly(quotedAt strikes: [Double]) -> ButterflyCheck {
    let widest = strikes.reduce(0) { max($0, abs(Portable.log($1 / forward))) }
    let reach = max(3 * widest, 0.45)
    return butterfly(over: -reach...reach)
  }
}

/// The least value of a function on a range: a grid, then the golden section between the neighbours of its lowest point.
struct GridMinimum {
  var place: Double
  var value: Double

  init(_ range: ClosedRange<Double>, steps: Int, _ f: (Double) -> Double) {
    let step = (range.upperBound - range.lowerBound) / Double(steps)
    func point(_ index: Int) -> Double {
      index == steps ? range.upperBound : range.lowerBound + step * Double(index)
    }
    (place, value) = (range.lowerBound, f(range.lowerBound))
    var lowest = 0
    for index in 1...steps {
      let trial = f(point(index))
      if trial < value || (value.isNaN && !trial.isNaN) { (place, value, lowest) = (point(index), trial, index) }
    }
    guard value.isFinite else { return }
    var (left, right) = (point(max(lowest - 1, 0)), point(min(lowest + 1, steps)))
    let share = 0.381966011250105
    var (x, y) = (left + share * (right - left), right - share * (right - left))
    var (fx, fy) = (f(x), f(y))
    for _ in 0..<60 where right - left > 1e-12 {
      if fx < fy {
        (right, y, fy) = (y, x, fx)
        x = left + share * (right - left)
        fx = f(x)
      } else {
        (left, x, fx) = (x, y, fy)
        y = right - share * (right - left)
        fy = f(y)
      }
    }
    if fx < value { (place, value) = (x, fx) }
    if fy < value { (place, value) = (y, fy) }
  }
}
