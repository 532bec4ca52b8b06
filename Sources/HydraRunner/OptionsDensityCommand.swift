import ArgumentParser
import HydraCore

/// `hydra options density`: the density of the price at expiry that quotes imply.
struct OptionsDensityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "density",
    abstract: "Find the density of the price at expiry in quotes or volatilities.",
    discussion: """
      Reads quotes with the columns smile, forward, expiry_years, discount, type, strike, bid, ask and optionally mid
      (discounted premiums; bid 0 is no bid) and style (european, american), or volatilities with the columns smile, forward,
      expiry_years, strike, vol and optionally weight, bid_vol, ask_vol. Without a column 'smile' all rows are one.

      Prints smile, x, density, cdf, their standard errors and status at the rows smile, x of --grid, by default at 200
      prices between the 0.1 % and the 99.9 % quantile. With --summary one row a smile: mass, mean, moments of
      ln(S/F), variance_swap_rate, quantiles (q0.001 to q0.999), the families' weights.
      """)

  /// How the density is found.
  enum Method: String, CaseIterable, ExpressibleByArgument {
    case average, lognormal, mixture, sabr, heston, merton

    var models: [DensityModel] { DensityModel(rawValue: rawValue).map { [$0] } ?? DensityModel.allCases }
  }

  @OptionGroup var input: InputOptions

  @Option(help: "average of all families (default), or one: lognormal, mixture, sabr, heston, merton.")
  var method: Method = .average

  @Option(help: "CSV file with the columns smile, x: where to print the density.")
  var grid: String?

  @Flag(help: "One row a smile with mass, mean, moments and quantiles.")
  var summary = false

  @OptionGroup var strictness: StrictOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let table = try input.table()
    let chains = try DensityChain.read(table)
    var settings = RiskNeutralDensity.Settings()
    settings.models = method.models
    let fitted = parallelMap(chains.count, threads: common.threads) { [settings] index in
      Result { () throws(DensityError) in try chains[index].density(settings) }
    }
    if summary {
      try output.write(rows: DensityTables.summary(chains, fitted))
    } else {
      let places = try grid.map { try DensityTables.places(readTable($0), chains) }
      try output.write(rows: DensityTables.points(chains, fitted, places))
    }
    let failures = zip(chains, fitted).compactMap { chain, result -> String? in
      guard case .failure(let problem) = result else { return nil }
      return "\(table.file):\(chain.firstLine): smile '\(chain.name)': \(problem)"
    }
    if strictness.strict, let first = failures.first {
      throw RunnerError(.badData, "\(first); \(failures.count) of \(chains.count) smiles without result")
    }
  }
}

/// The rows of one smile.
struct DensityChain: Sendable {
  var name: String
  var firstLine: Int
  var forward, years, discount: Double
  var quotes = OptionQuotes()
  var americanQuotes = OptionQuotes()
  var volatilities: Volatilities?

  struct Volatilities: Sendable {
    var strikes: [Double] = []
    var values: [Double] = []
    var bids, asks, weights: [Double]?
  }

  func density(_ settings: RiskNeutralDensity.Settings) throws(DensityError) -> RiskNeutralDensity {
    if let volatilities {
      return try RiskNeutralDensity(
        fittingVolatilities: volatilities.values, atStrikes: volatilities.strikes, bids: volatilities.bids,
        asks: volatilities.asks, weights: volatilities.weights, forward: forward, years: years, settings: settings)
    }
    guard discount > 0 else { throw .invalidMarket(forward: forward, discount: discount, years: years) }
    let market = FuturesOptionMarket(forward: forward, rate: -Portable.log(discount) / years, years: years)
    return try RiskNeutralDensity(fitting: quotes + americanQuotes.european(in: market), in: market, settings: settings)
  }

