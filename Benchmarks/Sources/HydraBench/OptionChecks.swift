import HydraNumerics
import HydraOptions

/// What has to hold of batches of options, whatever the options are.
enum OptionChecks {
  /// Rows to look at: all of a small batch, about two thousand of a large one.
  private static func sample(_ count: Int) -> StrideTo<Int> { stride(from: 0, to: count, by: max(1, count / 2_000)) }

  /// What rounding may move a price by: a few hundred units of what it is a difference of.
  private static func tolerance(_ options: OptionColumns, _ row: Int) -> Double {
    1e-13 * (options.forwards[row] + options.strikes[row]) * discount(options, row)
  }

  private static func discount(_ options: OptionColumns, _ row: Int) -> Double {
    Portable.exp(-options.rates[row] * options.years[row])
  }

  /// The price of one option, or of the one on the other side.
  private static func price(_ options: OptionColumns, _ row: Int, volatility: Double, opposite: Bool = false) -> Double
  {
    let kind = options.kinds[row]
    return Black76.price(
      opposite ? kind.opposite : kind, forward: options.forwards[row], strike: options.strikes[row],
      years: options.years[row], volatility: volatility, rate: options.rates[row])
  }

  /// Prices are those of the single call, bit for bit, and call and put differ by D (F - K).
  static func prices(_ options: OptionColumns, volatilities: [Double], _ result: PriceColumns) throws {
    for row in sample(options.count) {
      let single = price(options, row, volatility: volatilities[row])
      try check(
        single.bitPattern == result.prices[row].bitPattern || (single.isNaN && result.prices[row].isNaN),
        "row \(row): price \(result.prices[row]) in the batch, \(single) alone")
      guard result.statuses[row] == .ok, volatilities[row] < .infinity else { continue }
      let other = price(options, row, volatility: volatilities[row], opposite: true)
      let parity = discount(options, row) * (options.forwards[row] - options.strikes[row])
      let gap = abs(options.kinds[row].sign * (single - other) - parity)
      try check(gap <= tolerance(options, row), "row \(row): put-call parity is missed by \(gap)")
    }
  }

  /// Greeks are those of the single call, bit for bit, and prices with Greeks are prices without.
  static func greeks(_ options: OptionColumns, volatilities: [Double], _ result: GreekColumns) throws {
    let columns = Greeks.Name.allCases.map { ($0, result[$0]) }
    for row in sample(options.count) {
      let single = Black76.greeks(
        options.kinds[row], forward: options.forwards[row], strike: options.strikes[row], years: options.years[row],
        volatility: volatilities[row], rate: options.rates[row])
      for (name, column) in columns {
        try check(
          single[name].bitPattern == column[row].bitPattern || (single[name].isNaN && column[row].isNaN),
          "row \(row): \(name.rawValue) \(column[row]) in the batch, \(single[name]) alone")
      }
      let plain = price(options, row, volatility: volatilities[row])
      guard result.statuses[row] == .ok else { continue }
      let gap = abs(plain - result.prices[row])
      try check(gap <= tolerance(options, row), "row \(row): the price beside the Greeks is off by \(gap)")
    }
  }

  /// Volatilities give the prices back.
  static func volatilities(_ options: OptionColumns, prices: [Double], _ result: ImpliedVolatilityColumns) throws {
    for row in sample(options.count) where result.statuses[row] == .ok {
      let gap = abs(price(options, row, volatility: result.volatilities[row]) - prices[row])
      try check(gap <= tolerance(options, row), "row \(row): the volatility misses the price by \(gap)")
    }
  }
}
