import HydraNumerics
import HydraOptions

/// `hydra-bench options american`: American prices over the rows of a file.
enum OptionsAmericanCall {
  static let usage = "options american IN.csv OUT.csv [--method accurate|fast|…] [--threads N] [--repeat R]"

  static func run(_ words: ArraySlice<String>) throws {
    let arguments = try Arguments(words, call: "options", positional: 3, options: ["threads", "repeat", "method"])
    let name = arguments.optional("method") ?? AmericanMethod.accurate.rawValue
    guard let method = AmericanMethod(rawValue: name) else {
      let known = AmericanMethod.allCases.map(\.rawValue).joined(separator: ", ")
      throw BenchError.usage("options american: unknown method '\(name)'; known: \(known)")
    }
    let threads = try arguments.whole("threads", default: 1)
    let repeats = try arguments.whole("repeat", default: 5)
    let (options, volatilities) = try columns(of: CSVTable(path: arguments[1]))
    let compute = { American.price(options, volatilities: volatilities, method: method, threads: threads) }
    let result = compute()
    try verify(options, volatilities, result, method)
    let measurement = Measurement(repeats: repeats, compute)
    try write(lines: result.prices.map(numberField), to: arguments[2])
    print(JSONValue.object([("seconds", .number(measurement.seconds))]).text)
  }

  /// Columns `type`, `spot` and `dividend_yield` or `forward`, `strike`, `expiry_years`, `rate`, `vol`; a future is a
  /// spot whose yield is the rate.
  private static func columns(of table: CSVTable) throws -> (SpotOptionColumns, [Double]) {
    let types = try table.requiredIndex(of: "type")
    let kinds = try table.strings(column: types).enumerated().map { row, text in
      guard let kind = OptionKind(rawValue: text) else {
        throw table.error(row: row, column: types, expected: "call or put")
      }
      return kind
    }
    let isSpot = table.hasColumn("spot")
    let rates = try table.doubles("rate")
    let yields = isSpot ? (try table.optionalDoubles("dividend_yield") ?? []).map { $0 ?? 0 } : rates
    let options = SpotOptionColumns(
      kinds: kinds, spots: try table.doubles(isSpot ? "spot" : "forward"), strikes: try table.doubles("strike"),
      years: try table.doubles("expiry_years"), rates: rates,
      dividendYields: yields.isEmpty ? nil : yields)
    return (options, try table.doubles("vol"))
  }

  /// Prices are those of the single call, bit for bit, and lie between what the holder has for certain and the bound.
  private static func verify(
    _ options: SpotOptionColumns, _ volatilities: [Double], _ result: PriceColumns, _ method: AmericanMethod
  ) throws {
    for row in stride(from: 0, to: options.count, by: max(1, options.count / 200)) where result.statuses[row] == .ok {
      let (kind, spot, strike) = (options.kinds[row], options.spots[row], options.strikes[row])
      let (years, rate, yield) = (options.years[row], options.rates[row], options.dividendYields[row])
      let single = American.price(
        kind, spot: spot, strike: strike, years: years, volatility: volatilities[row], rate: rate, dividendYield: yield,
        method: method)
      let price = result.prices[row]
      try check(
        single.bitPattern == price.bitPattern, "row \(row): price \(price) in the batch, \(single) alone")
      let european = BlackScholes.price(
        kind, spot: spot, strike: strike, years: years, volatility: volatilities[row], rate: rate, dividendYield: yield)
      let least = max(european, kind.payoff(forward: spot, strike: strike))
      try check(price >= least - 1e-12 * strike, "row \(row): price \(price) is below \(least)")
    }
  }
}
