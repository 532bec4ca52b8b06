import ArgumentParser
import HydraCore

/// Which sensitivities are printed.
enum GreekSelection: String, CaseIterable, ExpressibleByArgument {
  case none, first, all

  var names: [Greeks.Name] {
    switch self {
    case .none: []
    case .first: Greeks.Name.first
    case .all: Greeks.Name.allCases
    }
  }
}

/// `hydra options price`: prices and Greeks.
struct OptionsPriceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "price",
    abstract: "Price European and American options, with Greeks.",
    discussion: """
      Reads the columns type (call, put), forward, strike, expiry_years, rate, vol and optionally style (european, american);
      --model bsm reads spot and dividend_yield (empty: 0) in place of forward, --model bachelier normal_vol in place of
      vol. Adds price, the Greeks and status (ok, nan_input, invalid). Units: vol and rate per 1.00, time in years;
      theta, charm, veta and color are changes per year of calendar time. With --undiscounted the rate is 0.
      American rows have delta, gamma, vega, theta, rho, dual_delta, dual_gamma and psi; --method is theirs, and the
      approximations add raw_price, the formula before it is held above the European price and the payoff.
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var rows: OptionRowsOptions

  @Option(help: "none; first: delta gamma vega theta rho; all: 15 up to third order, and psi for bsm.")
  var greeks: GreekSelection = .none

  @Option(help: "Of American rows: accurate (1e-9 of the strike), fast (1e-6), baw, bjs1993 or bjs2002.")
  var method: AmericanMethod = .accurate

  @OptionGroup var strictness: StrictOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let rows = try rows.read(input, with: rows.model.volatilityColumn)
    var priced = PricedRows(rows, greeks: greeks, threads: common.threads)
    try priced.replaceAmerican(in: rows, method: method, threads: common.threads)
    var result = RowTable(carrying: rows.table)
    for (name, values) in priced.columns { result.add(column: name, values) }
    result.add(column: "status", priced.statuses.map { $0 })
    try output.write(rows: result)
    try strictness.require(priced.statuses, in: rows, answered: ["ok"])
  }
}

/// The numbers that the verb adds to its rows.
struct PricedRows {
  /// The price, the chosen Greeks and psi by name; NaN where the status is not ok.
  var columns: [(name: String, values: [Double])]
  var statuses: [String]

  init(_ rows: OptionRows, greeks: GreekSelection, threads: Int) {
    let values = rows.values
    let statuses: [PriceStatus]
    if greeks == .none {
      let priced =
        switch rows.model {
        case .black76: Black76.price(rows.options, volatilities: values, threads: threads)
        case .bsm: BlackScholes.price(rows.spotOptions, volatilities: values, threads: threads)
        case .bachelier: Bachelier.price(rows.options, volatilities: values, threads: threads)
        }
      columns = [("price", priced.prices)]
      statuses = priced.statuses
    } else {
      var psis: [Double]?
      let priced: GreekColumns
      switch rows.model {
      case .black76: priced = Black76.greeks(rows.options, volatilities: values, threads: threads)
      case .bachelier: priced = Bachelier.greeks(rows.options, volatilities: values, threads: threads)
      case .bsm:
        let spot = BlackScholes.greeks(rows.spotOptions, volatilities: values, threads: threads)
        priced = spot.greeks
        psis = spot.psis
      }
      // Without discount only the forward depends on the rate, and it does as on the yield.
      let rhos = rows.undiscounted ? psis?.map { 0 - $0 } : nil
      columns = [("price", priced.prices)]
      for name in greeks.names { columns.append((name.rawValue, name == .rho ? rhos ?? priced[name] : priced[name])) }
      if greeks == .all, let psis { columns.append(("psi", psis)) }
      statuses = priced.statuses
    }
    self.statuses = rows.statuses(statuses.map(\.rawValue))
  }
}
