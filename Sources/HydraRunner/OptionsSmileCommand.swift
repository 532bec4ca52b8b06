import ArgumentParser
import HydraCore

extension SmileModel: ExpressibleByArgument {}

/// `hydra options smile`: parameters of a model for each smile.
struct OptionsSmileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smile",
    abstract: "Fit SABR, SVI or SSVI to volatilities by strike.",
    discussion: """
      Reads the columns smile, forward, expiry_years, strike, vol and optionally weight, bid_vol, ask_vol, age_seconds;
      rows of one smile need not stand together. Prints a row per smile: smile; alpha, beta, rho, nu (SABR),
      a, b, rho, m, sigma (SVI) or these with theta and phi (SSVI); sse = Σ w r² and rmse = √(Σ w r² / n) with r in vol
      (SABR) or total variance; min_g and butterfly_arbitrage within three times the widest log-moneyness quoted
      (at least ±0.45); seconds; the standard error of each parameter; quotes; status (ok, too_few_quotes, invalid).
      With bid_vol and ask_vol, and no weight, SABR and SSVI are fitted as thin ladders: inside bid and ask, wide and old
      quotes counting less, a crazy one hardly; inside counts the quotes met, suspect_strikes names the crazy ones.
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "sabr, svi or ssvi.")
  var model: SmileModel = .sabr

  @Option(help: "SABR's power of the forward, 0 to 1.")
  var beta: Double = 0.5

  @Option(help: "SABR: added to forward and strikes; volatilities are those of the shifted prices.")
  var shift: Double = 0

  @Flag(help: "SVI, SSVI: no butterfly at any strike has a negative price.")
  var noArbitrage = false

  @OptionGroup var strictness: StrictOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard beta >= 0, beta <= 1 else { throw ValidationError("--beta is \(beta); it lies between 0 and 1") }
    guard shift.isFinite else { throw ValidationError("--shift is \(shift)") }
    if noArbitrage, model == .sabr {
      throw ValidationError("--no-arbitrage is for --model svi and ssvi; SABR's expansion has no such condition")
    }
  }

  func run() async throws {
    let table = try input.table()
    let rows = try SmileRows(table)
    let clock = ContinuousClock()
    var results: [Row] = []
    for smile in rows.smiles {
      let began = clock.now
      let isLadder = rows.hasSides && !rows.hasWeights && model != .svi
      var row = isLadder ? fitLadder(smile) : fit(smile, weighted: rows.hasWeights)
      row.seconds = (clock.now - began) / .seconds(1)
      results.append(row)
    }
    try output.write(rows: printed(rows.smiles, results))
    if strictness.strict, let failed = zip(rows.smiles, results).first(where: { $1.status != "ok" }) {
      throw RunnerError(.badData, "smile \(failed.0.name): status \(failed.1.status)")
    }
  }

  /// What is printed of one smile.
  struct Row {
    var smile: FittedSmile?
    var fit: SmileFit?
    var butterfly: ButterflyCheck?
    var seconds = 0.0
    var status = "ok"
    var errors: [String: Double] = [:]
    var inside: Int?
    var suspects: [Double]?
  }

  /// A fit inside bid and ask.
  private func fitLadder(_ quotes: SmileRows.Smile) -> Row {
    var row = Row()
    func keep<Smile>(_ fitted: ThinLadder.Fit<Smile>, _ smile: FittedSmile) {
      row.smile = smile
      row.inside = fitted.inside.count
      row.suspects = fitted.suspects.map { quotes.strikes[$0] }
      let names = model == .sabr ? ["alpha", "rho", "nu"] : ["theta", "rho", "phi"]
      row.errors = Dictionary(uniqueKeysWithValues: zip(names, fitted.standardErrors))
    }
    do throws(SmileFitError) {
      if model == .sabr {
        let fitted = try ThinLadder().sabr(
          forward: quotes.forward, years: quotes.years, quotes: quotes.ladder, beta: beta, shift: shift)
        keep(fitted, .sabr(fitted.smile))
      } else {
        let fitted = try ThinLadder().ssvi(forward: quotes.forward, years: quotes.years, quotes: quotes.ladder)
        keep(fitted, .ssvi(fitted.smile))
      }
      guard let smile = row.smile else { return row }
      row.butterfly = smile.butterfly(quotedAt: quotes.strikes)
      var sum = 0.0
      for (strike, volatility) in zip(quotes.strikes, quotes.volatilities) {
        let fitted = smile.volatility(atStrike: strike)
        let gap = model == .sabr ? fitted - volatility : (fitted * fitted - volatility * volatility) * quotes.years
        sum += gap * gap
      }
      let count = quotes.strikes.count
      row.fit = SmileFit(
        sumOfSquares: sum, count: count, rootMeanSquareError: (sum / Double(count)).squareRoot(), parameters: [],
        covariance: nil, iterations: 0)
    } catch {
      row.status = Self.status(error)
    }
    return row
  }

  private static func status(_ error: SmileFitError) -> String {
    switch error {
    case .tooFewQuotes: "too_few_quotes"
    case .impossibleQuote, .impossibleMarket: "invalid"
    }
  }

  private func fit(_ quotes: SmileRows.Smile, weighted: Bool) -> Row {
    var row = Row()
    let weights = weighted ? quotes.weights : nil
    do throws(SmileFitError) {
      switch model {
      case .sabr:
        let result = try SABR.calibrated(
          forward: quotes.forward, years: quotes.years, strikes: quotes.strikes, volatilities: quotes.volatilities,
          weights: weights, beta: beta, shift: shift)
        (row.smile, row.fit) = (.sabr(result.smile), result.fit)
      case .svi:
        let calibrate = noArbitrage ? SVI.calibratedWithoutArbitrage : SVI.calibrated
        let result = try calibrate(quotes.forward, quotes.years, quotes.strikes, quotes.volatilities, weights)
        (row.smile, row.fit) = (.svi(result.smile), result.fit)
      case .ssvi:
        let result = try SSVISlice.calibrated(
          forward: quotes.forward, years: quotes.years, strikes: quotes.strikes, volatilities: quotes.volatilities,
          weights: weights, withoutArbitrage: noArbitrage)
        (row.smile, row.fit) = (.ssvi(result.smile), result.fit)
      }
      row.butterfly = row.smile?.butterfly(quotedAt: quotes.strikes)
      if let fit = row.fit, let errors = fit.standardErrors {
        row.errors = Dictionary(uniqueKeysWithValues: zip(fit.parameters, errors))
      }
    } catch {
      row.status = Self.status(error)
    }
    return row
  }

  private func printed(_ smiles: [SmileRows.Smile], _ rows: [Row]) -> RowTable {
    var result = RowTable(rows: rows.count)
    result.add(column: "smile", smiles.map { Optional($0.name) })
    let raws: [SVI?] = rows.map { row in
      switch row.smile {
      case .svi(let smile): smile
      case .ssvi(let slice): slice.raw
      case .sabr, nil: nil
      }
    }
    func parameter(_ name: String) -> [Double?] {
      rows.map { row in row.smile?.parameters.first { $0.name == name }?.value }
    }
    let fitted: [String]
    switch model {
    case .sabr:
      for name in ["alpha", "beta", "rho", "nu"] { result.add(column: name, parameter(name)) }
      fitted = ["alpha", "rho", "nu"]
    case .svi, .ssvi:
      result.add(column: "a", raws.map { $0?.a })
      result.add(column: "b", raws.map { $0?.b })
      result.add(column: "rho", raws.map { $0?.rho })
      result.add(column: "m", raws.map { $0?.m })
      result.add(column: "sigma", raws.map { $0?.sigma })
      if model == .ssvi { for name in ["theta", "phi"] { result.add(column: name, parameter(name)) } }
      fitted = model == .svi ? ["a", "b", "rho", "m", "sigma"] : ["theta", "rho", "phi"]
    }
    result.add(column: "sse", rows.map { $0.fit?.sumOfSquares })
    result.add(column: "rmse", rows.map { $0.fit?.rootMeanSquareError })
    result.add(column: "min_g", rows.map { $0.butterfly?.leastValue })
    result.add(column: "butterfly_arbitrage", rows.map { row in row.butterfly.map { $0.isFree ? "false" : "true" } })
    result.add(column: "seconds", rows.map { $0.seconds })
    for name in fitted { result.add(column: "\(name)_error", rows.map { $0.errors[name] }) }
    if rows.contains(where: { $0.inside != nil }) {
      result.add(column: "inside", rows.map { $0.inside.map(Double.init) })
      result.add(
        column: "suspect_strikes",
        rows.map { $0.suspects.map { strikes in strikes.map { NumberText.text($0) }.joined(separator: " ") } })
    }
    result.add(column: "quotes", rows.map { $0.fit.map { Double($0.count) } })
    result.add(column: "status", rows.map { Optional($0.status) })
    return result
  }
}
