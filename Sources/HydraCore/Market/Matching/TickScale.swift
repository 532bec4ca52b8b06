/// Whole ticks for prices, and prices for whole ticks.
///
///     let scale = TickScale(tick: 0.25)!
///     scale.ticks(350.25)          // 1401
///     scale.ticks(350.1)           // nil: between two ticks
///     scale.price(1401)            // 350.25
///
/// Ticks of at most nine decimals are held as a fraction, so that ``price(_:)`` is the double nearest to the decimal
/// price and prints as short as it was read.
public struct TickScale: Hashable, Codable, Sendable {
  /// The smallest step, in price units.
  public let tick: Double
  private let numerator: Double
  private let denominator: Double

  /// Nil unless `tick` is a positive, finite number.
  public init?(tick: Double) {
    guard tick > 0, tick.isFinite else { return nil }
    self.tick = tick
    var scale = 1.0
    for _ in 0...9 {
      let whole = (tick * scale).rounded()
      if whole >= 1, whole < 0x1p52, whole / scale == tick {
        (numerator, denominator) = (whole, scale)
        return
      }
      scale *= 10
    }
    (numerator, denominator) = (tick, 1)
  }

  /// The price as whole ticks; nil when it lies between two or is too large to count.
  public func ticks(_ price: Double) -> Int? {
    let quotient = price / tick
    let whole = quotient.rounded()
    // A decimal price over a decimal tick is off by a few ulps at most.
    guard abs(whole) < 0x1p46, abs(quotient - whole) <= 1e-6 else { return nil }
    return Int(whole)
  }

  /// The price of whole ticks.
  public func price(_ ticks: Int) -> Double { Double(ticks) * numerator / denominator }
}
