import ArgumentParser
import HydraCore

/// `hydra options iv`: implied volatilities.
struct OptionsVolatilityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "iv",
    abstract: "Find the volatility at which the model gives the price.",
    discussion: """
      Reads the columns type (call, put), forward, strike, expiry_years, rate, price and optionally style (european, american);
      --model bsm reads spot and dividend_yield (empty: 0) in place of forward. Adds vol (normal_vol for --model
      bachelier) and status: ok, ok_zero_vol (price at intrinsic value), at_maximum (vol is inf), below_intrinsic,
      above_maximum, nan_input, invalid (no vol in the last four).
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var rows: OptionRowsOptions
  @OptionGroup var strictness: StrictOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let rows = try rows.read(input, with: "price")
    var inverted =
      switch rows.model {
      case .black76: Black76.impliedVolatility(of: rows.values, rows.options, threads: common.threads)
      case .bsm: BlackScholes.impliedVolatility(of: rows.values, rows.spotOptions, threads: common.threads)
      case .bachelier: Bachelier.impliedVolatility(of: rows.values, rows.options, threads: common.threads)
      }
    if let american = try AmericanRows(rows) {
      let answers = american.impliedVolatility(threads: common.threads)
      for (place, row) in american.indices.enumerated() {
        inverted.volatilities[row] = answers.volatilities[place]
        inverted.statuses[row] = answers.statuses[place]
      }
    }
    let statuses = rows.statuses(inverted.statuses.map(\.rawValue))
    var result = RowTable(carrying: rows.table)
    result.add(column: rows.model.volatilityColumn, inverted.volatilities)
    result.add(column: "status", statuses.map { $0 })
    try output.write(rows: result)
    let answered: [ImpliedVolatilityStatus] = [.ok, .okZeroVolatility, .atMaximum]
    try strictness.require(statuses, in: rows, answered: Set(answered.map(\.rawValue)))
  }
}
