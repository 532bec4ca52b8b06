import HydraNumerics
import HydraOptions

/// `hydra-bench options density`: Breeden and Litzenberger's density at 401 prices of each smile of a file.
enum DensityCall {
  /// Columns `smile, forward, expiry_years, strike, vol`; a smile is what follows one another under one name.
  ///
  /// Measured are the spline through the volatilities and its density at 401 equally spaced prices over four standard
  /// deviations to either side, for all smiles; a line of OUT is one density, smile by smile.
  static func run(_ table: CSVTable, to output: String, repeats: Int) throws {
    let smiles = try chains(table)
    let grids = smiles.map { grid($0) }
    let compute = { () throws(DensityError) -> [[Double]] in
      var densities: [[Double]] = []
      densities.reserveCapacity(smiles.count)
      for (smile, grid) in zip(smiles, grids) { densities.append(try smile.spline().densities(atStrikes: grid)) }
      return densities
    }
    let result = try compute()
    try check(smiles, grids, result)
    let measurement = try Measurement(repeats: repeats, compute)
    try write(lines: result.joined().map(numberField), to: output)
    print(JSONValue.object([("seconds", .number(measurement.seconds))]).text)
  }

  private struct Chain {
    var name: String
    var forward, years: Double
    var strikes: [Double] = []
    var volatilities: [Double] = []

    func spline() throws(DensityError) -> SplineSmile {
      try SplineSmile(strikes: strikes, volatilities: volatilities, forward: forward, years: years)
    }
  }

  private static func chains(_ table: CSVTable) throws -> [Chain] {
    let names = try table.strings("smile")
    let (forwards, years) = (try table.doubles("forward"), try table.doubles("expiry_years"))
    let (strikes, volatilities) = (try table.doubles("strike"), try table.doubles("vol"))
    var chains: [Chain] = []
    for row in names.indices {
      if chains.last?.name != names[row] {
        chains.append(Chain(name: names[row], forward: forwards[row], years: years[row]))
      }
      chains[chains.count - 1].strikes.append(strikes[row])
      chains[chains.count - 1].volatilities.append(volatilities[row])
    }
    return chains
  }

  /// The prices at which the peer computes the density too.
  private static func grid(_ chain: Chain) -> [Double] {
    let nearest = chain.strikes.indices.min {
      abs(chain.strikes[$0] - chain.forward) < abs(chain.strikes[$1] - chain.forward)
    }
    let reach = 4 * (nearest.map { chain.volatilities[$0] } ?? 0) * chain.years.squareRoot()
    let (low, high) = (chain.forward * Portable.exp(-reach), chain.forward * Portable.exp(reach))
    return (0...400).map { low + (high - low) * Double($0) / 400 }
  }

  /// A density is the second derivative of the prices: compared with differences of Black's formula.
  private static func check(_ chains: [Chain], _ grids: [[Double]], _ result: [[Double]]) throws {
    for (index, chain) in chains.enumerated() {
      let smile = try chain.spline()
      let step = 1e-4 * chain.forward
      func price(_ strike: Double) -> Double {
        Black76.price(
          .call, forward: chain.forward, strike: strike, years: chain.years,
          volatility: smile.volatility(atStrike: strike))
      }
      for place in [100, 201, 300] {
        let x = grids[index][place]
        let isNearKnot = chain.strikes.contains { abs($0 - x) < 2 * step }
        let expected = (price(x - step) - 2 * price(x) + price(x + step)) / (step * step)
        guard isNearKnot || abs(result[index][place] - expected) <= 1e-4 / chain.forward else {
          throw BenchError.wrongResult(
            "smile \(chain.name): density \(result[index][place]) at \(x), expected \(expected)")
        }
      }
    }
  }
}