  /// The smiles of a table, in the order of their first rows.
  ///
  /// Empty and `nan` fields are missing: a quote without bid or ask, or a smile with the status of a NaN.
  static func read(_ table: CSVTable) throws -> [DensityChain] {
    let names =
      table.index(of: "smile").map { table.strings(column: $0) } ?? Array(repeating: "1", count: table.count)
    let forwards = try SmileRows.column("forward", in: table, isRequired: true)
    let years = try SmileRows.column("expiry_years", in: table, isRequired: true)
    let discounts = try SmileRows.column("discount", in: table)
    let rows = try DensityRows(table)
    var places: [String: Int] = [:]
    var chains: [DensityChain] = []
    for row in 0..<table.count {
      let given = [forwards(row) ?? .nan, years(row) ?? .nan, discounts(row) ?? 1]
      let place = places[names[row], default: chains.count]
      if place == chains.count {
        places[names[row]] = place
        chains.append(
          DensityChain(
            name: names[row], firstLine: table.line(of: row), forward: given[0], years: given[1], discount: given[2],
            volatilities: rows.emptyVolatilities))
      }
      let known = [chains[place].forward, chains[place].years, chains[place].discount]
      for (index, column) in ["forward", "expiry_years", "discount"].enumerated() {
        guard given[index] == known[index] || (given[index].isNaN && known[index].isNaN) else {
          throw table.error(
            row: row, column: try table.requiredIndex(of: column), expected: "one value a smile, here \(known[index])")
        }
      }
      try rows.add(row, to: &chains[place])
    }
    return chains
  }
}

/// The columns of quotes or volatilities.
private struct DensityRows {
  let table: CSVTable
  let strikes: (Int) -> Double?
  let volatilities, weights, bids, asks, mids: (Int) -> Double?
  let types, styles: [String]
  let emptyVolatilities: DensityChain.Volatilities?

  init(_ table: CSVTable) throws {
    self.table = table
    let isSmile = table.hasColumn("vol")
    strikes = try SmileRows.column("strike", in: table, isRequired: true)
    volatilities = try SmileRows.column("vol", in: table)
    weights = try SmileRows.column("weight", in: table)
    bids = try SmileRows.column(isSmile ? "bid_vol" : "bid", in: table)
    asks = try SmileRows.column(isSmile ? "ask_vol" : "ask", in: table)
    mids = try SmileRows.column("mid", in: table)
    types = isSmile ? [] : table.strings(column: try table.requiredIndex(of: "type"))
    styles = table.index(of: "style").map { table.strings(column: $0) } ?? []
    let hasSides = table.hasColumn("bid_vol") && table.hasColumn("ask_vol")
    emptyVolatilities =
      isSmile
      ? DensityChain.Volatilities(
        bids: hasSides ? [] : nil, asks: hasSides ? [] : nil, weights: table.hasColumn("weight") ? [] : nil) : nil
  }

  func add(_ row: Int, to chain: inout DensityChain) throws {
    if chain.volatilities != nil {
      chain.volatilities?.strikes.append(strikes(row) ?? .nan)
      chain.volatilities?.values.append(volatilities(row) ?? .nan)
      chain.volatilities?.bids?.append(bids(row) ?? 0)
      chain.volatilities?.asks?.append(asks(row) ?? 0)
      chain.volatilities?.weights?.append(weights(row) ?? 0)
      return
    }
    guard let kind = OptionKind(rawValue: types[row]) else {
      throw table.error(row: row, column: try table.requiredIndex(of: "type"), expected: "call or put")
    }
    let bid = bids(row)
    let quote = OptionQuote(
      kind, strike: strikes(row) ?? .nan, bid: bid == 0 ? nil : bid, ask: asks(row), statedMid: mids(row))
    switch styles.isEmpty ? "" : styles[row] {
    case "", "european": chain.quotes.append(quote)
    case "american": chain.americanQuotes.append(quote)
    default:
      throw table.error(row: row, column: try table.requiredIndex(of: "style"), expected: "european or american")
    }
  }
}

