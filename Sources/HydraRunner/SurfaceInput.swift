import HydraCore

/// A surface fitted to the rows of a table, with what is drawn and reported beside it.
struct SurfaceInput {
  var surface: VolatilitySurface
  var marks: [SurfacePicture.Mark] = []
  /// Members of each expiry's report.
  var details: [[(String, JSONValue)]] = []
  /// The grid's greatest log-moneyness: 1.5 times the quotes'.
  var reach = 0.0

  init(
    _ table: CSVTable, model: SmileModel, withoutArbitrage: Bool, clock: ReportClock, threads: Int
  ) throws {
    let chains = table.hasColumn("type") ? try ChainRows(table) : nil
    if chains != nil, model != .ssvi || !withoutArbitrage {
      throw RunnerError(
        .usage, "quotes of premiums are fitted with --model ssvi, without arbitrage",
        hint: "hydra options iv gives volatilities for the other models")
    }
    let volatilities = chains == nil ? try SmileRows(table, byExpiry: true) : nil
    do throws(SmileFitError) {
      if let chains {
        let result = try VolatilitySurface.calibrated(
          toAmerican: chains.chains, isAmerican: chains.isAmerican, clock: clock, threads: threads)
        surface = result.surface
        add(result)
      } else if let rows = volatilities {
        let smiles = rows.smiles.sorted { $0.years < $1.years }
        if rows.hasSides, !rows.hasWeights, model == .ssvi, withoutArbitrage {
          let result = try VolatilitySurface.calibrated(
            to: smiles.map { ($0.forward, $0.years, $0.ladder) }, clock: clock)
          surface = result.surface
          add(result)
        } else {
          let result = try VolatilitySurface.calibrated(
            to: smiles.map {
              VolatilitySurface.ExpiryQuotes(
                forward: $0.forward, years: $0.years, strikes: $0.strikes, volatilities: $0.volatilities,
                weights: rows.hasWeights ? $0.weights : nil)
            }, model: model, withoutArbitrage: withoutArbitrage, clock: clock)
          surface = result.surface
          for (index, smile) in smiles.enumerated() {
            for (strike, value) in zip(smile.strikes, smile.volatilities) {
              marks.append(SurfacePicture.Mark(expiry: index, strike: strike, low: value, high: value))
            }
          }
          details = result.fits.map {
            [("quotes", .number(Double($0.count))), ("rmse", .number($0.rootMeanSquareError))]
          }
        }
      } else {
        throw .tooFewQuotes(count: 0, needed: 1)
      }
    } catch {
      throw RunnerError(.badData, "\(sourceName(of: table)): \(error)")
    }
    let places = marks.map { abs(Portable.log($0.strike / surface.slices[$0.expiry].forward)) }
    reach = 1.5 * (places.max() ?? 0.2)
  }

  private mutating func add(_ result: VolatilitySurface.ChainCalibration) {
    for (index, ladder) in result.ladders.enumerated() {
      for quote in ladder {
        guard let low = quote.bid ?? quote.ask, let high = quote.ask ?? quote.bid else { continue }
        marks.append(SurfacePicture.Mark(expiry: index, strike: quote.strike, low: low, high: high))
      }
      let fit = result.fits[index]
      details.append([
        ("quotes", .number(Double(ladder.count))), ("inside", .number(Double(fit.inside.count))),
        ("suspect_strikes", .array(fit.suspects.map { .number(ladder[$0].strike) })),
        ("theta_error", .number(fit.standardErrors[0])), ("rho_error", .number(fit.standardErrors[1])),
        ("phi_error", .number(fit.standardErrors[2])), ("lifted", .bool(result.lifted.contains(index))),
      ])
    }
  }
}

/// Rows of premiums, gathered by expiry.
struct ChainRows {
  private(set) var chains: [OptionChain] = []
  let isAmerican: Bool

  /// Columns `type`, `strike`, `forward`, `expiry_years`, `rate` and `bid`, `ask` or `price`; optionally `style` and
  /// `age_seconds`. An empty side and a bid of 0 are no side.
  init(_ table: CSVTable) throws {
    let types = try table.requiredIndex(of: "type")
    let strikes = try SmileRows.column("strike", in: table, isRequired: true)
    let forwards = try SmileRows.column("forward", in: table, isRequired: true)
    let years = try SmileRows.column("expiry_years", in: table, isRequired: true)
    let rates = try SmileRows.column("rate", in: table, isRequired: true)
    let prices = try SmileRows.column("price", in: table)
    let bids = try SmileRows.column("bid", in: table, isRequired: !table.hasColumn("price"))
    let asks = try SmileRows.column("ask", in: table, isRequired: !table.hasColumn("price"))
    let ages = try SmileRows.column("age_seconds", in: table)
    isAmerican = try Self.style(table)
    var places: [Double: Int] = [:]
    for (row, text) in table.strings(column: types).enumerated() {
      guard let kind = OptionKind(rawValue: text) else {
        throw table.error(row: row, column: types, expected: "call or put")
      }
      func required(_ name: String, _ value: Double?, isPositive: Bool = true) throws -> Double {
        guard let value, value.isFinite, value > 0 || !isPositive else {
          throw table.error(
            row: row, column: try table.requiredIndex(of: name),
            expected: isPositive ? "a positive number" : "a number")
        }
        return value
      }
      let market = FuturesOptionMarket(
        forward: try required("forward", forwards(row)), rate: try required("rate", rates(row), isPositive: false),
        years: try required("expiry_years", years(row)))
      let strike = try required("strike", strikes(row))
      let place = places[market.years] ?? chains.count
      if place == chains.count {
        places[market.years] = place
        chains.append(OptionChain(market: market, quotes: []))
      }
      for (name, first, given) in [
        ("forward", chains[place].market.forward, market.forward), ("rate", chains[place].market.rate, market.rate),
      ] where first != given {
        throw table.error(
          row: row, column: try table.requiredIndex(of: name), expected: "\(first) as in the expiry's first row")
      }
      let (bid, ask) = (bids(row) ?? prices(row), asks(row) ?? prices(row))
      chains[place].quotes.append(
        OptionQuote(kind, strike: strike, bid: bid == 0 ? nil : bid, ask: ask, ageSeconds: ages(row)))
    }
  }

  private static func style(_ table: CSVTable) throws -> Bool {
    guard let column = table.index(of: "style") else { return true }
    var found: Bool?
    for (row, text) in table.strings(column: column).enumerated() where !text.isEmpty {
      guard text == "american" || text == "european" else {
        throw table.error(row: row, column: column, expected: "american or european")
      }
      guard found ?? (text == "american") == (text == "american") else {
        throw table.error(row: row, column: column, expected: "one style in a surface")
      }
      found = text == "american"
    }
    return found ?? true
  }
}
