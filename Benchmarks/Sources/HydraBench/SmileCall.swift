import HydraNumerics
import HydraOptions

/// `hydra-bench options sabr|surface`: smiles and surfaces fitted to the rows of a file.
enum SmileCall {
  static let usage = "options sabr|surface IN.csv OUT.csv [--repeat R] [--beta B] [--model ssvi|svi]"
  static let tasks = ["sabr", "surface"]

  static func run(_ words: ArraySlice<String>) throws {
    let arguments = try Arguments(
      words, call: "options", positional: 3, options: ["repeat", "beta", "model", "threads"])
    let repeats = try arguments.whole("repeat", default: 5)
    var form = CSVTable.Options()
    form.missing = ["nan", "NaN"]
    let table = try CSVTable(path: arguments[1], options: form)
    let numbers: [Double]
    let measurement: Measurement
    if arguments[0] == "sabr" {
      let text = arguments.optional("beta") ?? "0.5"
      guard let beta = Double(text), (0...1).contains(beta) else {
        throw BenchError.usage("options sabr: '\(text)' is not a possible value of --beta")
      }
      (numbers, measurement) = try smiles(table, beta: beta, repeats: repeats)
    } else {
      let name = arguments.optional("model") ?? "ssvi"
      guard let model = SmileModel(rawValue: name), model != .sabr else {
        throw BenchError.usage("options surface: '\(name)' is not a possible value of --model")
      }
      (numbers, measurement) = try surfaces(table, model: model, repeats: repeats)
    }
    try write(lines: numbers.map(numberField), to: arguments[2])
    print(JSONValue.object([("seconds", .number(measurement.seconds))]).text)
  }

  // MARK: - Smiles

  private struct Smile {
    var forward, years: Double
    var strikes: [Double] = []
    var volatilities: [Double] = []
    var weights: [Double]?
  }

  /// The root mean square error of each smile, in the order of first appearance.
  private static func smiles(_ table: CSVTable, beta: Double, repeats: Int) throws -> ([Double], Measurement) {
    let names = try table.strings("smile")
    let (forwards, years) = (try table.doubles("forward"), try table.doubles("expiry_years"))
    let (strikes, volatilities) = (try table.doubles("strike"), try table.doubles("vol"))
    let weights = table.hasColumn("weight") ? try table.doubles("weight") : nil
    var places: [String: Int] = [:]
    var smiles: [Smile] = []
    for row in names.indices {
      let place = places[names[row]] ?? smiles.count
      if place == smiles.count {
        places[names[row]] = place
        smiles.append(Smile(forward: forwards[row], years: years[row], weights: weights == nil ? nil : []))
      }
      smiles[place].strikes.append(strikes[row])
      smiles[place].volatilities.append(volatilities[row])
      if let weights { smiles[place].weights!.append(weights[row]) }
    }
    let prepared = smiles
    let compute = {
      try prepared.map { smile in
        try SABR.calibrated(
          forward: smile.forward, years: smile.years, strikes: smile.strikes, volatilities: smile.volatilities,
          weights: smile.weights, beta: beta)
      }
    }
    let result = try compute()
    for (smile, fitted) in zip(prepared, result) { try verify(smile, fitted) }
    return (result.map(\.fit.rootMeanSquareError), try Measurement(repeats: repeats, compute))
  }

  /// The stated sum of squares is that of the smile, and no step to a side lowers it.
  private static func verify(_ quotes: Smile, _ fitted: SABR.Calibration) throws {
    func sum(_ smile: SABR) -> Double {
      quotes.strikes.indices.reduce(0) {
        let residual = smile.volatility(atStrike: quotes.strikes[$1]) - quotes.volatilities[$1]
        return $0 + (quotes.weights?[$1] ?? 1) * residual * residual
      }
    }
    let stated = fitted.fit.sumOfSquares
    let rounding = 1e-28 * Double(quotes.strikes.count)
    let own = sum(fitted.smile)
    try check(abs(own - stated) <= 1e-9 * stated + rounding, "a smile's error is \(own), not \(stated)")
    for path in [\SABR.alpha, \SABR.rho, \SABR.nu] {
      for factor in [0.9995, 1.0005] {
        var other = fitted.smile
        other[keyPath: path] *= factor
        guard abs(other.rho) < 1 else { continue }
        let moved = sum(other)
        try check(moved >= 0.999999 * stated - rounding, "a step lowers a smile's error to \(moved)")
      }
    }
  }

