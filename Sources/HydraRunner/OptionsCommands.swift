import ArgumentParser
import HydraCore

/// `hydra options`: option mathematics.
struct OptionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "options",
    abstract: "Price options, and find the volatility in prices.",
    subcommands: [OptionsPriceCommand.self, OptionsVolatilityCommand.self])
}

/// The pricing model of a verb.
enum PricingModel: String, CaseIterable, ExpressibleByArgument {
  case black76, bsm, bachelier
}

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

/// What every verb on rows of options takes.
struct OptionRowsOptions: ParsableArguments {
  @Option(help: "black76 (European options on futures).")
  var model: PricingModel = .black76

  @Flag(help: "Prices are not discounted; the column 'rate' is not needed.")
  var undiscounted = false

  /// The input's table with its options and one more column of numbers.
  func read(
    _ input: InputOptions, with column: String
  ) throws -> (table: CSVTable, options: OptionColumns, values: [Double]) {
    let table = try input.table()
    return (table, try options(in: table), try numbers(column, in: table))
  }

  /// The options of a table: columns `type`, `forward`, `strike`, `expiry_years`, `rate`, `style`.
  func options(in table: CSVTable) throws -> OptionColumns {
    guard model == .black76 else {
      throw RunnerError(.usage, "--model \(model.rawValue) is not in this version", hint: "use --model black76")
    }
    if !table.hasColumn("forward"), table.hasColumn("spot") {
      throw RunnerError(.usage, "\(name(of: table)): --model black76 reads the column 'forward', not 'spot'")
    }
    if let styles = table.index(of: "style") {
      for (row, style) in table.strings(column: styles).enumerated() where !["", "european"].contains(style) {
        guard style == "american" else {
          throw table.error(row: row, column: styles, expected: "european or american")
        }
        throw RunnerError(
          .usage, "\(name(of: table)):\(table.line(of: row)): style 'american' is not in this version",
          hint: "European options only")
      }
    }
    let typeColumn = try table.requiredIndex(of: "type")
    var strikes = try numbers("strike", in: table)
    var kinds: [OptionKind] = []
    kinds.reserveCapacity(table.count)
    for (row, text) in table.strings(column: typeColumn).enumerated() {
      if let kind = OptionKind(rawValue: text) {
        kinds.append(kind)
      } else if text.isEmpty {
        // An unknown type makes the row's status nan_input, like any other missing input.
        kinds.append(.call)
        strikes[row] = .nan
      } else {
        throw table.error(row: row, column: typeColumn, expected: "call or put")
      }
    }
    if !undiscounted, !table.hasColumn("rate") {
      throw RunnerError(
        .badData, "\(name(of: table)): there is no column 'rate'", hint: "--undiscounted does without")
    }
    return OptionColumns(
      kinds: kinds, forwards: try numbers("forward", in: table), strikes: strikes,
      years: try numbers("expiry_years", in: table), rates: undiscounted ? nil : try numbers("rate", in: table))
  }

  /// A column of numbers in which `nan` is a missing value like an empty field.
  func numbers(_ name: String, in table: CSVTable) throws -> [Double] {
    do {
      return try table.doubles(name)
    } catch let problem as CSVError {
      guard let column = table.index(of: name) else { throw problem }
      return try table.strings(column: column).enumerated().map { row, text in
        if text.lowercased() == "nan" { return .nan }
        return try table.double(row: row, column: column) ?? .nan
      }
    }
  }
}

/// How messages call a table's source.
private func name(of table: CSVTable) -> String { table.file == "-" ? "standard input" : table.file }

/// `hydra options price`: prices and Greeks.
struct OptionsPriceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "price",
    abstract: "Price European options on futures, with Greeks.",
    discussion: """
      Reads the columns type (call, put), forward, strike, expiry_years, rate, vol and optionally style (european).
      Adds price, the Greeks and status (ok, nan_input, invalid). Units: vol and rate per 1.00, time in years;
      theta, charm, veta and color are changes per year of calendar time. With --undiscounted the rate is 0.
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var rows: OptionRowsOptions

  @Option(help: "none; first: delta gamma vega theta rho; all: 15 up to third order.")
  var greeks: GreekSelection = .none

  @OptionGroup var strictness: StrictOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (table, options, volatilities) = try rows.read(input, with: "vol")
    var result = RowTable(carrying: table)
    let statuses: [PriceStatus]
    if greeks == .none {
      let priced = Black76.price(options, volatilities: volatilities, threads: common.threads)
      result.add(column: "price", priced.prices)
      statuses = priced.statuses
    } else {
      let priced = Black76.greeks(options, volatilities: volatilities, threads: common.threads)
      result.add(column: "price", priced.prices)
      for name in greeks.names { result.add(column: name.rawValue, priced[name]) }
      statuses = priced.statuses
    }
    result.add(column: "status", statuses.map { $0.rawValue })
    try output.write(rows: result)
    try strictness.require(statuses.map { ($0 == .ok, $0.rawValue) }, in: table)
  }
}

/// `hydra options iv`: implied volatilities.
struct OptionsVolatilityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "iv",
    abstract: "Find the volatility at which the model gives the price.",
    discussion: """
      Reads the columns type (call, put), forward, strike, expiry_years, rate, price and optionally style (european).
      Adds vol and status: ok, ok_zero_vol (price at intrinsic value), at_maximum (vol is inf), below_intrinsic,
      above_maximum, nan_input, invalid (no vol).
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var rows: OptionRowsOptions
  @OptionGroup var strictness: StrictOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (table, options, prices) = try rows.read(input, with: "price")
    let inverted = Black76.impliedVolatility(of: prices, options, threads: common.threads)
    var result = RowTable(carrying: table)
    result.add(column: "vol", inverted.volatilities)
    result.add(column: "status", inverted.statuses.map { $0.rawValue })
    try output.write(rows: result)
    let answered: Set<ImpliedVolatilityStatus> = [.ok, .okZeroVolatility, .atMaximum]
    try strictness.require(inverted.statuses.map { (answered.contains($0), $0.rawValue) }, in: table)
  }
}

extension StrictOption {
  /// With `--strict`, fails when a row has no answer; the rows have been printed by then.
  func require(_ rows: [(isAnswered: Bool, status: String)], in table: CSVTable) throws {
    guard strict, let first = rows.firstIndex(where: { !$0.isAnswered }) else { return }
    let count = rows.filter { !$0.isAnswered }.count
    let place = "\(name(of: table)):\(table.line(of: first))"
    throw RunnerError(
      .badData, "\(place): status \(rows[first].status); \(count) of \(rows.count) rows without result")
  }
}
