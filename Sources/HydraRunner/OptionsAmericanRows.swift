import ArgumentParser
import HydraCore

extension AmericanMethod: ExpressibleByArgument {}

/// The rows of American style among rows of options.
struct AmericanRows {
  /// Their places among all rows.
  let indices: [Int]
  private let futures: OptionColumns?
  private let spots: SpotOptionColumns?
  private let values: [Double]

  /// Nil when no row is American; bachelier has no American options.
  init?(_ rows: OptionRows) throws {
    let indices = rows.styles.indices.filter { rows.styles[$0] == .american }
    guard let first = indices.first else { return nil }
    guard rows.model != .bachelier else {
      throw RunnerError(
        .usage, "\(sourceName(of: rows.table)):\(rows.table.line(of: first)): style 'american' needs another model",
        hint: "--model black76 (futures) or bsm (spot)")
    }
    self.indices = indices
    values = indices.map { rows.values[$0] }
    let kinds = indices.map { rows.kinds[$0] }
    func chosen(_ column: [Double]) -> [Double] { indices.map { column[$0] } }
    if rows.model == .bsm {
      let all = rows.spotOptions
      spots = SpotOptionColumns(
        kinds: kinds, spots: chosen(all.spots), strikes: chosen(all.strikes), years: chosen(all.years),
        rates: chosen(all.rates), dividendYields: chosen(all.dividendYields))
      futures = nil
    } else {
      let all = rows.options
      futures = OptionColumns(
        kinds: kinds, forwards: chosen(all.forwards), strikes: chosen(all.strikes), years: chosen(all.years),
        rates: chosen(all.rates))
      spots = nil
    }
  }

  func price(_ method: AmericanMethod, threads: Int) -> PriceColumns {
    if let spots { return American.price(spots, volatilities: values, method: method, threads: threads) }
    return American.price(futures!, volatilities: values, method: method, threads: threads)
  }

  /// The value of an approximation's formula before it is held above European price and payoff.
  func rawPrice(_ method: AmericanMethod, threads: Int) -> [Double] {
    if let spots { return American.approximation(spots, volatilities: values, method: method, threads: threads) }
    return American.approximation(futures!, volatilities: values, method: method, threads: threads)
  }

  func greeks(_ method: AmericanMethod, threads: Int) -> (greeks: [AmericanGreeks], statuses: [PriceStatus]) {
    if let spots { return American.greeks(spots, volatilities: values, method: method, threads: threads) }
    return American.greeks(futures!, volatilities: values, method: method, threads: threads)
  }

  func impliedVolatility(threads: Int) -> ImpliedVolatilityColumns {
    if let spots { return American.impliedVolatility(of: values, spots, threads: threads) }
    return American.impliedVolatility(of: values, futures!, threads: threads)
  }
}

extension PricedRows {
  /// Puts the prices and sensitivities of American rows in the place of the European ones.
  mutating func replaceAmerican(in rows: OptionRows, method: AmericanMethod, threads: Int) throws {
    guard let american = try AmericanRows(rows) else { return }
    let needsGreeks = columns.count > 1
    let priced = needsGreeks ? nil : american.price(method, threads: threads)
    let greeks = needsGreeks ? american.greeks(method, threads: threads) : nil
    for (place, row) in american.indices.enumerated() where rows.faults[row] == nil {
      statuses[row] = (priced?.statuses ?? greeks!.statuses)[place].rawValue
      for column in columns.indices {
        let name = columns[column].name
        let value: Double? =
          if name == "price" {
            priced?.prices[place] ?? greeks?.greeks[place].price
          } else if name == "psi" {
            greeks?.greeks[place].psi
          } else {
            Greeks.Name(rawValue: name).flatMap { greeks?.greeks[place][$0] }
          }
        columns[column].values[row] = value ?? .nan
      }
    }
    guard method != .accurate && method != .fast else { return }
    var raw = [Double](repeating: .nan, count: rows.count)
    for (row, value) in zip(american.indices, american.rawPrice(method, threads: threads)) { raw[row] = value }
    columns.insert(("raw_price", raw), at: 1)
  }
}
