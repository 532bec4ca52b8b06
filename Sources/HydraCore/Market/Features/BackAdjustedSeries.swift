import HydraNumerics

/// The held contract's closes as one series without the jumps at rolls, as it looked at one moment.
///
/// ```
/// difference: value_i = close_i + Σ (to - from)        ratio: value_i = close_i · Π to / from
/// ```
/// over the rolls after bar i that were known at the moment; the newest bar's value is its close. Each later roll
/// shifts all older values, so a series is made anew for every moment at which it is used and never stored. Differences
/// of values are the price changes that a holder earned. Values are for features: nobody trades at them.
///
/// Before a change of contract without a roll's prices the series is unknown.
///
/// Source: the vectors `continuous` of `Tests/Vectors/replay/costs.json`.
public struct BackAdjustedSeries: Hashable, Sendable {
  /// How older prices are carried over a roll.
  public enum Method: String, Codable, Sendable {
    case difference
    case ratio
  }

  public var dates: [CivilDate]
  /// In price units; nil before the newest roll without prices.
  public var values: [Double?]

  /// - Parameters:
  ///   - bars: in time order, of one market.
  ///   - rolls: in the order in which they became known.
  ///   - moment: nothing that became known later is used; nil uses all.
  public init(bars: [HeldBar], rolls: [Roll], at moment: Timestamp? = nil, method: Method = .difference) {
    let bars = bars.filter { moment == nil || $0.times.available <= moment! }
    let rolls = rolls.filter { moment == nil || $0.times.available <= moment! }
    dates = bars.map(\.date)
    values = Array(repeating: nil, count: bars.count)
    var (shift, scale) = (0.0, 1.0)
    var roll = rolls.count - 1
    for index in bars.indices.reversed() {
      if index + 1 < bars.count {
        var contract = bars[index + 1].contract
        // Rolls that lead from this bar's contract to the next bar's, newest first.
        while roll >= 0, rolls[roll].times.available >= bars[index].times.available, contract != bars[index].contract {
          if rolls[roll].to == contract, rolls[roll].times.available < bars[index + 1].times.available {
            shift += rolls[roll].toPrice - rolls[roll].fromPrice
            scale *= rolls[roll].toPrice / rolls[roll].fromPrice
            contract = rolls[roll].from
          }
          roll -= 1
        }
        guard contract == bars[index].contract else { return }
      }
      values[index] = method == .difference ? bars[index].close + shift : bars[index].close * scale
    }
  }
}

extension MarketHistory {
  /// For each bar the change of its contract's price since the bar before; nil for the first one and where a roll has
  /// no prices.
  public func rollFreeChanges() -> [Double?] {
    var changes = RollFreeChanges()
    var result: [Double?] = []
    var roll = 0
    for bar in bars {
      while roll < rolls.count, rolls[roll].times.available < bar.times.available {
        changes.update(rolls[roll])
        roll += 1
      }
      result.append(changes.update(bar)?.change)
    }
    return result
  }
}
