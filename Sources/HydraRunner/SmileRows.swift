import HydraCore

/// Rows of volatilities, gathered by smile in the order of first appearance.
struct SmileRows {
  /// One smile's quotes.
  struct Smile {
    var name: String
    var forward: Double
    var years: Double
    var strikes: [Double] = []
    var volatilities: [Double] = []
    var weights: [Double] = []
    var bids: [Double?] = []
    var asks: [Double?] = []
    var ages: [Double?] = []

    /// Both sides as a ladder.
    var ladder: [ThinLadder.Quote] {
      strikes.indices.map {
        ThinLadder.Quote(strike: strikes[$0], bid: bids[$0], ask: asks[$0], ageSeconds: ages[$0])
      }
    }
  }

  private(set) var smiles: [Smile] = []
  /// Whether the rows have weights, and two sides.
  let hasWeights, hasSides: Bool

  /// Columns `forward`, `expiry_years`, `strike`, `vol` and, where they are, `smile`, `weight`, `bid_vol`, `ask_vol`,
  /// `age_seconds`. A row without volatility (and without any side) is left out.
  ///
  /// - Parameter byExpiry: without a column `smile`, rows of one time to expiry are one smile.
  init(_ table: CSVTable, byExpiry: Bool = false) throws {
    let group = byExpiry && !table.hasColumn("smile") ? "expiry_years" : "smile"
    let names = table.index(of: group).map { table.strings(column: $0) }
    let forwards = try Self.column("forward", in: table, isRequired: true)
    let years = try Self.column("expiry_years", in: table, isRequired: true)
    let strikes = try Self.column("strike", in: table, isRequired: true)
    let bids = try Self.column("bid_vol", in: table)
    let asks = try Self.column("ask_vol", in: table)
    hasSides = table.hasColumn("bid_vol") && table.hasColumn("ask_vol")
    let volatilities = try Self.column("vol", in: table, isRequired: !hasSides)
    let weights = try Self.column("weight", in: table)
    let ages = try Self.column("age_seconds", in: table)
    hasWeights = table.hasColumn("weight")
    var places: [String: Int] = [:]
    for row in 0..<table.count {
      let name = names?[row] ?? "1"
      let (forward, time) = (forwards(row) ?? .nan, years(row) ?? .nan)
      let place = places[name] ?? smiles.count
      if place == smiles.count {
        places[name] = place
        smiles.append(Smile(name: name, forward: forward, years: time))
      }
      let first = smiles[place]
      for (column, value, given) in [("forward", first.forward, forward), ("expiry_years", first.years, time)]
      where value != given && !(value.isNaN && given.isNaN) {
        throw table.error(
          row: row, column: try table.requiredIndex(of: column), expected: "\(value) as in smile \(name)'s first row")
      }
      var volatility = volatilities(row)
      if volatility == nil, let low = bids(row) ?? asks(row), let high = asks(row) ?? bids(row) {
        volatility = (low + high) / 2
      }
      guard let strike = strikes(row), let volatility, strike > 0, volatility > 0, strike < .infinity,
        volatility < .infinity
      else {
        continue
      }
      smiles[place].strikes.append(strike)
      smiles[place].volatilities.append(volatility)
      let weight = hasWeights ? weights(row) ?? 0 : 1
      guard weight >= 0, weight < .infinity else {
        throw table.error(row: row, column: try table.requiredIndex(of: "weight"), expected: "a number from 0 up")
      }
      smiles[place].weights.append(weight)
      smiles[place].bids.append(bids(row))
      smiles[place].asks.append(asks(row))
      smiles[place].ages.append(ages(row))
    }
  }

  /// A column whose empty and `nan` fields are missing.
  static func column(_ name: String, in table: CSVTable, isRequired: Bool = false) throws -> (Int) -> Double? {
    guard isRequired || table.hasColumn(name) else { return { _ in nil } }
    let column = try table.requiredIndex(of: name)
    let texts = table.strings(column: column)
    let values = try texts.indices.map { row -> Double? in
      if texts[row].lowercased() == "nan" { return nil }
      return try table.double(row: row, column: column).flatMap { $0.isNaN ? nil : $0 }
    }
    return { values[$0] }
  }
}
