import HydraNumerics

/// Total variances of several expiries at one log-moneyness, joined so that variance grows evenly between them.
///
/// ```
/// w(T) = w₁ + (w₂ - w₁) (τ(T) - τ(T₁)) / (τ(T₂) - τ(T₁)),   τ = the clock's time
/// ```
/// Outside the expiries the volatility per clock time stays as it is at the nearest one. A far expiry with less variance
/// than a near one is arbitrage: it is reported, not mended.
///
///     let term = try TermStructure(years: [21.0 / 365, 35.0 / 365], volatilities: [0.368, 0.326])
///     term.volatility(30.0 / 365)
///     term.forwardVariances       // one for each gap, per year
public struct TermStructure: Hashable, Codable, Sendable {
  /// Times of the expiries in rising order.
  public let years: [Double]
  /// w = σ² T at each.
  public let totalVariances: [Double]
  /// The time that variance feels.
  public let clock: ReportClock

  /// - Throws: `.tooFewQuotes` without an expiry; `.impossibleQuote` for times that are not positive and rising, or
  ///   variances that are negative.
  public init(years: [Double], totalVariances: [Double], clock: ReportClock = ReportClock()) throws(SmileFitError) {
    precondition(years.count == totalVariances.count, "times and variances differ in number")
    guard !years.isEmpty else { throw .tooFewQuotes(count: 0, needed: 1) }
    for index in years.indices {
      let least = index == 0 ? 0 : years[index - 1]
      guard years[index] > least, years[index] < .infinity else {
        throw .impossibleQuote(index: index, value: years[index])
      }
      guard totalVariances[index] >= 0, totalVariances[index] < .infinity else {
        throw .impossibleQuote(index: index, value: totalVariances[index])
      }
    }
    (self.years, self.totalVariances, self.clock) = (years, totalVariances, clock)
  }

  /// From volatilities per √year.
  public init(years: [Double], volatilities: [Double], clock: ReportClock = ReportClock()) throws(SmileFitError) {
    try self.init(years: years, totalVariances: zip(years, volatilities).map { $1 * $1 * $0 }, clock: clock)
  }

  /// w(T).
  public func totalVariance(_ time: Double) -> Double {
    let place = TermPlace(time, years: years, clock: clock)
    return place.blend(totalVariances[place.near], totalVariances[place.far])
  }

  /// √(w(T)/T).
  public func volatility(_ time: Double) -> Double { (totalVariance(time) / time).squareRoot() }

  /// (w₂ - w₁)/(T₂ - T₁) of each pair of neighbours: variance per year between two expiries; negative is arbitrage.
  public var forwardVariances: [Double] {
    zip(years.indices, years.indices.dropFirst()).map { near, far in
      let growth = totalVariances[far] - totalVariances[near]
      return growth / (years[far] - years[near])
    }
  }

  /// Gaps (0 is the first) over which total variance falls: a calendar spread with a negative price.
  public var fallingGaps: [Int] {
    years.indices.dropLast().filter { totalVariances[$0 + 1] < totalVariances[$0] }
  }

  /// The share of a report in the variance between two expiries around it, if ordinary days have the volatility of the
  /// expiry before: √(w₂ - σ₁² T₂), the standard deviation of the report's move; nil where nothing is left for it.
  public static func reportMove(
    before near: (years: Double, volatility: Double), after far: (years: Double, volatility: Double)
  ) -> Double? {
    let rest = far.volatility * far.volatility * far.years - near.volatility * near.volatility * far.years
    return rest > 0 ? rest.squareRoot() : nil
  }
}

/// Between which expiries a time lies, and how their total variances are joined there.
struct TermPlace: Sendable {
  let near, far: Int
  private let nearShare, farShare: Double

  init(_ time: Double, years: [Double], clock: ReportClock) {
    let next = years.firstIndex { $0 >= time }
    if let next, next > 0, years[next] > time {
      (near, far) = (next - 1, next)
      let (t0, t1) = (clock.time(years[near]), clock.time(years[far]))
      farShare = (clock.time(time) - t0) / (t1 - t0)
      nearShare = 1 - farShare
    } else {
      let index = next ?? years.count - 1
      (near, far) = (index, index)
      nearShare = years[index] == time ? 1 : clock.time(time) / clock.time(years[index])
      farShare = 0
    }
  }

  func blend(_ nearValue: Double, _ farValue: Double) -> Double {
    near == far ? nearShare * nearValue : nearShare * nearValue + farShare * farValue
  }
}