/// What the verb prints.
enum DensityTables {
  typealias Fitted = [Result<RiskNeutralDensity, DensityError>]

  /// The levels of the quantiles.
  static let levels = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999]

  /// A row for each smile.
  static func summary(_ chains: [DensityChain], _ fitted: Fitted) -> RowTable {
    let densities = fitted.map { try? $0.get() }
    var table = RowTable(rows: chains.count)
    func add(_ name: String, _ value: (RiskNeutralDensity) -> Double) {
      table.add(column: name, densities.map { $0.map(value) })
    }
    table.add(column: "smile", chains.map { Optional($0.name) })
    add("mass") { $0.mass }
    add("mean") { $0.mean }
    add("variance") { $0.variance }
    add("skewness") { $0.skewness }
    add("kurtosis") { $0.kurtosis }
    add("variance_swap_rate") { $0.varianceSwapRate }
    add("vix_style_vol") { $0.varianceSwapRate.squareRoot() }
    add("log_mean") { $0.logMean }
    add("log_variance") { $0.variance }
    add("log_skewness") { $0.skewness }
    add("log_kurtosis") { $0.kurtosis }
    for level in levels { add("q\(NumberText.text(level))") { $0.quantile(level) } }
    add("excess") { $0.excess }
    for model in DensityModel.allCases {
      add("weight_\(model.rawValue)") { $0.models.first { $0.model == model }?.weight ?? 0 }
    }
    table.add(column: "status", fitted.map(status))
    return table
  }

  /// A row for each price of each smile.
  static func points(
    _ chains: [DensityChain], _ fitted: Fitted, _ places: [(chain: Int, x: Double)]?
  ) -> RowTable {
    let places =
      places
      ?? chains.indices.flatMap { index -> [(chain: Int, x: Double)] in
        guard let density = try? fitted[index].get() else { return [(index, .nan)] }
        let (low, high) = (density.quantile(0.001), density.quantile(0.999))
        return (0..<200).map { (index, low + (high - low) * Double($0) / 199) }
      }
    let found = places.map { try? fitted[$0.chain].get() }
    var table = RowTable(rows: places.count)
    func add(_ name: String, _ value: (RiskNeutralDensity, Double) -> Double) {
      table.add(column: name, zip(found, places).map { density, place in density.map { value($0, place.x) } })
    }
    table.add(column: "smile", places.map { Optional(chains[$0.chain].name) })
    table.add(column: "x", places.map(\.x))
    add("density") { $0.density(at: $1) }
    add("cdf") { $0.probability(below: $1) }
    add("density_error") { $0.densityEstimate(at: $1).standardError }
    add("cdf_error") { $0.probabilityEstimate(below: $1).standardError }
    table.add(
      column: "status",
      places.map { $0.x.isNaN && (try? fitted[$0.chain].get()) != nil ? "nan_input" : status(fitted[$0.chain]) })
    return table
  }

  /// The prices of a grid file, and the smile each belongs to.
  static func places(_ grid: CSVTable, _ chains: [DensityChain]) throws -> [(chain: Int, x: Double)] {
    var index: [String: Int] = [:]
    for (place, chain) in chains.enumerated() { index[chain.name] = place }
    let x = try grid.doubles("x")
    guard let column = grid.index(of: "smile") else {
      guard chains.count == 1 else {
        throw RunnerError(.badData, "\(grid.file): there is no column 'smile' for \(chains.count) smiles")
      }
      return x.map { (0, $0) }
    }
    return try grid.strings(column: column).enumerated().map { row, name in
      guard let place = index[name] else {
        throw grid.error(row: row, column: column, expected: "a smile of the input")
      }
      return (place, x[row])
    }
  }

  private static func status(_ result: Result<RiskNeutralDensity, DensityError>) -> String? {
    switch result {
    case .success: "ok"
    case .failure(let problem): problem.code
    }
  }
}
