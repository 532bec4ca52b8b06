import ArgumentParser
import HydraCore

extension DealerConvention: ExpressibleByArgument {}

/// `hydra options flows`: what dealers have to trade when the future moves.
struct OptionsFlowsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flows",
    abstract: "Sum dealers' gamma, vanna and charm over a chain; flip levels, walls, max pain.",
    discussion: """
      Reads the columns type (call, put), strike, expiry_years, vol, open_interest, forward, rate; rows without open
      interest count as none. Prints JSON: dollars of delta for a move of 1 % (gex), a point of volatility (vanna), a
      calendar day (charm), the delta in contracts, gex by strike, the prices between 85 and 115 % of the future at which
      gex would be zero, the strikes of the largest positive and negative gex, and the strike at which the nearest
      expiry pays least.
      """)

  @Option(help: "Dollars that one contract earns when the future rises by 1 (oats in cents: 50).")
  var usdPerPoint: Double

  @Option(help: "calls_long_puts_short (dealers long calls, short puts) or short_all.")
  var convention: DealerConvention = .dealersLongCallsShortPuts

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard usdPerPoint > 0, usdPerPoint < .infinity else { throw ValidationError("--usd-per-point is not positive") }
  }

  func run() async throws {
    let table = try input.table()
    let positions = try Self.positions(table)
    let exposure: DealerExposure
    do {
      exposure = try DealerExposure(positions, currencyPerPoint: usdPerPoint, convention: convention)
    } catch .invalid(let row, let column, let value) {
      let names = ["years": "expiry_years", "volatility": "vol", "open interest": "open_interest"]
      throw CSVError(
        file: table.file, line: table.line(of: row), column: names[column] ?? column, value: NumberText.text(value),
        problem: "is outside the model")
    }
    try output.write(summary: Self.summary(exposure))
  }

  /// The chain of a table.
  static func positions(_ table: CSVTable) throws -> [DealerExposure.Position] {
    let types = try table.requiredIndex(of: "type")
    let columns = try ["strike", "expiry_years", "vol", "forward", "rate"].map {
      try table.doubles($0, missing: .refused)
    }
    let interests = try table.doubles("open_interest")
    return try table.strings(column: types).enumerated().map { row, text in
      guard let kind = OptionKind(rawValue: text) else {
        throw table.error(row: row, column: types, expected: "call or put")
      }
      return DealerExposure.Position(
        kind, strike: columns[0][row], years: columns[1][row], volatility: columns[2][row],
        openInterest: interests[row].isNaN ? 0 : interests[row], forward: columns[3][row], rate: columns[4][row])
    }
  }

  /// The exposure under the names of the golden vectors.
  static func summary(_ exposure: DealerExposure) -> JSONValue {
    func text(_ strike: Double) -> String {
      strike == strike.rounded() && abs(strike) < 1e15 ? "\(Int(strike)).0" : NumberText.text(strike)
    }
    var result: JSONValue = .object([
      ("total_gex_1pct_usd", JSONValue(exposure.gamma)),
      ("total_gamma_contracts_per_point", JSONValue(exposure.gammaContracts)),
      ("total_vanna_1volpoint_usd", JSONValue(exposure.vanna)),
      ("total_charm_1day_usd", JSONValue(exposure.charm)),
      ("total_delta_contracts", JSONValue(exposure.delta)),
      ("gross_gex_1pct_usd", JSONValue(exposure.grossGamma)),
      ("gex_by_strike", .object(exposure.levels.map { (text($0.strike), JSONValue($0.gamma)) })),
      ("gamma_flip_levels_in_85_115pct", JSONValue(exposure.flipLevels)),
      ("total_gex_if_dealer_short_all", JSONValue(-exposure.grossGamma)),
      ("call_wall", JSONValue(exposure.callWall)),
      ("put_wall", JSONValue(exposure.putWall)),
    ])
    if let years = exposure.nearestYears, years < 1e6 {
      result["max_pain_\(Int((years * 365).rounded()))d"] = JSONValue(exposure.maxPain)
    }
    return result
  }
}
