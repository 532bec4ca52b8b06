import HydraNumerics

/// What a position that follows a decision would have earned, in standard deviations.
public struct Label: Hashable, Codable, Sendable {
  /// Trade date of the decision (row t), and when it was made: t0 of purging.
  public var date: CivilDate
  public var decided: Timestamp
  /// Date t + 1, on which the position is entered at the close.
  public var entry: CivilDate
  /// Date t + 1 + h, whose close ends the position.
  public var end: CivilDate
  /// When the label became known: t1 of purging. A model trained at T may use labels with `known` ≤ T only.
  public var known: Timestamp
  /// Horizon in trade dates.
  public var horizon: Int
  /// NaN when a change of price inside the span, or the volatility at t, is missing.
  public var value: Double
  /// σ_D at t, in price units: `value × scale × √horizon` is the price change that was earned.
  public var scale: Double
}

/// Makes labels from one market's bars, with one bar between decision and entry.
///
/// ```
/// label_t = Σ_{i = t+2 … t+1+h} Δ_i / (σ_t √h)
/// ```
/// Δ are roll-free changes of the held contract, σ_t the ``DailyVolatility`` of changes up to t, both in price units.
/// The decision after bar t is filled at the close of t + 1; the first change earned is the next one.
///
/// - Complexity: O(1) per bar.
public struct LabelBuilder: Sendable {
  public let symbol: String
  public let horizon: Int
  private var changes = RollFreeChanges()
  private var volatility: DailyVolatility
  private var bars: [Point] = []
  private var sum = 0.0
  private var gaps = 0

  private struct Point: Sendable {
    var date: CivilDate
    var known: Timestamp
    /// Sum of all changes so far, and number of missing ones.
    var sum: Double
    var gaps: Int
    var scale: Double
  }

  public init(symbol: String, horizon: Int, volatilitySpan: Double = DailyVolatility.standardSpan) {
    precondition(horizon > 0, "the horizon is not positive: \(horizon)")
    self.symbol = symbol
    self.horizon = horizon
    volatility = DailyVolatility(span: volatilitySpan)
  }

  /// Takes an event; gives the label that it completes: at a bar, that of the bar h + 1 before.
  public mutating func update(_ event: MarketEvent) -> Label? {
    guard event.symbol == symbol else { return nil }
    if case .roll(let roll) = event { changes.update(roll) }
    guard case .bar(let bar) = event, let step = changes.update(bar) else { return nil }
    if let change = step.change {
      sum += change
      volatility.update(change)
    } else {
      gaps += 1
    }
    bars.append(
      Point(date: bar.date, known: bar.times.available, sum: sum, gaps: gaps, scale: volatility.value ?? .nan))
    guard bars.count == horizon + 2 else { return nil }
    let (start, entry, end) = (bars[0], bars[1], bars[horizon + 1])
    bars.removeFirst()
    let earned = end.gaps == entry.gaps ? end.sum - entry.sum : .nan
    return Label(
      date: start.date, decided: start.known, entry: entry.date, end: end.date, known: end.known, horizon: horizon,
      value: earned / (start.scale * Double(horizon).squareRoot()), scale: start.scale)
  }

  /// All labels of a stream, in order of their dates.
  public static func labels(
    _ events: some Sequence<MarketEvent>, symbol: String, horizon: Int,
    volatilitySpan: Double = DailyVolatility.standardSpan
  ) -> [Label] {
    var builder = LabelBuilder(symbol: symbol, horizon: horizon, volatilitySpan: volatilitySpan)
    return events.compactMap { builder.update($0) }
  }
}