  // MARK: - Surfaces

  private struct Surface {
    var rows: [Int] = []
    /// Rows of each expiry, as offsets into `rows`.
    var expiries: [Range<Int>] = []
    var options: OptionColumns
    var prices: [Double]
  }

  /// The fitted volatility of every row.
  private static func surfaces(
    _ table: CSVTable, model: SmileModel, repeats: Int
  ) throws -> ([Double], Measurement) {
    let prepared = try surfaces(of: table)
    let compute = { try prepared.map { try fit($0, model: model) } }
    let result = try compute()
    var numbers = [Double](repeating: .nan, count: table.count)
    for (surface, fitted) in zip(prepared, result) {
      try check(fitted.surface.isArbitrageFree, "a fitted surface admits arbitrage")
      for (row, value) in zip(surface.rows, fitted.volatilities) {
        try check(value > 0 && value.isFinite, "row \(row): the volatility is \(value)")
        numbers[row] = value
      }
    }
    return (numbers, try Measurement(repeats: repeats, compute))
  }

  /// From premiums to volatilities of the fitted surface.
  private static func fit(
    _ surface: Surface, model: SmileModel
  ) throws -> (surface: VolatilitySurface, volatilities: [Double]) {
    let implied = Black76.impliedVolatility(of: surface.prices, surface.options, threads: 1)
    let quotes = surface.expiries.map { range in
      let usable = range.filter { implied.statuses[$0] == .ok }
      return VolatilitySurface.ExpiryQuotes(
        forward: surface.options.forwards[range.lowerBound], years: surface.options.years[range.lowerBound],
        strikes: usable.map { surface.options.strikes[$0] }, volatilities: usable.map { implied.volatilities[$0] })
    }
    let fitted = try VolatilitySurface.calibrated(to: quotes, model: model).surface
    var volatilities: [Double] = []
    volatilities.reserveCapacity(surface.rows.count)
    for (slice, range) in zip(fitted.slices, surface.expiries) {
      for index in range { volatilities.append(slice.volatility(atStrike: surface.options.strikes[index])) }
    }
    return (fitted, volatilities)
  }

  /// Rows by surface and rising time to expiry.
  private static func surfaces(of table: CSVTable) throws -> [Surface] {
    let names = try table.strings("surface_id")
    let types = try table.requiredIndex(of: "type")
    let kinds = try table.strings(column: types).enumerated().map { row, text in
      guard let kind = OptionKind(rawValue: text) else {
        throw table.error(row: row, column: types, expected: "call or put")
      }
      return kind
    }
    let (forwards, years) = (try table.doubles("forward"), try table.doubles("expiry_years"))
    let (rates, strikes) = (try table.doubles("rate"), try table.doubles("strike"))
    let prices = try table.doubles("price")
    var places: [String: Int] = [:]
    var rows: [[Int]] = []
    for row in names.indices {
      let place = places[names[row]] ?? rows.count
      if place == rows.count {
        places[names[row]] = place
        rows.append([])
      }
      rows[place].append(row)
    }
    return rows.map { unsorted in
      let rows = unsorted.sorted { (years[$0], $0) < (years[$1], $1) }
      var surface = Surface(
        rows: rows,
        options: OptionColumns(
          kinds: rows.map { kinds[$0] }, forwards: rows.map { forwards[$0] }, strikes: rows.map { strikes[$0] },
          years: rows.map { years[$0] }, rates: rows.map { rates[$0] }), prices: rows.map { prices[$0] })
      var start = 0
      for index in rows.indices where index + 1 == rows.count || years[rows[index + 1]] != years[rows[index]] {
        surface.expiries.append(start..<(index + 1))
        start = index + 1
      }
      return surface
    }
  }
}
